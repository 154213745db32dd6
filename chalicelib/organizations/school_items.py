"""The profile items of new schools, without a model between: what an import of a hundred thousand writes.

Exactly what ``organization_item(new_school(...))`` gives, at a fraction of the time: most of a school's document is
the same for all schools of a place or of a list, and is made once.
"""

import json
import re
from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Final, NamedTuple
from zlib import crc32

from chalicelib.geography.service import PARTITION_CHARACTERS, Point, find_zip, geohash_of
from chalicelib.organizations import imports
from chalicelib.organizations.models import Status
from chalicelib.organizations.provenance import Telling, digest_of
from chalicelib.organizations.store import organization_item
from chalicelib.organizations.told import ImportedSchool
from chalicelib.table import keys
from chalicelib.table.expressions import Item
from chalicelib.values import Kind

_SCHOOL: Final = Kind.SCHOOL.value
_UNCLAIMED: Final = Status.UNCLAIMED.value
_SAID_OPEN: Final = rf",\"status\":[0,\"{digest_of(_UNCLAIMED)}\"]"
_PHONE: Final = re.compile(r"\+1[2-9]\d\d[2-9]\d{6}", re.ASCII)
_WEBSITE: Final = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(?:/[\x21\x23-\x3b\x3d\x3f-\x5b\x5d-\x7e]*)?"
)


class _Place(NamedTuple):
    """What the items of all schools of a city in a ZIP code share."""

    address: str
    division: str
    provenance: str
    listing: str
    latitude: float
    longitude: float


@lru_cache(maxsize=65536)
def _place(city: str, zip_code: str) -> _Place | None:
    place = find_zip(zip_code)
    if place is None:
        return None
    county = f',"county":{quoted(place.county)}' if place.county else ""
    return _Place(
        f'"city":{quoted(city)},"state":"{place.state}","zip":"{zip_code}"{county}}}',
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


def profile_item(record: ImportedSchool, organization_id: str, telling: Telling, now: datetime) -> Item:
    """The item of a new school, ``organization_item(new_school(record, organization_id, telling, now))``.

    Raises ``InvalidInput`` where the ZIP code is unknown.
    """
    name, city, zip_code, street, latitude, longitude, phone, website = record[:8]
    place = _place(city, zip_code) if city and zip_code else None
    if (
        place is None
        or not name
        or not zip_code
        or record.programs
        or record.closed
        or not _usual(phone, website)
    ):
        return organization_item(imports.new_school(record, organization_id, telling, now))
    address, division, said_place, listing, north, east = place
    said = rf"\"name\":[0,\"{crc32(name.encode()):08x}\"]"
    if street is not None:
        said += rf",\"street\":[0,\"{crc32(street.encode()):08x}\"]"
        address = f'"street":{quoted(street)},{address}'
    said += said_place
    if latitude is None or longitude is None:
        degrees = repr(north), repr(east)
        geohash = geohash_of(Point(north, east))
    else:
        degrees = repr(latitude), repr(longitude)
        geohash = geohash_of(Point(latitude, longitude))
        where = "|".join(degrees)
        said += rf",\"point\":[0,\"{crc32(where.encode()):08x}\"]"
    web = tel = ""
    if phone:
        said += rf",\"phone\":[0,\"{crc32(phone.encode()):08x}\"]"
        tel = f',"phone":"{phone}"'
    if website:
        said += rf",\"website\":[0,\"{crc32(website.encode()):08x}\"]"
        web = f',"website":"{website}"'
    if record.closed is False:
        said += _SAID_OPEN
    ids, said_ids = _ids(record)
    begin, end = _frame(telling, now)
    return {
        "PK": f"ORG#{organization_id}",
        "SK": keys.PROFILE,
        "id": organization_id,
        "name": name,
        "kind": _SCHOOL,
        "status": _UNCLAIMED,
        "version": 1,
        "doc": (
            f'{{"id":"{organization_id}","kind":"school","name":{quoted(name)},"status":"unclaimed","sectors":[],'
            f'"address":{{{address},"division":"{division}","latitude":{degrees[0]},"longitude":{degrees[1]}'
            f'{web},"programs":[]{tel}{ids},"provenance":{begin}{said}{said_ids}{end}'
        ),
        "GSI1PK": listing,
        "GSI1SK": f"{name.casefold()[:80]}#{organization_id}",
        "GSI2PK": f"NEAR#school#{geohash[:PARTITION_CHARACTERS]}",
        "GSI2SK": f"{geohash}#{organization_id}",
        "x": f"{organization_id}\t{name}\t{street or ''}\t{city}\t{zip_code}\t{phone or ''}\t{website or ''}\t"
        f"{record.ipeds_unit_id or ''}\t{record.nces_id or ''}\t{record.ope_id or ''}\t",
        "GSI3PK": f"SCHOOLS#{zip_code[:3]}",
        "GSI3SK": f"{zip_code}#{organization_id}",
    }


def _usual(phone: str | None, website: str | None) -> bool:
    """Whether telephone number and web address are surely what the model takes, and need no escapes in JSON."""
    return (phone is None or _PHONE.fullmatch(phone) is not None) and (
        website is None or _WEBSITE.fullmatch(website) is not None
    )


def _ids(record: ImportedSchool) -> tuple[str, str]:
    """The identifiers in the document, and in its provenance."""
    ids = said = ""
    for name, value in (
        ("ipeds_unit_id", record.ipeds_unit_id),
        ("nces_id", record.nces_id),
        ("ope_id", record.ope_id),
    ):
        if value:
            ids += f',"{name}":{quoted(value)}'
            said += rf",\"{name}\":[0,\"{crc32(value.encode()):08x}\"]"
    return ids, said
