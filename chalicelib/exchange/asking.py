"""What can be asked of the Exchange, and the questions that follow from it."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from chalicelib.errors import FieldError, InvalidInput
from chalicelib.exchange.lookup import Question
from chalicelib.exchange.metric_kinds import KINDS, kind_of
from chalicelib.exchange.models import ALL, NATION, state_of_area
from chalicelib.geography.service import STATES, Division, place_of_zip
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
AreaCode = Annotated[str, Field(pattern=r"^[0-9]{3,5}-[A-Z]{2}$", examples=["598-MT"])]


class LookupQuery(Model):
    """Which figure is asked for."""

    metric: Metric
    """What is asked for; GET /v1/exchange/metrics lists the metrics with their units."""
    position: AskedPosition | None = None
    """The job, or ``all`` for an index of all jobs together: needed for metrics of pay, refused for others."""
    zip: Annotated[str | None, Field(pattern=r"^[0-9]{5}(-[0-9]{4})?$", examples=["59801"])] = None
    """A ZIP code: its area is asked about first. Send one of ``zip``, ``area`` and ``state``."""
    area: AreaCode | None = None
    """The code of an area, such as a part of a metro or of a three-digit ZIP area in one state."""
    state: Annotated[str | None, Field(pattern=r"^[A-Z]{2}$", examples=["MT"])] = None
    """Postal code of a state."""
    shop_type: ShopType | None = None
    """Leave it out to ask about all shop types together."""


class SeriesQuery(Model):
    """Which cell's history is asked for."""

    metric: Metric
    """What is asked for; GET /v1/exchange/metrics lists the metrics with their units."""
    position: AskedPosition | None = None
    """The job, or ``all``: needed for metrics of pay, refused for others."""
    place: Annotated[str, Field(pattern=r"^([0-9]{3,5}-)?[A-Z]{2}$|^[a-z_]{3,30}$", examples=["MT"])]
    """Exactly this place: an area's code, a state's postal code, a Census division such as ``mountain``, or ``US``.

    A look-up's answer has it in ``cell.location.code``.
    """
    shop_type: ShopType | None = None
    """Exactly this shop type; leave it out for the cell of all shop types together."""


def question_of(query: LookupQuery) -> Question:
    """The question that a query asks. Raises ``InvalidInput`` that tells everything wrong with it at once."""
    wrong = _position_errors(query.metric, query.position)
    places = {name: code for name in ("zip", "area", "state") if (code := getattr(query, name)) is not None}
    if len(places) != 1:
        wrong.append(FieldError("state", "Send exactly one of zip, area and state.", "query"))
    for name, code in places.items():
        if name != "zip" and (state := state_of_area(code)) not in STATES:
            wrong.append(FieldError(name, f"{state} is no state; send its two-letter postal code.", "query"))
    _refuse(wrong)
    if query.zip is not None:
        place = place_of_zip(query.zip)
        area: str | None = place.area
        state = place.state
    else:
        area, state = query.area, state_of_area(query.area or query.state or "")
    return question_about(query.metric, query.position or ALL, area, state, query.shop_type)


def question_about(
    metric: str, position: str, area: str | None, state: str, shop_type: ShopType | None
) -> Question:
    """The question about an area, or about a state where ``area`` is None; the state is one of the vocabulary."""
    return Question(
        metric=metric,
        position=position,
        area=area,
        state=state,
        division=STATES[state].division.value,
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
