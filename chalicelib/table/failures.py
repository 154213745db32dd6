"""What goes wrong between the table and its service: botocore's errors, told as the domain's."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, cast

from chalicelib.errors import ConditionFailed, TemporarilyUnavailable

_RETRIED: Final = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_PASSING: Final = {
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionInProgressException",
}


class MetAnother(TemporarilyUnavailable):
    """A write that met a transaction, or a transaction that was throttled: to be tried again at once."""

    def __init__(self) -> None:
        super().__init__("Others are changing the same thing at this moment. Try again.")


@contextmanager
def translated() -> Iterator[None]:
    """Turns botocore's errors into the domain's; what is nobody's fault but a programmer's stays as it is."""
    from botocore.exceptions import ClientError, HTTPClientError
    from botocore.exceptions import ConnectionError as ConnectionFailed

    try:
        yield
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        if code == "ConditionalCheckFailedException":
            raise ConditionFailed([0]) from error
        if code == "TransactionCanceledException":
            reasons = [reason.get("Code", "None") for reason in error.response.get("CancellationReasons", ())]
            failed = [
                position for position, reason in enumerate(reasons) if reason == "ConditionalCheckFailed"
            ]
            if failed:
                raise ConditionFailed(failed) from error
            if _RETRIED.intersection(reasons):
                raise MetAnother from error
        if code == "TransactionConflictException":
            raise MetAnother from error
        if code in _PASSING:
            raise TemporarilyUnavailable("The directory is busy at this moment. Try again.") from error
        raise
    except (ConnectionFailed, HTTPClientError) as error:
        raise TemporarilyUnavailable("The directory did not answer in time. Try again.") from error


def found_by_retry(failed: ConditionFailed) -> Mapping[str, Any] | None:
    """The item, as it is sent, that a write which was sent more than once found in its way; ``{}`` where there is none.

    None where it was sent once, or where the service does not tell.
    """
    from botocore.exceptions import ClientError

    error = failed.__cause__
    if not isinstance(error, ClientError) or not error.response["ResponseMetadata"].get("RetryAttempts"):
        return None
    return cast(Mapping[str, Any], error.response.get("Item", {}))
