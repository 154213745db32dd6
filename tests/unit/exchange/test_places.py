"""The documents that readers fetch: what is written is what is read."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.exchange.models import PublishedCell
from chalicelib.exchange.places import Head, decode, documents, pack
from tests.unit.exchange.published import DIVISIONS, NIGHT, cell, releases

HEAD = Head("2026-06-15-3f9a1c07b2de", NIGHT, "1.0", 5, 90)


def covers(name: str, one: PublishedCell) -> bool:
    """Whether the document of this name holds the cell."""
    _, level, place = name.removesuffix(".json.gz").split("/")
    if level == "state":
        mine = {("state", place), ("division", DIVISIONS[place]), ("nation", "US")}
        return (one.loc_level, one.loc) in mine or (one.loc_level == "area" and one.loc.endswith(f"-{place}"))
    return (one.loc_level, one.loc) == (level, place)


@given(cells=releases())
def test_what_is_written_is_read_in_every_document_that_covers_it(cells: list[PublishedCell]) -> None:
    written = dict(documents(cells, DIVISIONS, HEAD))
    assert set(written) == {
        *(f"places/state/{state}.json.gz" for state in DIVISIONS),
        "places/division/mountain.json.gz",
        "places/division/island_areas.json.gz",
        "places/nation/US.json.gz",
    }
    for name, body in written.items():
        document = decode(body)
        assert document.head == HEAD
        assert sorted(document) == sorted(one for one in cells if covers(name, one))


@given(cells=releases(), seed=st.integers(0, 2**32))
def test_the_order_of_cells_makes_no_difference(cells: list[PublishedCell], seed: int) -> None:
    shuffled = random.Random(seed).sample(cells, len(cells))
    assert dict(documents(cells, DIVISIONS, HEAD)) == dict(documents(shuffled, DIVISIONS, HEAD))


def test_a_metric_and_position_are_read_by_themselves() -> None:
    cells = [
        cell(),
        cell("nation", "US", "all"),
        cell(metric="hourly_equivalent", position="painter"),
        cell(metric="hourly_equivalent", composite=True),
    ]
    document = decode(dict(documents(cells, DIVISIONS, HEAD))["places/state/MT.json.gz"])
    assert document.cells("labor_rate_body", "all") == {
        ("state", "MT", "collision"): cells[0],
        ("nation", "US", "all"): cells[1],
    }
    assert document.cells("hourly_equivalent", "all") == {("state", "MT", "collision"): cells[3]}
    assert document.cells("hourly_equivalent", "technician_a") == {}
    assert document.cells("benefit_health", "all") == {}


def test_a_figure_that_was_never_rounded_is_not_written() -> None:
    with pytest.raises(ValueError, match="not on the grid"):
        list(documents([cell(median=6_501)], DIVISIONS, HEAD))


def test_a_document_of_another_format_is_not_read() -> None:
    with pytest.raises(ValueError, match="format"):
        decode(pack({"format": 99}))


def test_a_cell_costs_a_few_bytes() -> None:
    numbers = random.Random(7)
    cells = [
        cell(
            "area",
            f"{area}-MT",
            shop_type,
            metric="hourly_equivalent",
            position=position,
            median=50 * (60 + numbers.randrange(-8, 8)),
            quartiles=(50 * (50 + numbers.randrange(-3, 3)), 50 * (70 + numbers.randrange(-3, 3))),
        )
        for area in range(590, 600)
        for shop_type in ("all", "collision", "tire", "chain", "independent")
        for position in ("painter", "technician_a", "technician_b", "technician_c")
    ]
    body = dict(documents(cells, DIVISIONS, HEAD))["places/state/MT.json.gz"]
    assert len(body) <= 20 * len(cells)
