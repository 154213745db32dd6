"""Whom a posting fits, and the reasons."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.organizations.models import EMPLOYERS
from chalicelib.organizations.programs import SECTOR_OF
from chalicelib.postings.details import Category
from chalicelib.postings.matching import Reason, Topic, counterparts, fit_of
from chalicelib.values import Kind, Sector, Subject

TOPICS = st.builds(Topic, st.frozensets(st.sampled_from(Sector)), st.frozensets(st.sampled_from(Subject)))
NOTHING = Topic(frozenset(), frozenset())


def topic(sectors: tuple[Sector, ...] = (), subjects: tuple[Subject, ...] = ()) -> Topic:
    return Topic(frozenset(sectors), frozenset(subjects))


@pytest.mark.parametrize("kind", Kind)
def test_schools_and_employers_look_for_each_other(kind: Kind) -> None:
    assert counterparts(kind) == (EMPLOYERS if kind is Kind.SCHOOL else {Kind.SCHOOL})
    assert all(kind in counterparts(other) for other in counterparts(kind))


def test_every_subject_but_other_belongs_to_a_sector() -> None:
    assert set(Subject) - SECTOR_OF.keys() == {Subject.OTHER}


@given(TOPICS, TOPICS)
def test_meeting_is_mutual(one: Topic, other: Topic) -> None:
    assert one.meets(other) == other.meets(one)
    assert one.meets(one)
    assert one.meets(NOTHING)


def test_who_is_about_something_else_does_not_meet() -> None:
    assert not topic((Sector.DIESEL,)).meets(topic((), (Subject.COLLISION,)))
    assert topic((Sector.DIESEL,)).meets(topic((), (Subject.MEDIUM_HEAVY_TRUCK,)))


@pytest.mark.parametrize(
    ("posting", "organization", "history", "miles", "reasons"),
    [
        (NOTHING, NOTHING, {}, 40.0, ()),
        (NOTHING, NOTHING, {}, 15.0, (Reason.NEAR,)),
        (NOTHING, NOTHING, {Category.TOOLS: 2}, 40.0, (Reason.CATEGORY_HISTORY,)),
        (NOTHING, NOTHING, {Category.PARTS: 2}, 40.0, ()),
        (topic((Sector.DIESEL,)), topic((Sector.DIESEL,)), {}, 40.0, (Reason.SECTOR,)),
        (
            topic((), (Subject.DIESEL,)),
            topic((), (Subject.DIESEL,)),
            {Category.TOOLS: 1},
            1.0,
            (Reason.SUBJECT, Reason.SECTOR, Reason.CATEGORY_HISTORY, Reason.NEAR),
        ),
    ],
)
def test_reasons_are_what_holds(
    posting: Topic, organization: Topic, history: Any, miles: float, reasons: tuple[Reason, ...]
) -> None:
    assert fit_of(posting, Category.TOOLS, organization, history, miles).reasons == reasons


@given(TOPICS, TOPICS, st.floats(0, 300))
def test_more_reasons_weigh_more(one: Topic, other: Topic, miles: float) -> None:
    bare = fit_of(one, Category.TOOLS, other, {}, miles)
    known = fit_of(one, Category.TOOLS, other, {Category.TOOLS: 1}, miles)
    assert set(bare.reasons) < set(known.reasons)
    assert bare.weight < known.weight
