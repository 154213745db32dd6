"""The process's AWS clients: made at first use, kept while the process is warm."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client


def _client(service: str, **options: Any) -> Any:
    # botocore takes 0.15 s to import: functions that answer without AWS do not pay for it. These are the clients that
    # boto3 would make too, without its transfers and resources, which take another 0.04 s.
    from botocore.config import Config

    patience: dict[str, Any] = {
        "connect_timeout": 3,
        "read_timeout": 20,
        "retries": {"mode": "standard", "total_max_attempts": 5},
    }
    return _session().create_client(service, config=Config(**(patience | options)))


@lru_cache(maxsize=1)
def _session() -> "Session":
    from botocore.session import get_session

    return get_session()


@lru_cache(maxsize=1)
def dynamodb() -> "DynamoDBClient":
    """The DynamoDB client."""
    # Whoever waits for an answer of the API is told to try again before its function is ended, at 29 s: four attempts
    # of 5 s and what standard retries wait between them, 7 s at most, are 27 s.
    client: DynamoDBClient = _client(
        "dynamodb", read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4}
    )
    return client


@lru_cache(maxsize=1)
def s3() -> "S3Client":
    """The S3 client."""
    # Presigned forms and links would otherwise be signed with version 2, which most regions refuse, and name the global
    # host, which redirects to the region's for hours after a bucket was made: a browser's upload does not survive that.
    # Given up in the time of the table: three attempts of 8 s, and 3 s at most between them.
    client: S3Client = _client(
        "s3",
        signature_version="s3v4",
        s3={"addressing_style": "virtual"},
        read_timeout=8,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    return client


@lru_cache(maxsize=1)
def mail() -> "SESV2Client":
    """The mail service's client."""
    client: SESV2Client = _client("sesv2")
    return client
