"""An organization's own figures against the published cells that cover them."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from pydantic import ConfigDict, Field

from chalicelib.errors import Conflict
from chalicelib.exchange import lookup
from chalicelib.exchange.asking import AskedPosition, Metric, before_metros, question_about
from chalicelib.exchange.lookup import Before, Standing
from chalicelib.exchange.metric_kinds import Unit, kind_of
from chalicelib.exchange.models import ALL
from chalicelib.exchange.places import Document
from chalicelib.exchange.reader import ReleaseReader
from chalicelib.exchange.views import CELL_EXAMPLE, CellView, ReleaseId, cell_view
from chalicelib.geography.service import Areas, area_at
from chalicelib.organizations import service as organizations
from chalicelib.organizations.models import Organization
from chalicelib.organizations.service import OrganizationStore
from chalicelib.submissions import service as submissions
from chalicelib.submissions.models import Record
from chalicelib.submissions.service import Contribution, SubmissionStore
from chalicelib.values import Id, Model, ShopType, usd_of

_HUNDREDTHS: Final = (Unit.PERCENT, Unit.DAYS)


class ComparedFigure(Model):
    """One own figure in force, and the most specific published cell that covers it."""

    metric: Metric
    position: AskedPosition | None
    unit: Unit
    own: Annotated[str, Field(examples=["27.50", "offered"])]
    """The own figure in its unit; of a benefit ``offered`` or ``not_offered``."""
    effective_date: date
    standing: Standing | None
    """Where it lies among the cell's figures: by quarters, or by halves where the cell has no quartiles.

    A figure that equals a printed one counts as above it. Null for benefits offered or not, and without a cell.
    """
    cell: CellView | None
    """Null where not even the nation's cell is published."""


class Comparison(Model):
    """An organization's own figures in force, and what is published around them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "organization_id": "0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10",
                    "area": "598-MT",
                    "state": "MT",
                    "shop_type": "collision",
                    "figures": [
                        {
                            "metric": "labor_rate_body",
                            "position": None,
                            "unit": "usd_per_hour",
                            "own": "61.00",
                            "effective_date": "2025-01-01",
                            "standing": "below_p25",
                            "cell": CELL_EXAMPLE,
                        }
                    ],
                    "release_id": "2026-06-15-3f9a1c07b2de",
                    "night": "2026-06-15",
                    "method_version": "1.0",
                }
            ]
        }
    )

    organization_id: Id
    area: str
    state: str
    shop_type: ShopType | None
    figures: tuple[ComparedFigure, ...]
    """Every figure in force, whether it counts yet or not; empty where nothing was submitted."""
    release_id: ReleaseId
    night: date
    method_version: str


def compare(
    reader: ReleaseReader,
    submission_store: SubmissionStore,
    organization_store: OrganizationStore,
    areas: Areas,
    organization_id: str,
) -> Comparison:
    """The organization's figures in force against the latest release. It tells nothing that is not the
    organization's own or published.

    Raises ``NotFound`` where there is no such organization or no release, ``Conflict`` where it is no shop or
    dealership, ``TemporarilyUnavailable``.
    """
    organization = organizations.get(organization_store, organization_id)
    if organization.shop_type is None:
        raise Conflict(
            f"Only shops and dealerships have figures to compare; this organization is a {organization.kind.value}."
        )
    records, _ = submissions.in_force(submission_store, organization_store, organization_id)
    where = _where(organization, areas)
    document = reader.document(reader.latest().release_id, "state", organization.address.state)
    return Comparison(
        organization_id=organization_id,
        area=where.area,
        state=organization.address.state,
        shop_type=organization.shop_type,
        figures=tuple(one for record in records for one in _compared(document, where, record)),
        release_id=document.head.release_id,
        night=document.head.night,
        method_version=document.head.method_version,
    )


@dataclass(frozen=True, slots=True)
class _Where:
    """What of an organization decides which cells cover its figures."""

    area: str
    before: Before | None
    state: str
    shop_type: ShopType | None
    areas: Areas


def _where(organization: Organization, areas: Areas) -> _Where:
    address = organization.address
    area = area_at(areas, address.zip, address.state, address.county)
    before = before_metros(areas, area, address.zip, address.state)
    return _Where(area, before, address.state, organization.shop_type, areas)


def _compared(document: Document, where: _Where, record: Record) -> list[ComparedFigure]:
    if record.submission is None:
        return []
    effective = record.submission.effective_date
    contributions = submissions.contributions_of(record.topic, record.submission)
    return [_figure(document, where, one, effective) for one in contributions]


def _figure(document: Document, where: _Where, own: Contribution, effective: date) -> ComparedFigure:
    position = own.position or ALL
    question = question_about(own.metric, position, where.area, where.state, where.shop_type, where.before)
    found = lookup.find(document, question)
    offered_or_not = kind_of(own.metric).is_share
    return ComparedFigure(
        metric=own.metric,
        position=own.position or None,
        unit=kind_of(own.metric).unit,
        own=_told(own),
        effective_date=effective,
        standing=None if found is None or offered_or_not else lookup.standing_of(own.value, found.cell),
        cell=None if found is None else cell_view(found.cell, where.areas),
    )


def _told(own: Contribution) -> str:
    kind = kind_of(own.metric)
    if kind.is_share:
        return "offered" if own.value else "not_offered"
    if kind.unit in _HUNDREDTHS:
        whole, rest = divmod(own.value, 100)
        return f"{whole}.{rest:02d}"
    return usd_of(own.value)
