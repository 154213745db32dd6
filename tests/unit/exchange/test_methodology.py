"""The method in words."""

from dataclasses import replace

from chalicelib.exchange.methodology import Methodology, methodology
from chalicelib.exchange.policy import Policy
from tests.unit.exchange.published import NIGHT


def words_of(page: Methodology) -> str:
    return " ".join(text for section in page.sections for text in (section.title, *section.paragraphs))


def test_the_thresholds_in_force_are_told_in_words() -> None:
    policy = replace(
        Policy(),
        k=7,
        p_percent=17,
        share_percent=23,
        value_share_percent=24,
        change_share_percent=22,
        minimum_age_days=101,
        quartiles_from=16,
        tails_from=61,
        outlier_mads=8,
        outlier_floor_percent=31,
    )
    page = methodology(("2026-06-15-3f9a1c07b2de", NIGHT, policy.to_json()))
    words = words_of(page)
    thresholds = ("7 owner groups", "17 %", "23 %", "24 %", "22 %", "101 days", "from 16", "from\n61")
    for threshold in (*thresholds, "8 median", "31 %"):
        assert threshold.replace("\n", " ") in words
    assert page.policy == policy.to_json()
    assert (page.release_id, page.night) == ("2026-06-15-3f9a1c07b2de", NIGHT)


def test_before_the_first_release_the_thresholds_to_come_are_told() -> None:
    page = methodology(None)
    assert (page.release_id, page.night) == (None, None)
    assert page.policy == Policy().to_json()


def test_what_is_not_protected_against_is_told() -> None:
    limits = next(one for one in methodology(None).sections if one.id == "limits")
    words = " ".join(limits.paragraphs)
    for said in ("Coalitions", "Made-up participants", "Everyone alike", "no legal shield"):
        assert said in words
    assert any("Statement 6" in source.title for source in methodology(None).sources)


def test_sections_can_be_linked_to() -> None:
    names = [one.id for one in methodology(None).sections]
    assert len(names) == len(set(names))
