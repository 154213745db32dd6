"""Made-up lists of schools in the shape of the national ones, for what is measured."""

import csv
import io
import random
from collections.abc import Iterator
from typing import Final

_WIDE: Final = 72
_FIRST: Final = [
    "Lincoln",
    "Washington",
    "Jefferson",
    "Roosevelt",
    "Franklin",
    "Madison",
    "Monroe",
    "Adams",
    "Oak",
    "Pine",
    "Cedar",
    "Valley",
    "River",
]
_SECOND: Final = [
    "North",
    "South",
    "East",
    "West",
    "Central",
    "Lake",
    "Mountain",
    "Prairie",
    "Harbor",
    "Garden",
]
_KINDS: Final = (
    "Community College",
    "Technical College",
    "Institute of Technology",
    "University",
    "Career Center",
)
_SCHOOLS: Final = (
    "Elementary School",
    "High School",
    "Middle School",
    "Charter Academy",
    "Technical High School",
)
_STREETS: Final = ("Main St", "College Ave", "N Bluemound Dr", "Martin Luther King Jr Blvd", "County Road 12")


def wide_list(rows: int) -> str:
    """A list in the layout IPEDS HD: 72 columns, of which a dozen are read."""
    names = [
        "UNITID",
        "INSTNM",
        "ADDR",
        "CITY",
        "STABBR",
        "ZIP",
        "GENTELE",
        "OPEID",
        "WEBADDR",
        "SECTOR",
        "CYACTIVE",
        "LONGITUD",
        "LATITUDE",
    ]
    header = [*names, *(f"CODE{number}" for number in range(_WIDE - len(names)))]
    return _text(header, (_wide_row(*one) for one in _places(rows)))


def _wide_row(number: int, place: tuple[str, str, str, float, float], dice: random.Random) -> list[str]:
    zip_code, state, city, latitude, longitude = place
    name = f"{dice.choice(_FIRST)} {dice.choice(_SECOND)} {dice.choice(_KINDS)}"
    codes = [str(dice.choice((-2, 1, 2, 3, 12, 40, 100))) for _ in range(_WIDE - 16)]
    site = f"www.{name.split(maxsplit=1)[0].lower()}{number}.edu/"
    links = [f"https://{site}{page}/index.html" for page in ("admissions", "financial-aid", "apply")]
    return [
        str(100_000 + number),
        name,
        f"{dice.randint(1, 9999)} {dice.choice(_STREETS)}",
        city,
        state,
        f"{zip_code}-{dice.randint(1000, 9999)}",
        f"{dice.randint(201, 989)}{dice.randint(2_000_000, 9_999_999)}",
        f"{dice.randint(100_000, 4_999_999):08d}",
        site,
        "4",
        "1",
        f"{longitude + dice.uniform(-0.05, 0.05):.6f}",
        f"{latitude + dice.uniform(-0.05, 0.05):.6f}",
        *links,
        *codes,
    ]


def narrow_list(rows: int) -> str:
    """A list in the layout NCES EDGE with names, in capitals: 11 columns, nearly all of them read."""
    header = [
        "SURVYEAR",
        "NCESSCH",
        "FIPST",
        "NAME",
        "LSTREE",
        "LCITY",
        "LSTATE",
        "LZIP",
        "LATCODE",
        "LONGCODE",
        "LOCALE",
    ]
    return _text(header, (_narrow_row(*one) for one in _places(rows)))


def _narrow_row(number: int, place: tuple[str, str, str, float, float], dice: random.Random) -> list[str]:
    zip_code, state, city, latitude, longitude = place
    name = f"{dice.choice(_FIRST)} {dice.choice(_SECOND)} {dice.choice(_SCHOOLS)}".upper()
    street = f"{dice.randint(1, 9999)} {dice.choice(_STREETS)}".upper()
    point = (f"{latitude + dice.uniform(-0.05, 0.05):.6f}", f"{longitude + dice.uniform(-0.05, 0.05):.6f}")
    return [
        "2023",
        f"{10_000_000_000 + number:012d}",
        "01",
        name,
        street,
        city.upper(),
        state,
        zip_code,
        *point,
        "21",
    ]


def _places(rows: int) -> Iterator[tuple[int, tuple[str, str, str, float, float], random.Random]]:
    import zipcodes

    known = [
        (one["zip_code"], one["state"], one["city"], float(one["lat"]), float(one["long"]))
        for one in zipcodes.list_all()
        if one["zip_code_type"] == "STANDARD" and one["active"] and float(one["lat"] or 0)
    ]
    dice = random.Random(7)
    for number in range(rows):
        yield number, dice.choice(known), dice


def _text(header: list[str], rows: Iterator[list[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def as_workbook(text: str) -> bytes:
    """The same list as an XLSX workbook."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in csv.reader(io.StringIO(text)):
        sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
