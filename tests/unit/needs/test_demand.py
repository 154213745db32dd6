"""From printed cells to what is asked: which documents there are, and which cell answers."""

from dataclasses import dataclass, replace

import pytest

from chalicelib.needs.demand import Level, cells_of, documents
from chalicelib.needs.models import Skill
from chalicelib.values import Subject
from tests.unit.needs.samples import NIGHT, document


@dataclass(frozen=True)
class Cell:
    """A cell, as the publisher prints it."""

    loc_level: str
    loc: str
    metric: str = "openings"
    position: str = "automotive"
    n_orgs: str = "5-9"
    median: float | str | None = 2.5
    as_of: int = 20619


@pytest.mark.parametrize(
    ("area", "places"),
    [
        ("598-MT", ["598-MT", "MT", "mountain", "US"]),
        ("597-MT", ["MT", "mountain", "US"]),
        (None, ["MT", "mountain", "US"]),
    ],
)
def test_the_nearest_cell_comes_first(area: str | None, places: list[str]) -> None:
    assert [one.place for one in document().covering(area)] == places


def test_skills_stand_by_the_openings_of_the_same_place_the_most_wanted_first() -> None:
    area = Cell("area", "598-MT")
    shares = (
        ("brakes", 35.0),
        ("adas", ">95"),
        ("welding", "<5"),
        ("electrical", 65.0),
        ("hydraulics", None),
    )
    printed = [area, *(replace(area, metric=f"skill_{name}_share", median=median) for name, median in shares)]
    (cell,) = cells_of([*printed, Cell("state", "ID", metric="skill_adas_share", median=5.0)])[
        Subject.AUTOMOTIVE
    ]
    assert (cell.level, cell.median_openings, cell.as_of) == (Level.AREA, "2.5", NIGHT)
    assert [(one.skill, one.share_percent) for one in cell.skills] == [
        (Skill.ADAS, ">95"),
        (Skill.ELECTRICAL, "65"),
        (Skill.BRAKES, "35"),
        (Skill.WELDING, "<5"),
    ]


def test_a_figure_that_is_withheld_makes_no_cell() -> None:
    assert cells_of([Cell("nation", "US", median=None)]) == {}


def test_every_state_that_a_cell_covers_has_a_document() -> None:
    area, division = Cell("area", "598-MT"), Cell("division", "mountain")
    found = {one.state: one.cells for one in documents(cells_of([area, division]))}
    assert set(found) == {"AZ", "CO", "ID", "MT", "NV", "NM", "UT", "WY"}
    assert [cell.place for cell in found["MT"]] == ["598-MT", "mountain"]
    assert [cell.place for cell in found["WY"]] == ["mountain"]
    assert len(list(documents(cells_of([Cell("nation", "US")])))) == 59
