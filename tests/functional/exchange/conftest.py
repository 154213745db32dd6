"""A table with contributions, a bucket for releases, and what a night is made of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from chalicelib import aws
from chalicelib.days import day_number
from chalicelib.exchange import routes
from chalicelib.exchange.night import Night, Stores, run_night
from chalicelib.exchange.night_store import ContributionIndex, StateObjects
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.store import PointerStore, ReleaseIndex, ReleaseObjects
from chalicelib.geography.service import DelineationStore
from chalicelib.submissions.service import Contribution, Line, ReviewStore, format_line
from chalicelib.table import keys
from chalicelib.table.expressions import Delete, Put
from chalicelib.table.table import Table
from tests.conftest import RELEASES, STATE

NIGHT = date(2026, 6, 15)
OLD = NIGHT - timedelta(days=200)


@pytest.fixture(autouse=True)
def _empty_memory() -> Iterator[None]:
    """Every test begins as a cold process."""
    routes._memory.pointer = None
    routes._memory.kept.clear()
    yield
    routes._memory.pointer = None
    routes._memory.kept.clear()


def organization_id(number: int) -> str:
    """The id of a made-up organization."""
    return f"0190aaaa-0000-7000-8000-{number:012d}"


class Entry(NamedTuple):
    """An item of the contributions index: whose, about what, and its line."""

    organization_id: str
    topic: str
    line: str


def organization_entry(
    number: int, *, shop_type: str = "collision", state: str = "MT", verified: bool = True
) -> Entry:
    """An organization, as organizations put it into the index."""
    one = organization_id(number)
    return Entry(one, keys.PROFILE, f"o1|{one}|{one}|{state}|598-{state}|{shop_type}|{int(verified)}")


def submission_entry(
    number: int,
    topic: str,
    *figures: Contribution,
    effective: date = OLD,
    version: int = 1,
    confirmed: bool = False,
) -> Entry:
    """A submission, as submissions put it into the index."""
    one = organization_id(number)
    return Entry(
        one, topic, format_line(Line(one, topic, day_number(effective), figures, version, confirmed))
    )


def shops(many: int, *, first: int = 0, shop_type: str = "collision", state: str = "MT") -> Iterator[Entry]:
    """Shops that tell their body labor rate, a technician's pay, and whether they offer health insurance."""
    for number in range(first, first + many):
        yield organization_entry(number, shop_type=shop_type, state=state)
        yield submission_entry(
            number, "labor_rates", Contribution("labor_rate_body", "", 6_000 + 50 * number, 1)
        )
        pay = 2_400 + 20 * number
        yield submission_entry(
            number,
            "pay#technician_a",
            Contribution("hourly_equivalent", "technician_a", pay, 2),
            Contribution("annual_pay", "technician_a", pay * 2_080, 2),
        )
        yield submission_entry(number, "benefits", Contribution("benefit_health", "", number % 2, 1))


@dataclass
class Exchange:
    """Everything a night works on."""

    table: Table
    client: Any = field(default_factory=aws.s3)

    @property
    def stores(self) -> Stores:
        """What a night reads and writes."""
        return Stores(
            ContributionIndex(self.table),
            StateObjects(self.client, STATE),
            self.objects,
            self.pointers,
            ReviewStore(self.table),
            DelineationStore(self.table),
        )

    @property
    def pointers(self) -> PointerStore:
        """The pointer to the latest release."""
        return PointerStore(self.table)

    @property
    def objects(self) -> ReleaseObjects:
        """The releases' files."""
        return ReleaseObjects(self.client, RELEASES)

    @property
    def releases(self) -> ReleaseIndex:
        """The list of releases."""
        return ReleaseIndex(self.table)

    def run(
        self, night: date = NIGHT, *, stores: Stores | None = None, policy: Policy | None = None
    ) -> Night:
        """Runs a night, at seven in the morning."""
        moment = datetime(night.year, night.month, night.day, 7, tzinfo=UTC)
        return run_night(stores or self.stores, night, lambda: moment, policy)

    def put(self, *entries: Entry) -> None:
        """Puts entries into the index."""
        for entry in entries:
            self.table.write(Put({**self._item(entry), "x": entry.line}))

    def put_without_line(self, entry: Entry) -> None:
        """Puts an item into the index that lacks its line."""
        self.table.write(Put(self._item(entry)))

    def take(self, organization: str, topic: str) -> None:
        """Takes an item out of the index."""
        key = keys.Key(keys.organization_pk(organization), f"{keys.SUBMISSION}{topic}")
        self.table.write(Delete(key))

    def fill(self, many: int, *, first: int = 0) -> None:
        """Puts collision shops in Montana into the index."""
        self.put(*shops(many, first=first))

    def _item(self, entry: Entry) -> dict[str, str]:
        sort = f"{keys.SUBMISSION}{entry.topic}"
        return {
            "PK": keys.organization_pk(entry.organization_id),
            "SK": sort,
            **keys.contribution_entry(entry.organization_id, entry.topic),
        }

    def stored(self, bucket: str = RELEASES) -> dict[str, bytes]:
        """Every object in a bucket."""
        listed = self.client.list_objects_v2(Bucket=bucket).get("Contents", ())
        return {
            one["Key"]: self.client.get_object(Bucket=bucket, Key=one["Key"])["Body"].read() for one in listed
        }


@pytest.fixture
def exchange(table: Table) -> Exchange:
    """An Exchange without contributions."""
    return Exchange(table)


Counted = Callable[[], list[str]]


@pytest.fixture
def requests(exchange: Exchange) -> Counted:
    """The names of the requests that the process's S3 and DynamoDB clients have sent since the last call."""
    sent: list[str] = []

    def note(model: Any, **_: Any) -> None:
        sent.append(model.name)

    for client in (exchange.client, aws.dynamodb()):
        client.meta.events.register("before-call", note)

    def taken() -> list[str]:
        taken_now = list(sent)
        sent.clear()
        return taken_now

    return taken
