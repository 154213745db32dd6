"""Where releases are: objects in S3 that never change, one item that says which is the latest, and one a night."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from chalicelib.errors import ConditionFailed, NotFound, TemporarilyUnavailable
from chalicelib.exchange.models import LEVELS
from chalicelib.readable import readable, text_of
from chalicelib.table import keys
from chalicelib.table.expressions import Condition, Item, Put, Update, equals, missing
from chalicelib.table.table import Table

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MANIFEST: Final = "manifest.json"
_BEGINNING: Final = date.min


@dataclass(frozen=True, slots=True)
class File:
    """One file of a release: its name below the release, and the bytes as they are stored."""

    name: str
    body: bytes
    media_type: str
    encoding: str | None = None

    @property
    def sha256(self) -> str:
        """The digest of the stored bytes."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which release is the latest, and what the next night goes on from.

    ``night`` is the release's; ``checked`` the last night that is dealt with: it is later where nothing had
    changed since. ``state_key`` names the private state that explains the release. ``digest`` is that of what
    it was computed from, ``settled`` that computing the same again would change nothing, and ``ages_on`` the
    first day on which a value comes of age.
    """

    release_id: str
    night: date
    checked: date
    state_key: str
    digest: str
    settled: bool
    ages_on: date | None


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """A release as the list of releases has it. ``cells`` counts its cells by level."""

    release_id: str
    night: date
    created_at: datetime
    method_version: str
    cells: dict[str, int]
    previous: str | None
    state_key: str


@dataclass(frozen=True, slots=True)
class Rollback:
    """An operator's taking back of releases: it took the place of ``night``, and ``to`` is the latest again."""

    night: date
    to: date
    release_id: str
    made_at: datetime

    def covers(self, night: date) -> bool:
        """Whether the release of a night was taken back by it."""
        return self.to < night < self.night


class PointerStore:
    """The pointer to the latest release."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def latest(self) -> Pointer:
        """The latest release. Raises ``NotFound`` before the first one."""
        pointer = self.find()
        if pointer is None:
            raise NotFound(
                "Nothing has been published yet: the first release appears after the first nightly run."
            )
        return pointer

    def find(self) -> Pointer | None:
        """The latest release; None before the first one."""
        item = self._table.get(keys.latest_release())
        if item is None:
            return None
        ages_on = item.get("ages_on")
        return Pointer(
            release_id=item["release_id"],
            night=date.fromisoformat(item["night"]),
            checked=date.fromisoformat(item["checked"]),
            state_key=item["state_key"],
            digest=item["digest"],
            settled=item["settled"],
            ages_on=None if ages_on is None else date.fromisoformat(ages_on),
        )

    def publish(self, before: Pointer | None, after: Pointer, entry: ReleaseEntry) -> bool:
        """Makes a release the latest and lists it; False, and no change, where another run was quicker.

        ``before`` is what the release was computed from.
        """
        pk, sk = keys.release_entry(entry.night.isoformat())
        listed = {
            "PK": pk,
            "SK": sk,
            "release_id": entry.release_id,
            "night": entry.night.isoformat(),
            "created_at": entry.created_at.isoformat(),
            "method_version": entry.method_version,
            "cells": entry.cells,
            "previous": entry.previous,
            "state_key": entry.state_key,
        }
        return self._move(before, after, listed)

    def roll_back(self, before: Pointer, after: Pointer, rollback: Rollback) -> bool:
        """Makes an earlier release the latest again and notes it; False where another was quicker."""
        pk, sk = keys.rollback_entry(rollback.night.isoformat())
        noted = {
            "PK": pk,
            "SK": sk,
            "night": rollback.night.isoformat(),
            "to": rollback.to.isoformat(),
            "release_id": rollback.release_id,
            "made_at": rollback.made_at.isoformat(),
        }
        return self._move(before, after, noted)

    def check(self, before: Pointer, night: date) -> bool:
        """Notes that a night changes nothing; False, and no change, where another run was quicker."""
        try:
            self._table.write(
                Update(keys.latest_release(), set={"checked": night.isoformat()}, condition=_still(before))
            )
        except ConditionFailed:
            return False
        return True

    def _move(self, before: Pointer | None, after: Pointer, note: Item) -> bool:
        pk, sk = keys.latest_release()
        pointer = {
            "PK": pk,
            "SK": sk,
            "release_id": after.release_id,
            "night": after.night.isoformat(),
            "checked": after.checked.isoformat(),
            "state_key": after.state_key,
            "digest": after.digest,
            "settled": after.settled,
            "ages_on": None if after.ages_on is None else after.ages_on.isoformat(),
        }
        condition = missing() if before is None else _still(before)
        try:
            self._table.transact(Put(pointer, condition), Put(note))
        except ConditionFailed:
            return False
        return True


def _still(before: Pointer) -> Condition:
    return equals("state_key", before.state_key) & equals("checked", before.checked.isoformat())


class ReleaseIndex:
    """The list of releases that are or were the latest, without those that were taken back."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def page(self, limit: int, before: date | None = None, up_to: date | None = None) -> list[ReleaseEntry]:
        """Up to ``limit`` releases of nights before ``before`` and not after ``up_to``, newest first."""
        rollbacks = self.rollbacks()
        last = min(before - timedelta(days=1) if before else date.max, up_to or date.max)
        between = (f"{keys.RELEASE}{_BEGINNING}", f"{keys.RELEASE}{last}")
        found: list[ReleaseEntry] = []
        items = self._table.query_all(keys.EXCHANGE, between=between, descending=True)
        for entry in readable(items, _entry):
            if not any(one.covers(entry.night) for one in rollbacks):
                found.append(entry)
                if len(found) == limit:
                    break
        return found

    def of_night(self, night: date) -> ReleaseEntry | None:
        """The release that a night published; None where it published none, or its release was taken back."""
        item = self._table.get(keys.release_entry(night.isoformat()))
        if item is None or any(one.covers(night) for one in self.rollbacks()):
            return None
        return _entry(item)

    def rollbacks(self) -> list[Rollback]:
        """Every rollback, oldest first."""
        return [
            Rollback(
                night=date.fromisoformat(item["night"]),
                to=date.fromisoformat(item["to"]),
                release_id=item["release_id"],
                made_at=datetime.fromisoformat(item["made_at"]),
            )
            for item in self._table.query_all(keys.EXCHANGE, begins_with=keys.ROLLBACK)
        ]


