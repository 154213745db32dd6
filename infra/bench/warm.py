"""What both handlers of infra/bench/handler.py do: the body that is sent, who may send it, and what comes of it."""

from datetime import date
from typing import Annotated, Final

from pydantic import Field

from chalicelib.auth import Caller
from chalicelib.errors import NotPermitted
from chalicelib.observability import MetricUnit, logger, metrics
from chalicelib.values import Id, Kind, Line, Model, Role, Sector, ShopType, Usd

USER: Final = "0192f0c1-0000-7c38-9d1e-3f5f2b6f6a10"
ORGANIZATION: Final = "0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10"
PATH: Final = "/v1/organizations/{organization_id}/report"
_ROLES: Final = {(USER, ORGANIZATION): Role.MANAGER}


class Report(Model):
    """A body of twenty fields of the kinds that the application's have."""

    kind: Kind
    shop_type: ShopType
    sectors: tuple[Sector, ...]
    name: Line
    street: Line | None
    city: Line
    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    zip: Annotated[str, Field(pattern=r"^[0-9]{5}$")]
    phone: Annotated[str, Field(pattern=r"^[0-9-]{7,20}$")]
    owner_group_id: Id | None
    effective_date: date
    technicians: Annotated[int, Field(ge=0, le=10_000)]
    bays: Annotated[int, Field(ge=0, le=1_000)]
    hours_per_week: Annotated[float, Field(ge=0, le=168)]
    apprentices: Annotated[int, Field(ge=0, le=1_000)]
    hires: bool
    hourly_pay_usd: Usd
    labor_rate_usd: Usd
    tool_allowance_usd: Usd
    note: Annotated[str, Field(max_length=2_000)]


class Filed(Report):
    """What is answered: the report, whose it is and its version."""

    organization_id: Id
    version: int


SENT: Final = {
    "kind": "shop",
    "shop_type": "independent",
    "sectors": ["automotive", "diesel"],
    "name": "Cedar Auto Repair",
    "street": "100 Main St",
    "city": "Missoula",
    "state": "MT",
    "zip": "59801",
    "phone": "406-555-0123",
    "owner_group_id": None,
    "effective_date": "2024-01-15",
    "technicians": 6,
    "bays": 8,
    "hours_per_week": 45.5,
    "apprentices": 1,
    "hires": True,
    "hourly_pay_usd": "27.50",
    "labor_rate_usd": "165.00",
    "tool_allowance_usd": "600.00",
    "note": "Open on Saturdays.",
}


def check_manager(caller: Caller, organization_id: str) -> None:
    """Raises ``NotPermitted`` unless the caller manages the organization; where that is kept is stubbed."""
    role = _ROLES.get((caller.user_id, organization_id))
    if role is None or not role.covers(Role.MANAGER):
        raise NotPermitted("Only managers of the organization may do this.")


def file_report(organization_id: str, report: Report) -> Filed:
    """Logs and counts; what would be written is stubbed."""
    logger.info("report filed", extra={"organization_id": organization_id, "kind": report.kind.value})
    metrics.add_metric(name="ReportsFiled", unit=MetricUnit.Count, value=1)
    metrics.flush_metrics()
    given = {name: getattr(report, name) for name in Report.model_fields}
    return Filed.model_construct(**given, organization_id=organization_id, version=1)
