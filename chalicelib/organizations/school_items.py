"""The profile items of new schools, without a model between: what an import of a hundred thousand writes.

Exactly what ``organization_item(new_school(...))`` gives, at a fraction of the time. Most of a school's document is the
same for all schools of a place or of a list, and is made once; the rest is made field by field for many schools.
"""

import json
import re
import sys
from array import array
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import compress, repeat
from json.encoder import encode_basestring as quoted
from operator import and_
from typing import Final, NamedTuple
from zlib import crc32

from chalicelib.geography.service import PARTITION_CHARACTERS, find_zip, geohashes_of
from chalicelib.organizations import imports
from chalicelib.organizations.models import Status
from chalicelib.organizations.provenance import Telling, digest_of
from chalicelib.organizations.store import organization_item
from chalicelib.organizations.told import ImportedSchools
from chalicelib.table import keys
from chalicelib.table.expressions import Item
from chalicelib.values import Kind

_SCHOOL: Final = Kind.SCHOOL.value
_UNCLAIMED: Final = Status.UNCLAIMED.value
_CLOSED: Final = Status.CLOSED.value
_SAID_STATUS: Final = {
    None: "",
    False: rf",\"status\":[0,\"{digest_of(_UNCLAIMED)}\"]",
    True: rf",\"status\":[0,\"{digest_of(_CLOSED)}\"]",
}
_LISTING: Final = ("GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK")
"""What the item of a school that is closed lacks: it is in no listing, and near nothing."""
_PHONE: Final = re.compile(r"(?:\+1[2-9]\d\d[2-9]\d{6}(?:x\d{1,6})?+(?:\n(?!\Z)|\Z))++", re.ASCII)
_WEBSITE: Final = re.compile(
    r"(?:https?://(?:[a-z0-9]++(?:-++[a-z0-9]++)*+\.)++[a-z]{2,63}+"
    r"(?:/[\x21\x23-\x3b\x3d\x3f-\x5b\x5d-\x7e]*+)?+(?:\n(?!\Z)|\Z))++"
)
_LONG_LABEL: Final = re.compile("[a-z0-9-]{64}")
"""Perhaps a label of a host, which has 63 characters at most."""


class _Place(NamedTuple):
    """What the items of all schools of a city in a ZIP code share."""

    address: str
    division: str
    provenance: str
    listing: str
    latitude: float
    longitude: float


@lru_cache(maxsize=65536)
def _place(city: str | None, zip_code: str | None) -> _Place | None:
    place = find_zip(zip_code) if city and zip_code else None
    if place is None:
        return None
    county = f',"county":{quoted(place.county)}' if place.county else ""
    return _Place(
        f'"city":{quoted(city or "")},"state":"{place.state}","zip":"{zip_code}"{county}}}',
        place.division.value,
        rf",\"place\":[0,\"{digest_of(f'{city}|{zip_code}')}\"]",
        keys.listing(_SCHOOL, place.state),
        place.latitude,
        place.longitude,
    )


@lru_cache(maxsize=8)
def _frame(telling: Telling, now: datetime) -> tuple[str, str]:
    """How the provenance of every school of a list begins, and how its document ends."""
    by = json.dumps([list(telling)], separators=(",", ":"))
    moment = now.isoformat().replace("+00:00", "Z")
    begin = quoted(f'{{"by":{by},"fields":{{')[:-1]
    return begin, f'}}}}","version":1,"created_at":"{moment}","updated_at":"{moment}"}}'


def profile_items(
    schools: ImportedSchools, ids: Sequence[str], telling: Telling, now: datetime
) -> list[Item]:
    """The item of each of many new schools: ``organization_item(new_school(school, its id, telling, now))``.

    Raises ``InvalidInput`` where a ZIP code is unknown.
    """
    if not ids:
        return []
    places = list(map(_place, schools.city, schools.zip))
    usual = _usual(schools, places)
    if all(usual):
        return _items(schools, places, ids, telling, now)
    some = schools.some(usual), list(compress(places, usual)), list(compress(ids, usual))
    made = iter(_items(*some, telling, now))
    return [
        next(made)
        if is_usual
        else organization_item(imports.new_school(school, organization_id, telling, now))
        for is_usual, school, organization_id in zip(usual, schools.rows(), ids, strict=True)
    ]


def _usual(schools: ImportedSchools, places: Sequence[_Place | None]) -> Sequence[bool]:
    """Which schools are as nearly all: with name and place, without programs, and reached as the model has it."""
    phones, websites = _surely(_PHONE.fullmatch, schools.phone), _surely(_is_website, schools.website)
    fields = schools.name, places, schools.programs, phones, websites
    if all(schools.name) and None not in places and not any(schools.programs):
        return list(map(and_, phones, websites))
    return [
        bool(name and place and not programs and phone and website)
        for name, place, programs, phone, website in zip(*fields, strict=True)
    ]


def _surely(test: Callable[[str], object], texts: Sequence[str | None]) -> Sequence[bool]:
    """Which texts are surely what the model takes, and need no escapes in JSON. ``test`` takes one line or many."""
    known = [text for text in texts if text is not None]
    whole = "\n".join(known)
    if not known or (whole.count("\n") == len(known) - 1 and test(whole)):
        return [True] * len(texts)
    return [text is None or ("\n" not in text and bool(test(text))) for text in texts]


def _is_website(lines: str) -> bool:
    return _WEBSITE.fullmatch(lines) is not None and _LONG_LABEL.search(lines) is None


