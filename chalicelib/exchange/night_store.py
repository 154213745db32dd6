"""What only a night reads and writes: the lines of the contributions index, and the private state."""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from chalicelib.errors import Conflict, NotPermitted
from chalicelib.exchange.store import translated
from chalicelib.table import keys
from chalicelib.table.table import Table

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_LINE: Final = "x"
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
        key = f"state/{release_id}/{whole.hexdigest()[:16]}.zip"
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
