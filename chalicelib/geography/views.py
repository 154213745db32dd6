"""What the API says of places and areas."""

from chalicelib.geography.delineation import Areas
from chalicelib.geography.models import (
    AreasView,
    AreaView,
    MetroParts,
    MetrosView,
    MetroView,
    ZipCodeView,
    ZipPlace,
)
from chalicelib.geography.service import zip_areas


def zip_code(place: ZipPlace, areas: Areas) -> ZipCodeView:
    """A ZIP code with its area."""
    area, metro = areas.of(place), areas.metro_of(place)
    return ZipCodeView(
        **place.model_dump(),
        area=area,
        area_name=areas.name_of(area),
        metro=None if metro is None else MetroView(code=metro.code, title=metro.title),
    )


def areas_of(state: str, areas: Areas) -> AreasView:
    """The areas of a state, metropolitan ones first."""
    metros, rest = _codes(state, areas)
    return AreasView(
        state=state,
        vintage=areas.delineation.vintage if areas.delineation else None,
        areas=(
            *(AreaView(code=code, name=areas.name_of(code), kind="metro") for code in metros),
            *(AreaView(code=code, name=areas.name_of(code), kind="zip") for code in rest),
        ),
    )


def metros(areas: Areas) -> MetrosView:
    """All metropolitan areas, by title."""
    titles = areas.delineation.titles if areas.delineation else {}
    listed = sorted(titles.items(), key=lambda one: (one[1], one[0]))
    return MetrosView(
        vintage=areas.delineation.vintage if areas.delineation else None,
        metros=tuple(MetroParts(code=code, title=title, areas=areas.parts(code)) for code, title in listed),
    )


def _codes(state: str, areas: Areas) -> tuple[list[str], list[str]]:
    """The areas of a state that have ZIP codes in them: parts of metropolitan areas, then of ZIP areas."""
    found = {areas.of(place) for places in zip_areas(state).values() for place in places}
    rest = found & zip_areas(state).keys()
    return sorted(found - rest, key=areas.name_of), sorted(rest)
