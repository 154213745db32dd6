"""What searches want of what is listed."""

from typing import Any

import pytest

from chalicelib.postings.details import Category
from chalicelib.postings.listing import Filter, Listing, listing_of, words_of
from chalicelib.values import Sector, Subject
from tests.unit.postings.samples import NOW, posting

DIESEL = listing_of(posting(sectors=(Sector.DIESEL,), subjects=(Subject.DIESEL,)))


def test_a_listing_says_what_its_posting_says() -> None:
    assert (DIESEL.posting_id, DIESEL.category, DIESEL.opened_at) == (posting().id, Category.EQUIPMENT, NOW)
    assert Listing.model_validate_json(DIESEL.model_dump_json()) == DIESEL


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({}, True),
        ({"category": Category.EQUIPMENT}, True),
        ({"category": Category.TOOLS}, False),
        ({"sector": Sector.DIESEL}, True),
        ({"sector": Sector.COLLISION}, False),
        ({"subject": Subject.DIESEL}, True),
        ({"subject": Subject.COLLISION}, False),
        ({"words": words_of("BRAKE two")}, True),
        ({"words": words_of("brake lift")}, False),
    ],
)
def test_a_filter_wants_what_it_names(asked: dict[str, Any], wanted: bool) -> None:
    assert Filter(NOW, **asked)(DIESEL, None) is wanted


def test_what_names_no_sector_or_subject_is_for_all() -> None:
    listing = listing_of(posting())
    assert Filter(NOW, sector=Sector.COLLISION, subject=Subject.COLLISION)(listing, None)


def test_nothing_reaches_past_its_radius_or_its_end() -> None:
    assert Filter(NOW)(DIESEL, 50.0)
    assert not Filter(NOW)(DIESEL, 50.1)
    assert not Filter(posting().open_until)(DIESEL, None)
