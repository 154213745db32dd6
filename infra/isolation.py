"""Keeps local commands away from real AWS accounts, whatever the person's shell has set up."""

from collections.abc import Mapping, MutableMapping
from typing import Final

ACCESS_KEY: Final = "test"
SECRET_KEY: Final = "test"  # noqa: S105 - the local stack takes any
REGION: Final = "us-east-1"


def without_aws_account(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without profiles, credentials and endpoints, with credentials that no account has."""
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith("AWS_") or name == "AWS_CA_BUNDLE"
    }
    return kept | {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def isolate(environment: MutableMapping[str, str]) -> None:
    """Does that to an environment in place."""
    isolated = without_aws_account(environment)
    environment.clear()
    environment.update(isolated)
