"""Deploys: ``python -m infra.deploy --stage prod [--set 'CorsOrigin=https://app.example;UploadMaxBytes=1000000']``.

``--diff`` says what that would change and changes nothing; ``--destroy`` removes a stage, which prod refuses. What a
stage is given by itself is in infra/stages.

It uses the account and region of the shell (``AWS_PROFILE`` and so on). With ``AWS_ENDPOINT_URL`` it deploys there
instead, in the form an emulated AWS needs (infra/emulated.py), packaged for what functions run with there
(infra/probe.py). Code goes to an artifact bucket under the hash of its
content, so that a deployment that changes no code uploads none.
"""

import argparse
import hashlib
import json
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from botocore.config import Config

from infra import ROOT, Stop, cloudformation, command, note, probe, say
from infra.cloudformation import Progress
from infra.emulated import MAIL, for_emulator
from infra.package import Package, package
from infra.vendor import AWS, Target

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_s3 import S3Client

APPLICATION: Final = "connects"
PROD: Final = "prod"
"""The stage that no command removes."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to deploy: a session with credentials and region, and an endpoint where that is no AWS account."""

    session: "boto3.Session"
    endpoint_url: str | None = None

    def client(self, service: str, **options: Any) -> Any:
        """A client of a service there. ``options`` are botocore's."""
        return self.session.client(  # type: ignore[call-overload]
            service, endpoint_url=self.endpoint_url, config=Config(**options)
        )

    @property
    def s3_url(self) -> str:
        """What comes before /bucket/key in an object's address."""
        return self.endpoint_url or f"https://s3.{self.session.region_name}.amazonaws.com"

    @property
    def target(self) -> Target:
        """What functions run with there. Raises ``Stop`` where none do."""
        return probe.target(self.client, self.endpoint_url) if self.endpoint_url else AWS


def from_shell() -> Destination:
    """Where the shell's settings point to. Raises ``Stop`` where they name no account or no region."""
    import boto3

    # boto3 overlooks AWS_REGION, which the other tools read.
    session = boto3.Session(region_name=os.environ.get("AWS_REGION"))
    if session.get_credentials() is None or session.region_name is None:
        raise Stop("No AWS credentials or no region: set AWS_PROFILE, or AWS_ACCESS_KEY_ID, and AWS_REGION.")
    return Destination(session, os.environ.get("AWS_ENDPOINT_URL", "").rstrip("/") or None)


@dataclass(frozen=True, slots=True)
class Deployment:
    """What to deploy under which name."""

    made: Package
    stack_name: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def description(self, destination: Destination) -> str:
        """What the stack says of itself: which package it is, and where if not at AWS."""
        place = f" at {destination.endpoint_url}" if destination.endpoint_url else ""
        return f"Connects, package {self.made.fingerprint[:16]}{place}"


def deploy(deployment: Deployment, destination: Destination, progress: Progress) -> dict[str, str]:
    """Uploads what is new and brings the stack to it. Returns the stack's outputs. Raises ``Stop`` where it fails."""
    change = _change(deployment, destination, progress)
    return cloudformation.apply(destination.client("cloudformation"), change, progress)


def differences(deployment: Deployment, destination: Destination, progress: Progress) -> list[str]:
    """What ``deploy`` would change, one line a resource. The code is uploaded; the stack stays as it is."""
    change = _change(deployment, destination, progress)
    return cloudformation.differences(destination.client("cloudformation"), change)


