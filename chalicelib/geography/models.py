"""What the reference geography knows of a place."""

from typing import Annotated

from pydantic import Field

from chalicelib.geography.states import Division
from chalicelib.values import Model

__all__ = ["Division", "ZipPlace"]


class ZipPlace(Model):
    """Where a ZIP code is."""

    zip: Annotated[str, Field(pattern=r"^[0-9]{5}$", examples=["59801"])]
    city: Annotated[str, Field(examples=["Missoula"])]
    """The Postal Service's own name for the place; people there may use others."""
    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["MT"])]
    state_name: Annotated[str, Field(examples=["Montana"])]
    county: Annotated[str | None, Field(examples=["Missoula County"])]
    division: Annotated[Division, Field(examples=["mountain"])]
    """The Census division, or ``island_areas`` for the territories and the freely associated states."""
    area: Annotated[str, Field(examples=["598-MT"])]
    """The finest place of the statistics: the part of a three-digit ZIP area that is in the state."""
    latitude: Annotated[float, Field(ge=-90, le=90, examples=[46.8563])]
    longitude: Annotated[float, Field(ge=-180, le=180, examples=[-114.0252])]
