"""Openings in the index's line, and what they say of a subject."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.geography.service import Areas
from chalicelib.needs.lines import OPENINGS, answers, line_of, parse_line, skill_metric, skill_of
from chalicelib.needs.models import Opening, Skill, subject_of
from chalicelib.organizations.models import Organization
from chalicelib.values import Kind, Position, Sector, ShopType, Subject
from tests.unit.organizations.samples import GROUP, organization

NIGHT = date(2026, 6, 15)

openings = st.builds(
    Opening,
    organization_id=st.just(organization().id),
    position=st.sampled_from(Position),
    openings=st.integers(1, 99),
    skills=st.lists(st.sampled_from(Skill), unique=True, max_size=8).map(tuple),
    subject=st.sampled_from(Subject),
    needed_by=st.none(),
    counts_until=st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    stated_at=st.just(datetime(2026, 6, 1, tzinfo=UTC)),
)


def opening(position: Position, number: int, subject: Subject, *skills: Skill) -> Opening:
    return Opening(
        organization_id=organization().id,
        position=position,
        openings=number,
        skills=skills,
        subject=subject,
        needed_by=None,
        counts_until=date(2026, 9, 1),
        stated_at=datetime(2026, 6, 1, tzinfo=UTC),
    )


def said(shop: Organization, night: date, *stated: Opening) -> dict[tuple[str, str], tuple[str, int]]:
    lines = [parse_line(line_of(one)) for one in stated]
    found = answers(lines, {shop.id: shop}, Areas(), night)
    return {(metric, subject): (who, value) for who, _, _, _, metric, subject, value in found}


@given(openings)
def test_a_line_is_read_as_it_was_written(one: Opening) -> None:
    line = parse_line(line_of(one))
    assert (line.organization_id, line.openings, line.subject, line.until, line.skills) == (
        one.organization_id,
        one.openings,
        one.subject,
        one.counts_until,
        one.skills,
    )


@pytest.mark.parametrize("text", ["", "p1", "p2|a|b|1|diesel|2026-01-01|", "p1|a|b|x|diesel|2026-01-01|"])
def test_another_layout_is_no_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_line(text)


def test_a_shop_says_one_thing_of_a_subject() -> None:
    shop = organization(status="verified")
    found = said(
        shop,
        NIGHT,
        opening(Position.TECHNICIAN_A, 2, Subject.AUTOMOTIVE, Skill.BRAKES),
        opening(Position.TECHNICIAN_B, 3, Subject.AUTOMOTIVE, Skill.ADAS),
        opening(Position.DIESEL_TECHNICIAN_1, 1, Subject.DIESEL),
    )
    who = f"{shop.id}@2026-1"
    assert found[OPENINGS, "automotive"] == (who, 500)
    assert found[OPENINGS, "diesel"] == (who, 100)
    wanted = {
        metric for (metric, subject), (_, value) in found.items() if subject == "automotive" and value == 100
    }
    assert wanted == {skill_metric(Skill.BRAKES), skill_metric(Skill.ADAS)}
    assert len(found) == 2 * (1 + len(Skill))


def test_an_answer_is_of_its_half_year() -> None:
    shop = organization(status="verified", owner_group_id=GROUP)
    stated = opening(Position.TECHNICIAN_A, 2, Subject.AUTOMOTIVE)
    names = {who for night in (NIGHT, date(2026, 7, 1)) for who, _ in said(shop, night, stated).values()}
    assert names == {f"{shop.id}@2026-1", f"{shop.id}@2026-2"}


@pytest.mark.parametrize(
    ("changes", "night"),
    [
        ({"status": "pending"}, NIGHT),
        ({"status": "suspended"}, NIGHT),
        ({"status": "verified", "kind": Kind.SCHOOL}, NIGHT),
        ({"status": "verified"}, date(2026, 9, 2)),
    ],
)
def test_who_does_not_count_says_nothing(changes: dict[str, Any], night: date) -> None:
    shop = organization(**changes)
    assert said(shop, night, opening(Position.TECHNICIAN_A, 2, Subject.AUTOMOTIVE)) == {}


@pytest.mark.parametrize(
    ("position", "shop_type", "sectors", "subject"),
    [
        (Position.PAINTER, ShopType.INDEPENDENT, (), Subject.COLLISION),
        (Position.DIESEL_TECHNICIAN_2, ShopType.DEALERSHIP, (), Subject.DIESEL),
        (Position.TECHNICIAN_A, ShopType.HEAVY_DUTY, (Sector.AUTOMOTIVE,), Subject.DIESEL),
        (Position.TECHNICIAN_A, ShopType.INDEPENDENT, (Sector.DIESEL,), Subject.DIESEL),
        (Position.TECHNICIAN_A, ShopType.INDEPENDENT, (Sector.DIESEL, Sector.AUTOMOTIVE), Subject.AUTOMOTIVE),
        (Position.SERVICE_ADVISOR, None, (), Subject.AUTOMOTIVE),
    ],
)
def test_what_one_has_to_have_learned_follows_from_position_and_shop(
    position: Position, shop_type: ShopType | None, sectors: tuple[Sector, ...], subject: Subject
) -> None:
    assert subject_of(position, shop_type, sectors) is subject


def test_every_skill_is_found_back_from_its_metric() -> None:
    assert [skill_of(skill_metric(skill)) for skill in Skill] == list(Skill)
    assert skill_of(OPENINGS) is None