def _items(
    schools: ImportedSchools,
    known: Sequence[_Place | None],
    ids: Sequence[str],
    telling: Telling,
    now: datetime,
) -> list[Item]:
    """The items of schools that are all usual, and whose places are known."""
    if not ids:
        return []
    names, cities, zips = (list(map(str, texts)) for texts in (schools.name, schools.city, schools.zip))
    places = [place for place in known if place]
    points = _points(schools, places)
    street = _field("street", schools.street)
    phone, website = _field("phone", schools.phone), _field("website", schools.website)
    unit_id, nces_id, ope_id = (
        _field("ipeds_unit_id", schools.ipeds_unit_id),
        _field("nces_id", schools.nces_id),
        _field("ope_id", schools.ope_id),
    )
    ends = (
        phone.said,
        website.said,
        map(_SAID_STATUS.__getitem__, schools.closed),
        unit_id.said,
        nces_id.said,
        ope_id.said,
    )
    numbers = unit_id.texts, nces_id.texts, ope_id.texts
    lines = zip(ids, names, street.texts, cities, zips, phone.texts, website.texts, *numbers, repeat(""))
    begin, end = _frame(telling, now)
    items: list[Item] = [
        {
            "PK": f"ORG#{organization_id}",
            "SK": keys.PROFILE,
            "id": organization_id,
            "name": name,
            "kind": _SCHOOL,
            "status": status,
            "version": 1,
            "doc": (
                f'{{"id":"{organization_id}","kind":"school","name":{quoted(name)},"status":"{status}","sectors":[],'
                f'"address":{{{street_of}{address},"division":"{division}","latitude":{north},"longitude":{east}'
                f'{link},"programs":[]{call}{numbered},"provenance":{begin}\\"name\\":[0,\\"{digest}\\"]'
                f"{said_street}{said_place}{said}{end}"
            ),
            "GSI1PK": listing,
            "GSI1SK": f"{name.casefold()[:80]}#{organization_id}",
            "GSI2PK": f"NEAR#school#{geohash[:PARTITION_CHARACTERS]}",
            "GSI2SK": f"{geohash}#{organization_id}",
            "x": line,
            "GSI3PK": f"SCHOOLS#{zip_code[:3]}",
            "GSI3SK": f"{zip_code}#{organization_id}",
        }
        for (
            organization_id,
            name,
            status,
            digest,
            zip_code,
            (address, division, said_place, listing, _, _),
            street_of,
            said_street,
            (north, east, geohash),
            link,
            call,
            numbered,
            said,
            line,
        ) in zip(
            ids,
            names,
            [_CLOSED if closed else _UNCLAIMED for closed in schools.closed],
            _digests(names),
            zips,
            places,
            street.document,
            street.said,
            zip(points.latitudes, points.longitudes, points.geohashes, strict=True),
            website.document,
            phone.document,
            map("".join, zip(unit_id.document, nces_id.document, ope_id.document, strict=False)),
            map("".join, zip(points.said, *ends, strict=False)),
            map("\t".join, lines),
            strict=False,
        )
    ]
    for item in compress(items, schools.closed):
        for name in _LISTING:
            del item[name]
    return items


class _Field(NamedTuple):
    """A field of many schools: its texts, and what the document and the provenance hold of it; blank where unknown."""

    texts: Iterable[str]
    document: Iterable[str]
    said: Iterable[str]


def _field(name: str, values: Sequence[str | None]) -> _Field:
    if values.count(None) == len(values):
        return _Field(repeat(""), repeat(""), repeat(""))
    texts = [value or "" for value in values]
    # The street stands before other parts of an address, all else behind other fields.
    before, after = ("", ",") if name == "street" else (",", "")
    return _Field(
        texts,
        ["" if value is None else f'{before}"{name}":{quoted(value)}{after}' for value in values],
        _said(name, values, _digests(texts)),
    )


def _said(name: str, values: Sequence[object], digests: Sequence[str]) -> list[str]:
    """What provenances hold of a field that lists filled."""
    begin, end = rf",\"{name}\":[0,\"", r"\"]"
    return [
        "" if value is None else f"{begin}{digest}{end}"
        for value, digest in zip(values, digests, strict=True)
    ]


def _digests(texts: Iterable[str]) -> list[str]:
    """What ``digest_of`` gives for each of many texts, of which there is one at least."""
    sums = array("I", map(crc32, map(str.encode, texts)))
    if sys.byteorder == "little":
        sums.byteswap()
    return sums.tobytes().hex(",", sums.itemsize).split(",")


class _Points(NamedTuple):
    """Where schools are, in JSON's numbers, and what the provenances hold of it: blank where it follows from ZIP."""

    latitudes: Sequence[str]
    longitudes: Sequence[str]
    said: Iterable[str]
    geohashes: Sequence[str]


def _points(schools: ImportedSchools, places: Sequence[_Place]) -> _Points:
    told = [
        None if latitude is None or longitude is None else (latitude, longitude)
        for latitude, longitude in zip(schools.latitude, schools.longitude, strict=True)
    ]
    latitudes, longitudes = zip(
        *(point or (place.latitude, place.longitude) for point, place in zip(told, places, strict=True)),
        strict=True,
    )
    north, east = list(map(repr, latitudes)), list(map(repr, longitudes))
    digests = _digests(map("|".join, zip(north, east, strict=True)))
    return _Points(north, east, _said("point", told, digests), geohashes_of(latitudes, longitudes))
