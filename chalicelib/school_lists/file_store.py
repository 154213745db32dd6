"""The objects of the uploads bucket: lists that come in, forms to upload them with, and reports that go out."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from chalicelib.errors import TemporarilyUnavailable
from chalicelib.school_lists.imports import Source
from chalicelib.school_lists.models import UnusableList

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_s3 import S3Client

_IN_MEMORY: Final = 8 * 1024 * 1024
_PIECE: Final = 1024 * 1024
_LINK_SECONDS: Final = 3600


_GONE: Final = ("NoSuchKey", "404", "PreconditionFailed", "412")


class Files:
    """Reads and writes objects of one bucket. ``max_bytes`` bounds what is read."""

    def __init__(self, client: "S3Client", bucket: str, max_bytes: int) -> None:
        self._client = client
        self.bucket = bucket
        self.max_bytes = max_bytes

    @contextmanager
    def opened(self, source: Source) -> Iterator[BinaryIO]:
        """The object as a seekable stream: in memory while small, else in a temporary file.

        Raises ``UnusableList`` where it is too large, gone or replaced, ``TemporarilyUnavailable`` where S3
        is.
        """
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
            self._copy(source, cast(BinaryIO, spool))
            spool.seek(0)
            yield cast(BinaryIO, spool)

    def _copy(self, source: Source, spool: BinaryIO) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client.get_object(Bucket=source.bucket, Key=source.key, IfMatch=source.etag)
            size = answer["ContentLength"]
            if size > self.max_bytes:
                raise UnusableList(
                    f"The file has {size:,} bytes; at most {self.max_bytes:,} are read.",
                    "Split the list, with the header row in each part, and upload the parts one by one.",
                )
            spool.writelines(answer["Body"].iter_chunks(_PIECE))
        except ClientError as error:
            if _code(error) in _GONE:
                raise UnusableList(
                    "The file was deleted or replaced before it could be read.",
                    "Nothing to do where it was replaced: the new file is imported by itself. Else upload it again.",
                ) from error
            raise TemporarilyUnavailable("The file could not be read at this moment.") from error
        except BotoCoreError as error:
            raise TemporarilyUnavailable("The file could not be read at this moment.") from error

    def put(self, key: str, body: BinaryIO, content_type: str) -> None:
        """Writes an object, replacing what was there. Raises ``TemporarilyUnavailable``."""
        with _translated():
            self._client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=content_type)

    def put_bytes(self, key: str, body: bytes, content_type: str = "application/octet-stream") -> None:
        """Writes a small object, replacing what was there. Raises ``TemporarilyUnavailable``."""
        with _translated():
            self._client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=content_type)

    def get_bytes(self, key: str) -> bytes:
        """A small object whole. Raises ``TemporarilyUnavailable``, also where there is none."""
        with _translated():
            return self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def names(self, prefix: str) -> list[str]:
        """The keys that begin with a prefix, in order. Raises ``TemporarilyUnavailable``."""
        with _translated():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
            return [one["Key"] for page in pages for one in page.get("Contents", ())]

    def remarks(self, source: Source) -> dict[str, str]:
        """What whoever put a list into the bucket said of it: the object's own metadata, none where it is gone.

        Raises ``TemporarilyUnavailable``.
        """
        from botocore.exceptions import ClientError

        try:
            with _translated(), suppress(KeyError):
                return self._client.head_object(Bucket=source.bucket, Key=source.key)["Metadata"]
        except TemporarilyUnavailable as error:
            if not isinstance(error.__cause__, ClientError) or _code(error.__cause__) not in _GONE:
                raise
        return {}

    def link(self, key: str) -> str:
        """An address where the object can be fetched for an hour."""
        return self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket, "Key": key}, ExpiresIn=_LINK_SECONDS
        )

    def form(self, key: str, seconds: int) -> tuple[str, dict[str, str]]:
        """Address and fields of a form that uploads one object under a key, of 1 to ``max_bytes`` bytes."""
        form: dict[str, Any] = self._client.generate_presigned_post(
            self.bucket, key, Conditions=[["content-length-range", 1, self.max_bytes]], ExpiresIn=seconds
        )
        return form["url"], form["fields"]


def _code(error: "ClientError") -> str:
    return error.response["Error"].get("Code", "")


@contextmanager
def _translated() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise TemporarilyUnavailable("The bucket of the lists did not answer at this moment.") from error
