"""Measurements: what things cost, as ratios within one run."""

from typing import Final

ENVIRONMENT: Final = {
    "CONNECTS_TABLE_NAME": "table",
    "CONNECTS_UPLOADS_BUCKET": "uploads",
    "CONNECTS_RELEASES_BUCKET": "releases",
    "CONNECTS_STATE_BUCKET": "state",
    "CONNECTS_TOKEN_ISSUER": "https://issuer.example",
    "CONNECTS_TOKEN_AUDIENCE": "client",
    "CONNECTS_CURSOR_KEY": "k" * 48,
    "POWERTOOLS_SERVICE_NAME": "connects",
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
    "AWS_ACCESS_KEY_ID": "a",
    "AWS_SECRET_ACCESS_KEY": "b",
    "AWS_DEFAULT_REGION": "us-east-1",
}
"""The settings of a function that is measured: nothing that it names is there."""
