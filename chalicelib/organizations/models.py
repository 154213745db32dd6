"""Organizations: what they are, and what people may send of them."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import ConfigDict, Field

from chalicelib.geography.models import Division, ZipText
from chalicelib.organizations.contacts import Email, Phone, Website
from chalicelib.organizations.programs import Program
from chalicelib.values import ONCE, Id, Kind, Line, Model, Name, Sector, ShopType, Subject, Timestamp

CONTRIBUTING: Final = frozenset({Kind.SHOP, Kind.DEALERSHIP})
"""The kinds that submit figures to the Exchange."""
EMPLOYERS: Final = frozenset({Kind.SHOP, Kind.DEALERSHIP, Kind.SPONSOR})
"""The kinds that schools look for, and decide of: all but schools."""


class Status(StrEnum):
    """How far an organization is trusted.

    ``unclaimed``: it came from a list, and nobody speaks for it. ``pending``: somebody does, and no
    administrator has looked yet. ``verified``: one has. ``suspended``: hidden by an administrator.
    ``closed``: a list says that it is no more.
    """

    PENDING = "pending"
    VERIFIED = "verified"
    UNCLAIMED = "unclaimed"
    SUSPENDED = "suspended"
    CLOSED = "closed"


LISTED: Final = frozenset({Status.PENDING, Status.VERIFIED, Status.UNCLAIMED})
"""What the directory lists. A closed one can still be looked up, a suspended one cannot."""


class SearchClass(StrEnum):
    """What is searched for near a place: a kind, with schools that teach the trade apart from the others.

    So a search by subject reads no school that could not be found.
    """

    SHOP = "shop"
    DEALERSHIP = "dealership"
    SPONSOR = "sponsor"
    SCHOOL = "school"
    SCHOOL_PROGRAMS = "school_programs"


class Address(Model):
    """Where an organization is. State and county follow from the ZIP code."""

    street: Annotated[Line | None, Field(examples=["100 Main St"])] = None
    city: Annotated[Line, Field(examples=["Missoula"])]
    state: Annotated[str, Field(examples=["MT"])]
    zip: Annotated[str, Field(examples=["59801"])]
    county: Annotated[str | None, Field(examples=["Missoula County"])] = None


class Contact(Model):
    """Whom to ask. Shown to participants only."""

    name: Annotated[Line | None, Field(examples=["Front desk"])] = None
    email: Email | None = None
    phone: Phone | None = None


class Organization(Model):
    """A shop, dealership, school or sponsor at one location.

    The area of the statistics that it is in is not part of it: that follows from its ZIP code and the delineation of
    metropolitan areas in force, so a new delineation changes no organization.
    """

    # Documents of earlier versions hold fields that are no more.
    model_config = ConfigDict(extra="ignore")

    id: Id
    kind: Kind
    name: Line
    status: Status
    shop_type: ShopType | None = None
    sectors: tuple[Sector, ...]
    address: Address
    division: Division
    latitude: float
    longitude: float
    website: str | None = None
    programs: tuple[Program, ...] = ()
    phone: str | None = None
    contact: Contact | None = None
    owner_group_id: Id | None = None
    ipeds_unit_id: str | None = None
    nces_id: str | None = None
    ope_id: str | None = None
    provenance: str | None = None
    """Which list said what of a school: see ``provenance``. Text, for who reads the directory never looks into it."""
    version: int
    created_at: Timestamp
    updated_at: Timestamp

    @property
    def search_class(self) -> SearchClass:
        """What it is found by near a place."""
        return SearchClass.SCHOOL_PROGRAMS if self.programs else SearchClass(self.kind.value)

    @property
    def subjects(self) -> frozenset[Subject]:
        """What it teaches."""
        return frozenset(program.subject for program in self.programs)

    @property
    def listed(self) -> bool:
        """Whether the directory lists it."""
        return self.status in LISTED

    @property
    def unit_of_protection(self) -> str:
        """The owner group, or the organization itself where it belongs to none."""
        return self.owner_group_id or self.id


Sectors = Annotated[
    tuple[Sector, ...],
    ONCE,
    Field(
        max_length=len(Sector),
        examples=[["automotive", "diesel"]],
        json_schema_extra={"uniqueItems": True},
    ),
]
Programs = Annotated[tuple[Program, ...], Field(max_length=50)]


class AddressDraft(Model):
    """Where a new organization is."""

    street: Annotated[Line | None, Field(examples=["100 Main St"])] = None
    city: Annotated[Line, Field(examples=["Missoula"])]
    zip: ZipText
    """Five digits, or nine with a hyphen. State, county and coordinates follow from it."""


class OrganizationDraft(Model):
    """What registers an organization."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "shop",
                    "name": "Cedar Auto Repair",
                    "shop_type": "independent",
                    "sectors": ["automotive"],
                    "address": {"street": "100 Main St", "city": "Missoula", "zip": "59801"},
                    "website": "https://cedar.example.org",
                    "phone": "406-555-0123",
                    "contact": {"name": "Front desk", "email": "desk@connects.example"},
                },
                {
                    "kind": "school",
                    "name": "Bitterroot Technical College",
                    "address": {"city": "Missoula", "zip": "59801-1234"},
                    "programs": [
                        {
                            "subject": "automotive",
                            "cip_code": "47.0604",
                            "level": "postsecondary",
                            "accreditation": "MAST",
                            "enrolment": 48,
                        }
                    ],
                },
            ]
        }
    )

    kind: Annotated[Kind, Field(examples=["shop"])]
    name: Annotated[Name, Field(examples=["Cedar Auto Repair"])]
    shop_type: Annotated[ShopType | None, Field(examples=["independent"])] = None
    """Needed for shops; dealerships are ``dealership``; schools and sponsors have none."""
    sectors: Sectors = ()
    owner_group_id: Annotated[Id | None, Field(examples=[None])] = None
    """The owner group that it belongs to; the caller must be its owner or a manager of it."""
    address: AddressDraft
    website: Website | None = None
    phone: Phone | None = None
    contact: Contact | None = None
    programs: Annotated[Programs, Field(examples=[[]])] = ()
    """What it teaches; schools only."""


class AddressChange(Model):
    """Parts of an address to change; ``street: null`` takes the street away."""

    street: Annotated[Line | None, Field(examples=["102 Main St"])] = None
    city: Annotated[Line, Field(default_factory=str, examples=["Missoula"])]
    zip: Annotated[ZipText, Field(default_factory=str)]


class OrganizationChange(Model):
    """A JSON merge patch (RFC 7396): what is left out stays, and ``null`` takes away what may be missing.

    The kind of an organization never changes: what becomes another kind is another organization.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Cedar Auto & Diesel", "sectors": ["automotive", "diesel"], "website": None}
            ]
        }
    )

    name: Annotated[Name, Field(default_factory=str, examples=["Cedar Auto & Diesel"])]
    shop_type: Annotated[ShopType | None, Field(examples=["independent"])] = None
    sectors: Sectors | None = None
    owner_group_id: Annotated[Id | None, Field(examples=[None])] = None
    """The new owner group, or null to leave it. Needs the role ``owner``; see the operation."""
    address: Annotated[AddressChange, Field(default_factory=AddressChange)]
    website: Website | None = None
    phone: Phone | None = None
    contact: Contact | None = None
    programs: Annotated[Programs | None, Field(examples=[[]])] = None
