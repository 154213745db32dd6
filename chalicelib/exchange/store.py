"""Where releases are: objects in S3 that never change, and one item that says which is the latest."""

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from chalicelib.errors import ConditionFailed, NotFound, TemporarilyUnavailable
from chalicelib.exchange.release import MANIFEST, Document, File, document_name
from chalicelib.table import keys
from chalicelib.table.expressions import Update, at_most, missing
from chalicelib.table.table import Table

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_LINE: Final = "x"


class ContributionIndex:
    """The lines of all contributions in force and of the organizations they are from."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def shard(self, number: int) -> Iterator[str]:
        """The lines of a shard, which holds all of each of its organizations; ``""`` for an item without."""
        pages = self._table.query_all(
            keys.contributions(number), index=keys.CONTRIBUTIONS, attributes=(_LINE,)
        )
        return (str(item.get(_LINE, "")) for item in pages)


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which release is the latest, and of which night."""

    release_id: str
    night: date


class PointerStore:
    """The pointer to the latest release."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def latest(self) -> Pointer:
        """The latest release. Raises ``NotFound`` before the first one."""
        item = self._table.get(keys.latest_release())
        if item is None:
            raise NotFound(
                "Nothing has been published yet: the first release appears after the first nightly run."
            )
        return Pointer(item["release_id"], date.fromisoformat(item["night"]))

    def move(self, pointer: Pointer) -> bool:
        """Makes a release the latest; False, and no change, where the latest is of a later night."""
        night = pointer.night.isoformat()
        try:
            self._table.write(
                Update(
                    keys.latest_release(),
                    set={"release_id": pointer.release_id, "night": night},
                    condition=missing() | at_most("night", night),
                )
            )
        except ConditionFailed:
            return False
        return True


class ReleaseObjects:
    """The files of releases in their bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, release_id: str, file: File) -> None:
        """Writes a file of a release. Raises ``TemporarilyUnavailable``."""
        encoding: Any = {"ContentEncoding": file.encoding} if file.encoding else {}
        with _translated(self._client):
            self._client.put_object(
                Bucket=self._bucket,
                Key=_key(release_id, file.name),
                Body=file.body,
                ContentType=file.media_type,
                CacheControl="public, max-age=31536000, immutable",
                **encoding,
            )

    def is_whole(self, release_id: str) -> bool:
        """Whether the release has its manifest, which is written after all else."""
        return self._read(_key(release_id, MANIFEST)) is not None

    def manifest(self, release_id: str) -> dict[str, Any]:
        """The manifest of a whole release. Raises ``TemporarilyUnavailable``."""
        manifest: dict[str, Any] = self._json(release_id, MANIFEST)
        return manifest

    def document(self, release_id: str, place: str) -> Document:
        """A place's document, in one read. Raises ``TemporarilyUnavailable``."""
        document: Document = self._json(release_id, document_name(place))
        return document

    def _json(self, release_id: str, name: str) -> Any:
        body = self._read(_key(release_id, name))
        try:
            if body is not None:
                return json.loads(gzip.decompress(body) if name.endswith(".gz") else body)
        except (OSError, EOFError, zlib.error, ValueError) as error:
            raise TemporarilyUnavailable(
                f"{name} of release {release_id} cannot be read at this moment. Try again."
            ) from error
        raise TemporarilyUnavailable(
            f"{name} of release {release_id} is not there at this moment. Try again."
        )

    def _read(self, key: str) -> bytes | None:
        with _translated(self._client):
            try:
                return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            except self._client.exceptions.NoSuchKey:
                return None


def _key(release_id: str, name: str) -> str:
    return f"releases/{release_id}/{name}"


@contextmanager
def _translated(client: "S3Client") -> Iterator[None]:
    from botocore.exceptions import BotoCoreError

    try:
        yield
    except (client.exceptions.ClientError, BotoCoreError) as error:
        raise TemporarilyUnavailable("The store of releases did not answer. Try again.") from error
