"""Schools of lists, and people who claim them."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.claims.service import Claims
from chalicelib.claims.store import ClaimStore
from chalicelib.organizations.models import Organization, Status
from chalicelib.organizations.store import OrganizationStore, new_put
from chalicelib.table.table import Table
from chalicelib.values import Kind
from tests.conftest import Http, TokenMaker
from tests.functional.acting import Acting
from tests.unit.organizations.samples import organization

AddSchool = Callable[..., Organization]


@pytest.fixture
def acting(client: Http, token: TokenMaker) -> Acting:
    """People who act."""
    return Acting(client, token)


@pytest.fixture
def stores(table: Table) -> Claims:
    """What claims work with."""
    return Claims(ClaimStore(table), OrganizationStore(table))


@pytest.fixture
def add_school(table: Table) -> AddSchool:
    """Adds a school as a list brings it: unclaimed, with a website of its own."""

    def add(**changes: Any) -> Organization:
        school = organization(
            **{
                "kind": Kind.SCHOOL,
                "shop_type": None,
                "status": Status.UNCLAIMED,
                "website": "https://www.connects.example",
                **changes,
            }
        )
        table.write(new_put(school))
        return school

    return add
