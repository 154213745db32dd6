"""What the names of programs mean."""

import pytest

from chalicelib.school_lists.cleaning import Unreadable
from chalicelib.school_lists.trades import program_codes


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("Automotive Technology, Diesel Technology", ("47.0604", "47.0605")),
        ("Automotive/Diesel", ("47.0604", "47.0605")),
        ("Medium/Heavy Truck", ("47.0613",)),
        ("Auto Body & Paint", ("47.0603",)),
        ("Mecánica Automotriz", ("47.0604",)),
        ("Automatic Transmission Repair", ("47.0604",)),
        ("Hybrid & Electric Vehicles", ("47.0614",)),
        ("Welding; Automobile", ("47.0604",)),
        ("Truck Driving; Diesel", ("47.0605",)),
    ],
    ids=str,
)
def test_names_of_vehicle_trades(cell: str, codes: tuple[str, ...]) -> None:
    assert program_codes(cell) == codes


@pytest.mark.parametrize(
    "cell",
    [
        "Automation Technology",
        "AutoCAD",
        "Nursing (Hybrid)",
        "House Painting",
        "Heavy Truck Driving",
        "Commercial Truck Driver",
        "Heavy Equipment Operator",
    ],
)
def test_names_that_only_sound_like_vehicle_trades(cell: str) -> None:
    with pytest.raises(Unreadable):
        program_codes(cell)
