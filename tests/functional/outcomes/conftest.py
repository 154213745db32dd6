"""A school and a shop that agreed upon an internship."""

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
def agreed(acting: Acting, school: str, shop: str) -> str:
    """The path of the school's accepted response to the shop's offer of an internship."""
    offer = acting.posting("ann", shop)
    response = acting.respond("sue", offer, school)
    assert acting.moves("ann", offer, response, "accepted").status == 200
    return f"/v1/postings/{offer}/responses/{response}"
