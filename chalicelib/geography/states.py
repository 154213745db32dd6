"""States and Census divisions: small, and as good as unchanging, so a table in code.

Source: U.S. Census Bureau, "Census Regions and Divisions of the United States". The Bureau puts Puerto Rico
and the island areas, and the freely associated states, which use ZIP codes too, in no division; here they are
one of their own, so that every place has a division.
"""

from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple


class Division(StrEnum):
    """A Census division, or the island areas."""

    NEW_ENGLAND = "new_england"
    MIDDLE_ATLANTIC = "middle_atlantic"
    EAST_NORTH_CENTRAL = "east_north_central"
    WEST_NORTH_CENTRAL = "west_north_central"
    SOUTH_ATLANTIC = "south_atlantic"
    EAST_SOUTH_CENTRAL = "east_south_central"
    WEST_SOUTH_CENTRAL = "west_south_central"
    MOUNTAIN = "mountain"
    PACIFIC = "pacific"
    ISLAND_AREAS = "island_areas"


class State(NamedTuple):
    """A state, the District of Columbia, or an island area: postal code, name, division."""

    code: str
    name: str
    division: Division


_BY_DIVISION: Final = {
    Division.NEW_ENGLAND: (
        "CT Connecticut|ME Maine|MA Massachusetts|NH New Hampshire|RI Rhode Island|VT Vermont"
    ),
    Division.MIDDLE_ATLANTIC: "NJ New Jersey|NY New York|PA Pennsylvania",
    Division.EAST_NORTH_CENTRAL: "IL Illinois|IN Indiana|MI Michigan|OH Ohio|WI Wisconsin",
    Division.WEST_NORTH_CENTRAL: (
        "IA Iowa|KS Kansas|MN Minnesota|MO Missouri|NE Nebraska|ND North Dakota|SD South Dakota"
    ),
    Division.SOUTH_ATLANTIC: (
        "DE Delaware|DC District of Columbia|FL Florida|GA Georgia|MD Maryland|NC North Carolina|"
        "SC South Carolina|VA Virginia|WV West Virginia"
    ),
    Division.EAST_SOUTH_CENTRAL: "AL Alabama|KY Kentucky|MS Mississippi|TN Tennessee",
    Division.WEST_SOUTH_CENTRAL: "AR Arkansas|LA Louisiana|OK Oklahoma|TX Texas",
    Division.MOUNTAIN: (
        "AZ Arizona|CO Colorado|ID Idaho|MT Montana|NV Nevada|NM New Mexico|UT Utah|WY Wyoming"
    ),
    Division.PACIFIC: "AK Alaska|CA California|HI Hawaii|OR Oregon|WA Washington",
    Division.ISLAND_AREAS: (
        "AS American Samoa|GU Guam|MP Northern Mariana Islands|PR Puerto Rico|VI Virgin Islands|"
        "FM Federated States of Micronesia|MH Marshall Islands|PW Palau"
    ),
}

STATES: Final = {
    entry[:2]: State(entry[:2], entry[3:], division)
    for division, entries in _BY_DIVISION.items()
    for entry in entries.split("|")
}
"""Every state by its postal code."""


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    # Lists made by people hold the Associated Press abbreviations ("Calif.", "W.Va."). The package is slow to
    # import.
    import us

    names = {_letters(state.name): state.code for state in STATES.values()}
    for state in (*us.states.STATES, us.states.DC):
        names.setdefault(_letters(state.ap_abbr or ""), state.abbr)
    return names | {"usvirginislands": "VI", "washingtondc": "DC"}


def code_of_state(text: str) -> str | None:
    """The postal code of a state told by its code, name or Associated Press abbreviation; None if it is none.

    Only letters count, in either case. Nothing is guessed: a misspelt name is no state.
    """
    letters = _letters(text)
    if letters.upper() in STATES:
        return letters.upper()
    return _by_name().get(letters) if letters else None


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if "a" <= character <= "z")
