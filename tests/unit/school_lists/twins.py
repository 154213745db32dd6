"""A labelled set for matching: made-up schools as two lists of different makers would write them.

The second list spells names and addresses otherwise, lacks some, has typing errors; and beside the twins it has schools
that only look like one of the first list: the next of a numbered row, the middle school beside the high school, the
south side's beside the north side's.
"""

import random
from typing import NamedTuple

from chalicelib.organizations.service import SchoolLine
from chalicelib.school_lists.models import SchoolRecord

_PEOPLE = (
    "Lincoln", "Washington", "Jefferson", "Roosevelt", "Kennedy", "Garfield", "Franklin", "Madison", "Monroe",
    "Jackson", "Grant", "Hayes", "Wilson", "Carver", "Douglass", "Tubman", "Parks", "Chavez", "Edison",
    "Whitney", "Fulton", "Bell", "Wright", "Lindbergh", "Earhart", "Crockett", "Boone", "Houston",
)  # fmt: skip
_PLACES = (
    "Cedar", "Maple", "Willow", "Aspen", "Juniper", "Sycamore", "Prairie", "Canyon", "Mesa", "Summit", "Ridge",
    "Harbor", "Lakeside", "Riverside", "Valley", "Clearwater", "Stillwater", "Redwood", "Blackhawk", "Eagle",
    "Falcon", "Cottonwood", "Bitterroot", "Sapphire", "Cascade", "Granite", "Silver", "Copper",
)  # fmt: skip
_KINDS = (
    "High School", "Middle School", "Elementary School", "Career Center", "Technical College", "Community College",
    "Institute of Technology", "Vocational Technical School", "Academy",
)  # fmt: skip
_STREETS = (
    "Main", "Oak", "Elm", "Park", "College", "Industrial", "Washington", "Grandview", "Airport", "Mill",
    "Broadway", "Second", "Third",
)  # fmt: skip
_WAYS = ("Street", "Avenue", "Road", "Drive", "Boulevard")
_SHORT = {
    "High School": "HS", "Middle School": "MS", "Elementary School": "Elem", "Technical": "Tech", "Community": "Comm.",
    "College": "Coll", "Institute of Technology": "Inst. of Tech.", "Vocational Technical": "Vo-Tech", "Center": "Ctr",
    "Street": "St", "Avenue": "Ave.", "Road": "Rd", "Drive": "Dr.", "Boulevard": "Blvd", "Saint": "St.", "North": "N",
    "South": "S",
}  # fmt: skip
_TOWNS = (
    ("Missoula", "59801"),
    ("Missoula", "59802"),
    ("Lolo", "59847"),
    ("Hamilton", "59840"),
    ("Polson", "59860"),
)


class Twins(NamedTuple):
    """Schools of the first list; rows of the second one, each with the id of its school or None."""

    schools: tuple[SchoolLine, ...]
    rows: tuple[tuple[SchoolRecord, str | None], ...]


def make(schools: int, seed: int) -> Twins:
    """A labelled set, the same for the same seed."""
    dice = random.Random(seed)
    lines: list[SchoolLine] = []
    rows: list[tuple[SchoolRecord, str | None]] = []
    names: set[tuple[str, str]] = set()
    while len(lines) < schools:
        town, zip_code = dice.choice(_TOWNS)
        name = f"{dice.choice(_PEOPLE + _PLACES)} {dice.choice(_PLACES)} {dice.choice(_KINDS)}"
        if dice.random() < 0.2:
            name = f"{dice.choice(('North', 'South'))} {name}"
        if dice.random() < 0.1:
            name = f"{name} No. {dice.randint(1, 40)}"
        if (name, town) in names:
            continue
        names.add((name, town))
        side = dice.choice(("", "North ", "South "))
        street = f"{dice.randint(1, 9900)} {side}{dice.choice(_STREETS)} {dice.choice(_WAYS)}"
        phone = f"+1406{dice.randint(2000000, 9999999)}"
        identifier = f"school-{len(lines):05d}"
        lines.append(SchoolLine(identifier, name, street, town, zip_code, phone, "", "", "", "", ""))
        if dice.random() < 0.8:
            rows.append((_twin(dice, name, street, town, zip_code, phone), identifier))
        elif (other := _neighbour(dice, name, town, names)) is not None:
            names.add((other, town))
            rows.append((_record(other, _elsewhere(dice, street), town, zip_code, None), None))
    return Twins(tuple(lines), tuple(rows))


def _twin(dice: random.Random, name: str, street: str, town: str, zip_code: str, phone: str) -> SchoolRecord:
    for long, short in _SHORT.items():
        if dice.random() < 0.4:
            name = name.replace(long, short)
        if dice.random() < 0.5:
            street = street.replace(long, short)
    if dice.random() < 0.15:
        name = f"{name} - {town}"
    if dice.random() < 0.1:
        name = _mistyped(dice, name)
    if dice.random() < 0.3:
        name = name.upper()
    moved = dice.random() < 0.08
    return _record(
        name,
        None if dice.random() < 0.1 else _elsewhere(dice, street) if moved else street,
        town,
        zip_code,
        phone if dice.random() < 0.5 else None,
    )


def _neighbour(dice: random.Random, name: str, town: str, names: set[tuple[str, str]]) -> str | None:
    """A school that looks like another one, and is not."""
    for one, other in (
        ("High School", "Middle School"),
        ("Middle School", "Elementary School"),
        ("North", "South"),
    ):
        if one in name:
            return None if (name.replace(one, other), town) in names else name.replace(one, other)
    head, mark, number = name.partition(" No. ")
    other = f"{head} No. {int(number) + 1}" if mark else f"{dice.choice(_PEOPLE)} {name.split(' ', 1)[1]}"
    return None if (other, town) in names else other


def _elsewhere(dice: random.Random, street: str) -> str:
    return f"{dice.randint(1, 9900)} {dice.choice(_STREETS)} {dice.choice(_WAYS)}" if street else street


def _mistyped(dice: random.Random, name: str) -> str:
    at = dice.randrange(1, len(name) - 1)
    return name[:at] + name[at + 1 :] if name[at].isalpha() and name[at - 1].isalpha() else name


def _record(name: str, street: str | None, city: str, zip_code: str, phone: str | None) -> SchoolRecord:
    return SchoolRecord(
        name, street, city, "MT", zip_code, phone, None, None, None, None, None, None, None, ()
    )