def settings_of(stage: str) -> dict[str, str]:
    """The parameters that a stage is given by itself."""
    path = ROOT / "infra" / "stages" / f"{stage}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _change(deployment: Deployment, destination: Destination, progress: Progress) -> cloudformation.Change:
    """Uploads code and template where they are new, and says what to bring the stack to."""
    s3: S3Client = destination.client("s3")
    bucket = artifact_bucket(destination)
    template = yaml.safe_load(deployment.made.template.read_text(encoding="utf-8"))
    if destination.endpoint_url:
        template = for_emulator(template, destination.endpoint_url)
    template["Description"] = deployment.description(destination)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            code = deployment.made.directory / resource["Properties"]["CodeUri"]
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": _upload(s3, bucket, code, progress)}
    # As JSON: CloudFormation takes a megabyte, of which YAML's indentation would be a third.
    body = json.dumps(template, separators=(",", ":")).encode()
    key = f"templates/{hashlib.sha256(body).hexdigest()}.json"
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    return cloudformation.Change(
        stack_name=deployment.stack_name,
        template_url=f"{destination.s3_url}/{bucket}/{key}",
        parameters=deployment.parameters,
        defaults={
            "CursorKey": secrets.token_urlsafe(48),
            **(MAIL if destination.endpoint_url else {}),
        },
        declared=tuple(template["Parameters"]),
        tags={"application": APPLICATION, "stack": deployment.stack_name},
    )


def artifact_bucket(destination: Destination) -> str:
    """The name of the bucket code is uploaded to; makes it where there is none."""
    s3: S3Client = destination.client("s3")
    account = destination.client("sts").get_caller_identity()["Account"]
    region = destination.session.region_name
    bucket = f"{APPLICATION}-artifacts-{account}-{region}"
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
    except s3.exceptions.ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
    else:
        return bucket
    # us-east-1 is the one region that must not be named.
    here: Any = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, **here)
    private = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    block: Any = dict.fromkeys(private, True)
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
    return bucket


def _upload(s3: "S3Client", bucket: str, code: Path, progress: Progress) -> str:
    """Puts a zip under the hash of its content where it is not there yet. Returns the key."""
    with code.open("rb") as content:
        key = f"code/{hashlib.file_digest(content, 'sha256').hexdigest()}.zip"
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except s3.exceptions.ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        progress(f"uploading {code.name}, {code.stat().st_size / 1e6:.0f} MB")
        s3.upload_file(str(code), bucket, key)
    return key


def _settings(text: str) -> dict[str, str]:
    """Reads ``NAME=VALUE;NAME=VALUE``."""
    pairs = [pair.strip().partition("=") for pair in text.split(";") if pair.strip()]
    if not all(equals for _, equals, _ in pairs):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE;NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _destroy(stack_name: str, destination: Destination) -> None:
    left = cloudformation.remove(destination.client("cloudformation"), stack_name, note)
    say(f"{stack_name} is gone.")
    if left:
        say("\n  ".join(["Its data was left where it is; remove by hand what is not needed:", *left]))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description="Deploy a stage.")
    parser.add_argument("--stage", required=True, help="the deployment's name: dev, prod, …")
    parser.add_argument("--set", type=_settings, default={}, metavar="NAME=VALUE;…", dest="settings")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--diff", action="store_true", help="say what would change, and change nothing")
    instead.add_argument("--destroy", action="store_true", help="remove the stage; its data stays")
    arguments = parser.parse_args()
    stack_name = f"{APPLICATION}-{arguments.stage}"
    if arguments.destroy and arguments.stage == PROD:
        raise Stop(
            "The stage prod is not destroyed by a command. Whoever must, does it in the console, with care."
        )
    destination = from_shell()
    if arguments.destroy:
        _destroy(stack_name, destination)
        return
    made = package(destination.target)
    parameters = {"Stage": arguments.stage, **settings_of(arguments.stage), **arguments.settings}
    deployment = Deployment(made, stack_name, parameters)
    if arguments.diff:
        say("\n".join(differences(deployment, destination, note)) or "nothing to change")
        return
    outputs = deploy(deployment, destination, note)
    if arguments.stage == PROD:
        cloudformation.protect(destination.client("cloudformation"), stack_name)
    for name, value in outputs.items():
        say(f"{name}={value}")


if __name__ == "__main__":
    command.run(main)
