"""What only a night reads and writes: the lines of the contributions index, and the private state."""

import hashlib
import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib.errors import Conflict, NotPermitted, TemporarilyUnavailable
from chalicelib.exchange.store import translated
from chalicelib.table import keys
from chalicelib.table.table import Table

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_LINE: Final = "x"
_STATES: Final = "state/"
_OF_A_RELEASE: Final = re.compile(r"state/\d{4}-\d\d-\d\d-[0-9a-f]+/[0-9a-f]+\.zip")
"""What else is kept beside them is for others to let go of: they may need an old one."""
_AT_ONCE: Final = 1_000
"""What S3 deletes in one request."""
_LOST: Final = (
    "The state {key} is {what}, and nothing can be published safely without it. Restore a version of the object: "
    "its bucket keeps those of the last year."
)


class ContributionIndex:
    """The lines of all contributions in force and of the organizations they are from."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def shard(self, number: int) -> list[str]:
        """The lines of a shard, which holds all of each of its organizations; ``""`` for an item without."""
        pages = self._table.column(keys.contributions(number), keys.CONTRIBUTIONS, _LINE)
        return [line for page in pages for line in page]

    def shards(self) -> list[list[str]]:
        """The lines of every shard. Raises ``TemporarilyUnavailable`` rather than leaving any out."""
        return [self.shard(number) for number in range(keys.CONTRIBUTION_SHARDS)]


class StateObjects:
    """What the publisher remembers between nights, in a bucket of its own."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, release_id: str, files: Mapping[str, bytes]) -> str:
        """Keeps the state of a release, which is files by name, as one object; answers the object's key.

        The key is made from what the state holds, so that no run ever writes over another's. Raises
        ``TemporarilyUnavailable``.
        """
        whole = hashlib.sha256()
        for name, body in sorted(files.items()):
            whole.update(name.encode() + hashlib.sha256(body).digest())
        key = f"{_STATES}{release_id}/{whole.hexdigest()[:16]}.zip"
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for name, body in files.items():
                archive.writestr(zipfile.ZipInfo(name), body)
        with translated(self._client):
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=packed.getvalue(), ContentType="application/zip"
            )
        return key

    def read(self, key: str) -> dict[str, bytes]:
        """A kept state. Raises ``TemporarilyUnavailable``, and ``Conflict`` where it is gone or damaged.

        A night without the state of the release before it could disclose, so there is no going on without.
        """
        with translated(self._client):
            try:
                body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            except self._client.exceptions.NoSuchKey as error:
                raise Conflict(_LOST.format(key=key, what="not in its bucket")) from error
        try:
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                return {name: archive.read(name) for name in archive.namelist()}
        except (zipfile.BadZipFile, EOFError, OSError) as error:
            raise Conflict(_LOST.format(key=key, what="damaged")) from error

    def expire(self, kept_since: datetime, needed: Collection[str]) -> int:
        """Lets go of releases' states written before ``kept_since``, but of none that is ``needed``; answers how many.

        The bucket is versioned: what is let go of can be brought back for as long as it keeps replaced versions. At
        most 1,000 go at a time, the rest the next time. Raises ``TemporarilyUnavailable``.
        """
        old: list[str] = []
        with translated(self._client):
            for page in self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=_STATES
            ):
                old += [
                    one["Key"]
                    for one in page.get("Contents", ())
                    if one["LastModified"] < kept_since
                    and one["Key"] not in needed
                    and _OF_A_RELEASE.fullmatch(one["Key"])
                ]
            if old:
                gone = self._client.delete_objects(
                    Bucket=self._bucket,
                    Delete={"Objects": [{"Key": key} for key in old[:_AT_ONCE]], "Quiet": True},
                )
                if failed := gone.get("Errors"):
                    raise TemporarilyUnavailable(
                        f"{len(failed)} old states could not be let go of. Try again."
                    )
        return len(old[:_AT_ONCE])


@contextmanager
def explained() -> Iterator[None]:
    """For operators: what AWS refuses becomes ``NotPermitted``, with its reason."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise NotPermitted(
            f"AWS refused: {error} Check the names of table and bucket, and the profile you are signed in with."
        ) from error
