"""The objects of the uploads bucket: lists that come in, forms to upload them with, and reports that go out."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from chalicelib.errors import TemporarilyUnavailable
from chalicelib.school_lists.imports import Source
from chalicelib.school_lists.models import UnusableList

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_IN_MEMORY: Final = 8 * 1024 * 1024
_PIECE: Final = 1024 * 1024
_LINK_SECONDS: Final = 3600


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
            code = error.response["Error"].get("Code", "")
            if code in ("NoSuchKey", "404", "PreconditionFailed", "412"):
                raise UnusableList(
                    "The file was deleted or replaced before it could be read.",
                    "Nothing to do where it was replaced: the new file is imported by itself. Else upload it again.",
                ) from error
            raise TemporarilyUnavailable("The file could not be read at this moment.") from error
        except BotoCoreError as error:
            raise TemporarilyUnavailable("The file could not be read at this moment.") from error

    def put(self, key: str, body: BinaryIO, content_type: str) -> None:
        """Writes an object, replacing what was there. Raises ``TemporarilyUnavailable``."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=content_type)
        except (ClientError, BotoCoreError) as error:
            raise TemporarilyUnavailable("The report could not be written at this moment.") from error

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
