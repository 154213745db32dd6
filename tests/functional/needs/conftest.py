"""Shops with openings, as many as a night needs, written where the API would write them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from chalicelib import aws
from chalicelib.geography.service import DelineationStore
from chalicelib.needs.models import Opening, Skill
from chalicelib.needs.night import Night, Stores, run_night
from chalicelib.needs.store import DemandStore, OpeningStore, opening_put
from chalicelib.organizations.models import Status
from chalicelib.organizations.store import OrganizationStore, organization_item
from chalicelib.table.expressions import Put
from chalicelib.table.table import Table
from chalicelib.values import Position, Subject
from tests.conftest import STATE
from tests.unit.organizations.samples import organization

FIRST = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)


def id_of(number: int) -> str:
    """An id for a number."""
    return str(UUID(int=number))


@dataclass
class Industry:
    """Shops, their openings, and the nights on which demand is published."""

    table: Table

    def shop(
        self,
        number: int,
        openings: int | None = None,
        *,
        skills: tuple[Skill, ...] = (),
        owner: int | None = None,
        status: Status = Status.VERIFIED,
        until: date = date(2026, 12, 1),
        zip_code: str = "59801",
    ) -> str:
        """A shop, in Missoula unless said otherwise, with openings in one position if any are given."""
        one = organization(
            id=id_of(number),
            status=status.value,
            owner_group_id=id_of(owner) if owner is not None else None,
            zip_code=zip_code,
        )
        self.table.write(Put(organization_item(one)))
        if openings is not None:
            self.states(number, openings, skills=skills, until=until)
        return one.id

    def states(
        self, number: int, openings: int, *, skills: tuple[Skill, ...] = (), until: date = date(2026, 12, 1)
    ) -> None:
        """A shop says how many people it wants."""
        opening = Opening(
            organization_id=id_of(number),
            position=Position.TECHNICIAN_B,
            openings=openings,
            skills=skills,
            subject=Subject.AUTOMOTIVE,
            needed_by=until,
            counts_until=until,
            stated_at=NOW,
        )
        self.table.write(opening_put(opening))

    def night(self, after: int = 0) -> Night:
        """The night so many days after the first."""
        return run_night(self.stores, date.fromordinal(FIRST.toordinal() + after), lambda: NOW)

    @property
    def stores(self) -> Stores:
        """What a night reads and writes."""
        return Stores(
            OpeningStore(self.table),
            DemandStore(self.table),
            OrganizationStore(self.table),
            DelineationStore(self.table),
            aws.s3(),
            STATE,
        )


@pytest.fixture
def industry(table: Table) -> Industry:
    """An empty one."""
    return Industry(table)
