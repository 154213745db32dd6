"""A small delineation as the Census Bureau's workbook has it: real metropolitan areas, and others to fill it up."""

import io
from collections.abc import Iterable
from itertools import islice, product
from string import ascii_letters

import openpyxl

from chalicelib.geography.delineation import Delineation
from chalicelib.geography.delineation_file import read_delineation

METRO, MICRO = "Metropolitan Statistical Area", "Micropolitan Statistical Area"
HEADER = [
    "CBSA Code",
    "Metropolitan Division Code",
    "CSA Code",
    "CBSA Title",
    "Metropolitan/Micropolitan Statistical Area",
    "Metropolitan Division Title",
    "CSA Title",
    "County/County Equivalent",
    "State Name",
    "FIPS State Code",
    "FIPS County Code",
    "Central/Outlying County",
]
NEW_YORK = ("35620", "New York-Newark-Jersey City, NY-NJ")
KNOWN = [
    (*("33540", "Missoula, MT"), METRO, "Missoula County", "Montana"),
    (*("33540", "Missoula, MT"), METRO, "Mineral County", "Montana"),
    (*("28060", "Kalispell, MT"), MICRO, "Flathead County", "Montana"),
    (*NEW_YORK, METRO, "New York County", "New York"),
    (*NEW_YORK, METRO, "Hudson County", "New Jersey"),
    (*("29740", "Las Cruces, NM"), METRO, "Doña Ana County", "New Mexico"),
    (*("33140", "Michigan City-La Porte, IN"), METRO, "LaPorte County", "Indiana"),
    (*("11260", "Anchorage, AK"), METRO, "Anchorage Municipality", "Alaska"),
    (*("41980", "San Juan-Bayamón-Caguas, PR"), METRO, "San Juan Municipio", "Puerto Rico"),
    (*("40060", "Richmond, VA"), METRO, "Richmond city", "Virginia"),
    (
        *("14860", "Bridgeport-Stamford-Danbury, CT"),
        METRO,
        "Western Connecticut Planning Region",
        "Connecticut",
    ),
    (*("25540", "Hartford-West Hartford-East Hartford, CT"), METRO, "Capitol Planning Region", "Connecticut"),
    (*("45860", "Torrington, CT"), MICRO, "Northwest Hills Planning Region", "Connecticut"),
]
County = tuple[str, str, str, str, str]


def table(month: str = "JULY 2023", known: Iterable[County] = KNOWN, others: int = 300) -> list[list[str]]:
    """The rows of the sheet, titles and notes included."""
    names = [
        f"Filling {first}{second}" for first, second in islice(product(ascii_letters[:26], repeat=2), others)
    ]
    filling = [
        (f"{90000 + n}", f"{name}, TX", METRO, f"{name} County", "Texas") for n, name in enumerate(names)
    ]
    blank = [""] * len(HEADER)
    return [
        ["Table with row headers in column A and column headers in row 3", *blank[1:]],
        [
            f"List 1. CORE BASED STATISTICAL AREAS (CBSAs), METROPOLITAN DIVISIONS, AND CSAs, {month}",
            *blank[1:],
        ],
        [*HEADER],
        *(
            [code, "", "", title, kind, "", "", county, state, "", "", "Central"]
            for code, title, kind, county, state in [*known, *filling]
        ),
        blank,
        ["Note: the standards are published.", *blank[1:]],
        ["Source: File prepared by U.S. Census Bureau.", *blank[1:]],
    ]


def delineation(month: str = "JULY 2023", known: Iterable[County] = KNOWN) -> Delineation:
    """The delineation in it."""
    return read_delineation(table(month, known))


def workbook(rows: Iterable[list[str]]) -> bytes:
    """The rows as an XLSX workbook."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()
