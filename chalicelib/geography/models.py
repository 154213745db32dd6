"""What the reference geography knows of a place."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, WithJsonSchema

from chalicelib.errors import ListRefused
from chalicelib.geography.states import STATES, Division
from chalicelib.values import Model

__all__ = [
    "AreasQuery",
    "AreasView",
    "Division",
    "MetrosView",
    "NotADelineation",
    "ZipCodeView",
    "ZipPlace",
    "ZipText",
]

ZipText = Annotated[
    str,
    Field(max_length=20),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{5}(-[0-9]{4})?$", "examples": ["59801"]}),
]
"""A ZIP code as it is sent. Which ones there are ``place_of_zip`` says, so a wrong one gets one answer everywhere."""

_AreaCode = Annotated[str, Field(pattern=r"^([0-9]{3}|[0-9]{5})-[A-Z]{2}$", examples=["33540-MT"])]
_MetroCode = Annotated[str, Field(pattern=r"^[0-9]{5}$", examples=["33540"])]
_MetroTitle = Annotated[str, Field(examples=["Missoula, MT"])]


class NotADelineation(ListRefused):
    """A file that cannot be taken for a delineation: why, and what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason = reason
        self.remedy = remedy


class ZipPlace(Model):
    """Where a ZIP code is, whatever metropolitan areas there are."""

    zip: Annotated[str, Field(pattern=r"^[0-9]{5}$", examples=["59801"])]
    city: Annotated[str, Field(examples=["Missoula"])]
    """The Postal Service's own name for the place; people there may use others."""
    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["MT"])]
    state_name: Annotated[str, Field(examples=["Montana"])]
    county: Annotated[str | None, Field(examples=["Missoula County"])]
    division: Annotated[Division, Field(examples=["mountain"])]
    """The Census division, or ``island_areas`` for the territories and the freely associated states."""
    latitude: Annotated[float, Field(ge=-90, le=90, examples=[46.8563])]
    longitude: Annotated[float, Field(ge=-180, le=180, examples=[-114.0252])]


class MetroView(Model):
    """A metropolitan area."""

    code: _MetroCode
    """The Census Bureau's code of the area (CBSA)."""
    title: _MetroTitle


class ZipCodeView(ZipPlace):
    """Where a ZIP code is, and which area of the statistics it belongs to."""

    area: _AreaCode
    """The finest place of the statistics: the part of the metropolitan area, or else of the three-digit ZIP area, that
    is in the state."""
    area_name: _MetroTitle
    metro: MetroView | None
    """The metropolitan area; null where the place is in none, and while no delineation is in force."""


class AreasQuery(Model):
    """Of which state the areas are asked for."""

    state: Annotated[
        str,
        Field(pattern=r"^[A-Z]{2}$", examples=["MT"], json_schema_extra={"enum": sorted(STATES)}),
    ]
    """Postal code of the state."""


class AreaView(Model):
    """An area of the statistics."""

    code: _AreaCode
    name: _MetroTitle
    kind: Annotated[Literal["metro", "zip"], Field(examples=["metro"])]
    """Part of a metropolitan area, or of a three-digit ZIP area."""


class AreasView(Model):
    """The areas of a state. Every ZIP code of the state is in exactly one of them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "state": "MT",
                    "vintage": "2023-07-01",
                    "areas": [
                        {"code": "33540-MT", "name": "Missoula, MT", "kind": "metro"},
                        {
                            "code": "598-MT",
                            "name": "ZIP codes 598 in Montana outside metropolitan areas",
                            "kind": "zip",
                        },
                    ],
                }
            ]
        }
    )

    state: str
    vintage: date | None
    """The month that the delineation of metropolitan areas is of; null where there is none."""
    areas: tuple[AreaView, ...]


class MetroParts(MetroView):
    """A metropolitan area and the areas of the statistics that it is made of."""

    areas: tuple[_AreaCode, ...]
    """One for each state that it has a part in."""


class MetrosView(Model):
    """All metropolitan areas, by title."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "vintage": "2023-07-01",
                    "metros": [{"code": "33540", "title": "Missoula, MT", "areas": ["33540-MT"]}],
                }
            ]
        }
    )

    vintage: date | None
    metros: tuple[MetroParts, ...]
