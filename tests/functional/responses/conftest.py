"""A school and a shop that may answer each other, and an open offer of the shop."""

import pytest

from tests.conftest import Http, TokenMaker
from tests.functional.acting import Acting


@pytest.fixture
def acting(client: Http, token: TokenMaker) -> Acting:
    """People who act: Sue for the school, Ann for the shop, root for the platform."""
    return Acting(client, token)


@pytest.fixture
def school(acting: Acting) -> str:
    """Sue's verified school."""
    return acting.school()


@pytest.fixture
def shop(acting: Acting) -> str:
    """Ann's verified shop."""
    return acting.shop()


@pytest.fixture
def offer(acting: Acting, shop: str) -> str:
    """An open offer of Ann's shop with one seat."""
    return acting.posting("ann", shop)