def _entry(item: Item) -> ReleaseEntry:
    return ReleaseEntry(
        release_id=_release_id(item),
        night=date.fromisoformat(item["night"]),
        created_at=datetime.fromisoformat(item["created_at"]),
        method_version=text_of(item, "method_version"),
        cells={level: int(item["cells"].get(level, 0)) for level in LEVELS},
        previous=_previous(item),
        state_key=text_of(item, "state_key"),
    )


def _previous(item: Item) -> str | None:
    if item["previous"] is None:
        return None
    previous = text_of(item, "previous")
    # Releases are named for their nights; what is not, names none.
    date.fromisoformat(previous[:10])
    return previous


def _release_id(item: Item) -> str:
    release_id = text_of(item, "release_id")
    if not release_id.startswith(item["night"]):
        raise ValueError("a release of another night")
    return release_id


class ReleaseObjects:
    """The files of releases in their bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, release_id: str, file: File) -> None:
        """Writes a file of a release. Raises ``TemporarilyUnavailable``."""
        encoding: Any = {"ContentEncoding": file.encoding} if file.encoding else {}
        with translated(self._client):
            self._client.put_object(
                Bucket=self._bucket,
                Key=_key(release_id, file.name),
                Body=file.body,
                ContentType=file.media_type,
                CacheControl="public, max-age=31536000, immutable",
                **encoding,
            )

    def find(self, release_id: str, name: str) -> bytes | None:
        """The stored bytes of a file; None where there is none. Raises ``TemporarilyUnavailable``."""
        with translated(self._client):
            try:
                return self._client.get_object(Bucket=self._bucket, Key=_key(release_id, name))["Body"].read()
            except self._client.exceptions.NoSuchKey:
                return None

    def read(self, release_id: str, name: str) -> bytes:
        """The stored bytes of a file. Raises ``TemporarilyUnavailable``, also where there is none."""
        body = self.find(release_id, name)
        if body is None:
            raise TemporarilyUnavailable(
                f"{name} of release {release_id} is not there at this moment. Try again."
            )
        return body


def _key(release_id: str, name: str) -> str:
    return f"releases/{release_id}/{name}"


@contextmanager
def translated(client: "S3Client") -> Iterator[None]:
    """Turns errors of S3 into ``TemporarilyUnavailable``."""
    from botocore.exceptions import BotoCoreError

    try:
        yield
    except (client.exceptions.ClientError, BotoCoreError) as error:
        raise TemporarilyUnavailable("The store of releases did not answer. Try again.") from error
