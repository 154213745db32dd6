"""What can be asked of the Exchange, and the questions that follow from it."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from chalicelib.errors import FieldError, InvalidInput
from chalicelib.exchange.lookup import Before, Question
from chalicelib.exchange.metric_kinds import KINDS, kind_of
from chalicelib.exchange.models import ALL, NATION, state_of_area
from chalicelib.geography.service import STATES, Areas, Division, place_of_zip, zip_area
from chalicelib.values import Model, Position, ShopType

_POSITIONS: Final = (*(position.value for position in Position), ALL)
_DIVISIONS: Final = frozenset(division.value for division in Division)


def _known_metric(name: str) -> str:
    if name not in KINDS:
        raise PydanticCustomError("metric", "There is no such metric; GET /v1/exchange/metrics lists them.")
    return name


def _known_position(name: str) -> str:
    if name not in _POSITIONS:
        raise PydanticCustomError(
            "position",
            'There is no such position; send one of the vocabulary, or "all" for all of them together.',
        )
    return name


Metric = Annotated[
    str,
    AfterValidator(_known_metric),
    Field(json_schema_extra={"enum": sorted(KINDS)}, examples=["hourly_equivalent"]),
]
AskedPosition = Annotated[
    str,
    AfterValidator(_known_position),
    Field(json_schema_extra={"enum": list(_POSITIONS)}, examples=["technician_a"]),
]
AreaCode = Annotated[str, Field(pattern=r"^([0-9]{3}|[0-9]{5})-[A-Z]{2}$", examples=["598-MT"])]


class LookupQuery(Model):
    """Which figure is asked for."""

    metric: Metric
    """What is asked for; GET /v1/exchange/metrics lists the metrics with their units."""
    position: AskedPosition | None = None
    """The job, or ``all`` for an index of all jobs together: needed for metrics of pay, refused for others."""
    zip: Annotated[str | None, Field(pattern=r"^[0-9]{5}(-[0-9]{4})?$", examples=["59801"])] = None
    """A ZIP code: its area is asked about first. Send one of ``zip``, ``area``, ``metro`` and ``state``."""
    area: AreaCode | None = None
    """The code of an area, such as a part of a metro or of a three-digit ZIP area in one state."""
    metro: Annotated[str | None, Field(pattern=r"^[0-9]{5}$", examples=["33540"])] = None
    """The code of a metropolitan area (CBSA). Of one that lies in several states the answer also has its ``parts``."""
    state: Annotated[
        str | None,
        Field(pattern=r"^[A-Z]{2}$", examples=["MT"], json_schema_extra={"enum": sorted(STATES)}),
    ] = None
    """Postal code of a state."""
    shop_type: ShopType | None = None
    """Leave it out to ask about all shop types together."""


class SeriesQuery(Model):
    """Which cell's history is asked for."""

    metric: Metric
    """What is asked for; GET /v1/exchange/metrics lists the metrics with their units."""
    position: AskedPosition | None = None
    """The job, or ``all``: needed for metrics of pay, refused for others."""
    place: Annotated[str, Field(pattern=r"^(([0-9]{3}|[0-9]{5})-)?[A-Z]{2}$|^[a-z_]{3,30}$", examples=["MT"])]
    """Exactly this place: an area's code, a state's postal code, a Census division such as ``mountain``, or ``US``.

    A look-up's answer has it in ``cell.location.code``.
    """
    shop_type: ShopType | None = None
    """Exactly this shop type; leave it out for the cell of all shop types together."""


def question_of(query: LookupQuery, areas: Areas) -> Question:
    """The question that a query asks. Raises ``InvalidInput`` that tells everything wrong with it at once."""
    wrong = _position_errors(query.metric, query.position)
    names = ("zip", "area", "metro", "state")
    places = {name: code for name in names if (code := getattr(query, name)) is not None}
    if len(places) != 1:
        wrong.append(FieldError("state", "Send exactly one of zip, area, metro and state.", "query"))
    for name, code in places.items():
        if name in ("area", "state") and (state := state_of_area(code)) not in STATES:
            wrong.append(FieldError(name, f"{state} is no state; send its two-letter postal code.", "query"))
        if name == "metro" and not areas.parts(code):
            detail = f"There is no metropolitan area {code}; GET /v1/geography/metros lists them."
            wrong.append(FieldError(name, detail, "query"))
    _refuse(wrong)
    what = query.metric, query.position or ALL
    if query.zip is not None:
        place = place_of_zip(query.zip)
        before = before_metros(areas, areas.of(place), place.zip, place.state)
        return question_about(*what, areas.of(place), place.state, query.shop_type, before)
    if query.metro is not None and len(parts := areas.parts(query.metro)) > 1:
        return _across_states(what, parts, query.shop_type)
    area = query.area if query.metro is None else areas.parts(query.metro)[0]
    return question_about(*what, area, state_of_area(area or query.state or ""), query.shop_type)


def question_about(
    metric: str,
    position: str,
    area: str | None,
    state: str,
    shop_type: ShopType | None,
    before: Before | None = None,
) -> Question:
    """The question about an area, or about a state where ``area`` is None; the state is one of the vocabulary."""
    return Question(
        metric=metric,
        position=position,
        area=area,
        state=state,
        division=STATES[state].division.value,
        shop_type=shop_type.value if shop_type else ALL,
        before=before,
    )


def before_metros(areas: Areas, area: str, zip_code: str, state: str) -> Before | None:
    """The area that a place was in until there were metropolitan areas; None where it still is, or always was."""
    was = zip_area(zip_code, state)
    return None if areas.since is None or was == area else Before(was, areas.since)


def _across_states(what: tuple[str, str], parts: tuple[str, ...], shop_type: ShopType | None) -> Question:
    """What covers a whole metropolitan area of several states: their division, if they share one, and the nation."""
    divisions = {STATES[state_of_area(part)].division.value for part in parts}
    return Question(
        metric=what[0],
        position=what[1],
        area=None,
        state=None,
        division=divisions.pop() if len(divisions) == 1 else None,
        shop_type=shop_type.value if shop_type else ALL,
    )


def level_of_place(query: SeriesQuery) -> str:
    """The level of the place whose series is asked for. Raises ``InvalidInput``."""
    wrong = _position_errors(query.metric, query.position)
    level = _level(query.place)
    if level is None:
        detail = f"{query.place} is no area, state or division; a look-up's cell.location.code is one."
        wrong.append(FieldError("place", detail, "query"))
    _refuse(wrong)
    return level or ""


def _level(place: str) -> str | None:
    if place == NATION:
        return "nation"
    if place in _DIVISIONS:
        return "division"
    if place in STATES:
        return "state"
    return "area" if "-" in place and state_of_area(place) in STATES else None


def _position_errors(metric: str, position: str | None) -> list[FieldError]:
    by_position = kind_of(metric).by_position
    if by_position and position is None:
        return [FieldError("position", f"{metric} is asked position by position: send one, or all.", "query")]
    if not by_position and position is not None:
        return [FieldError("position", f"{metric} is not about a position: leave it out.", "query")]
    return []


def _refuse(wrong: list[FieldError]) -> None:
    if wrong:
        raise InvalidInput("; ".join(f"{one.pointer}: {one.detail}" for one in wrong), wrong)
