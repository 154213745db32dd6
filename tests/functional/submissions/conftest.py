"""Shops that submit, and people who may and may not."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.auth import Caller
from chalicelib.memberships.models import organization_party
from chalicelib.memberships.store import member_put
from chalicelib.organizations import lifecycle
from chalicelib.organizations.models import OrganizationDraft
from chalicelib.organizations.store import OrganizationStore
from chalicelib.submissions.store import SubmissionStore
from chalicelib.table import keys
from chalicelib.table.table import Table
from chalicelib.values import Role
from tests import factories

Shop = Callable[..., str]


@pytest.fixture
def store(table: Table) -> SubmissionStore:
    """The submissions in the table."""
    return SubmissionStore(table)


@pytest.fixture
def organization_store(table: Table) -> OrganizationStore:
    """The organizations in the table."""
    return OrganizationStore(table)


@pytest.fixture
def register(organization_store: OrganizationStore) -> Shop:
    """Registers an organization and answers its id: ``register()`` a shop of Ann's, ``register("eve", kind=…)``."""

    def make(owner: str = "ann", **changes: Any) -> str:
        draft = OrganizationDraft.model_validate(factories.shop(**changes))
        caller = Caller(owner, f"{owner}@connects.example", admin=False)
        return lifecycle.create(organization_store, caller, draft).id

    return make


@pytest.fixture
def shop(register: Shop) -> str:
    """A pending shop of Ann's."""
    return register()


@pytest.fixture
def staff(table: Table, shop: str) -> Callable[[str, Role], None]:
    """Makes a person a member of the shop."""

    def hire(user_id: str, role: Role) -> None:
        table.write(member_put(organization_party(shop), user_id, role, datetime(2026, 1, 1, tzinfo=UTC)))

    return hire


def lines_in_index(table: Table, organization_id: str) -> list[str]:
    """The lines of an organization's submissions in the contributions index, by topic."""
    shard = keys.contributions(keys.contribution_shard(organization_id))
    items = table.query_all(shard, index=keys.CONTRIBUTIONS, attributes=("x",))
    return sorted(item["x"] for item in items if item["x"].startswith("s2|"))


def pay(hourly: str = "27.50", **changes: Any) -> dict[str, Any]:
    """The body that submits a position's pay."""
    return {
        "effective_date": "2025-01-01",
        "headcount": 3,
        "pay_plan": {"plan": "hourly", "hourly_pay_usd": hourly},
        **changes,
    }


def labor_rates(**rates: str) -> dict[str, Any]:
    """The body that submits labor rates."""
    return {"effective_date": "2025-01-01", "rates_usd_per_hour": rates or {"customer_pay": "165.00"}}


def benefits() -> dict[str, Any]:
    """The body that submits benefits."""
    return {
        "effective_date": "2025-01-01",
        "benefits": {
            "health": {"offered": True},
            "retirement_match": {"offered": True, "percent": "4.00"},
            "tuition": {"offered": False},
        },
    }
