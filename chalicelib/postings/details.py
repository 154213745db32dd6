"""What a posting says beyond its text, by category: each category asks for what makes sense of it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.values import ONCE, WHOLE, Line, Model, Position, Usd


class Category(StrEnum):
    """What is needed or offered."""

    JOB = "job"
    INTERNSHIP = "internship"
    APPRENTICESHIP = "apprenticeship"
    JOB_SHADOW = "job_shadow"
    GUEST_SPEAKER = "guest_speaker"
    SHOP_TOUR = "shop_tour"
    CAREER_FAIR = "career_fair"
    ADVISORY_COMMITTEE = "advisory_committee"
    CURRICULUM = "curriculum"
    TRAINING = "training"
    MENTORING = "mentoring"
    SCHOLARSHIP = "scholarship"
    TOOLS = "tools"
    PARTS = "parts"
    VEHICLE = "vehicle"
    EQUIPMENT = "equipment"


class Employment(StrEnum):
    """How much of a job it is."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    SEASONAL = "seasonal"


class Goods(StrEnum):
    """The state that things are in."""

    NEW = "new"
    GOOD = "good"
    USABLE = "usable"
    FOR_TEARDOWN = "for_teardown"
    """For taking apart: nobody promises that it works."""


class Handover(StrEnum):
    """How things come to whom they are for."""

    PICKUP = "pickup"
    DELIVERY = "delivery"
    EITHER = "either"


def _sorted_dates(dates: tuple[date, ...]) -> tuple[date, ...]:
    return tuple(sorted(dates))


Count = Annotated[int, Field(strict=True, ge=1, le=10_000), WHOLE]
Weeks = Annotated[int, Field(strict=True, ge=1, le=208, examples=[10]), WHOLE]
HoursPerWeek = Annotated[int, Field(strict=True, ge=1, le=60, examples=[20]), WHOLE]
Age = Annotated[int, Field(strict=True, ge=14, le=21, examples=[16]), WHOLE]
Positions = Annotated[
    tuple[Position, ...],
    ONCE,
    Field(max_length=len(Position), examples=[["technician_b"]], json_schema_extra={"uniqueItems": True}),
]
Dates = Annotated[
    tuple[date, ...],
    ONCE,
    AfterValidator(_sorted_dates),
    Field(max_length=20, examples=[["2026-10-08"]], json_schema_extra={"uniqueItems": True}),
]


class PayRange(Model):
    """What is paid an hour, from and to."""

    from_usd: Annotated[Usd, Field(examples=["22.00"])]
    to_usd: Annotated[Usd, Field(examples=["31.50"])]

    @model_validator(mode="after")
    def _ordered(self) -> "PayRange":
        if self.from_usd > self.to_usd:
            raise PydanticCustomError(
                "pay_range", "A pay range begins at or below its end: exchange the two."
            )
        return self


class JobDetails(Model):
    """A job. The number of openings is the posting's ``seats``."""

    category: Literal[Category.JOB]
    positions: Annotated[Positions, Field(min_length=1)]
    employment: Annotated[Employment, Field(examples=["full_time"])] = Employment.FULL_TIME
    hourly_pay: PayRange | None = None


class WorkDetails(Model):
    """An internship or an apprenticeship."""

    category: Literal[Category.INTERNSHIP, Category.APPRENTICESHIP]
    hours_per_week: HoursPerWeek
    weeks: Weeks
    positions: Positions = ()
    hourly_pay: PayRange | None = None
    """Left out where it is unpaid, or not said."""
    minimum_age: Age | None = None


class ShadowDetails(Model):
    """Going along with somebody at work."""

    category: Literal[Category.JOB_SHADOW]
    hours_per_day: Annotated[int, Field(strict=True, ge=1, le=12, examples=[4]), WHOLE]
    days: Annotated[int, Field(strict=True, ge=1, le=60, examples=[2]), WHOLE] = 1
    positions: Positions = ()
    minimum_age: Age | None = None


class VisitDetails(Model):
    """A guest speaker, a tour of a shop, or a career fair: on some day, for some time, for so many."""

    category: Literal[Category.GUEST_SPEAKER, Category.SHOP_TOUR, Category.CAREER_FAIR]
    dates: Dates = ()
    """The days it may be; none where that is still to be agreed."""
    minutes: Annotated[int | None, Field(strict=True, ge=10, le=1440, examples=[90]), WHOLE] = None
    group_size: Annotated[int | None, Field(strict=True, ge=1, le=5000, examples=[25]), WHOLE] = None
    online: bool = False


class ServiceDetails(Model):
    """A seat on an advisory committee, or mentoring: time given again and again."""

    category: Literal[Category.ADVISORY_COMMITTEE, Category.MENTORING]
    meetings_per_year: Annotated[int, Field(strict=True, ge=1, le=366, examples=[2]), WHOLE]
    online: bool = False


class LearningDetails(Model):
    """A curriculum, or a training."""

    category: Literal[Category.CURRICULUM, Category.TRAINING]
    hours: Annotated[int | None, Field(strict=True, ge=1, le=5000, examples=[16]), WHOLE] = None
    certificate: Annotated[Line | None, Field(examples=["EV safety, level 1"])] = None
    """What those who finish it get."""
    online: bool = False


class ScholarshipDetails(Model):
    """Money for somebody's training. The number of scholarships is the posting's ``seats``."""

    category: Literal[Category.SCHOLARSHIP]
    amount_usd: Annotated[Usd, Field(examples=["1500.00"])]
    """Each."""


class GoodsDetails(Model):
    """Tools, parts or equipment."""

    category: Literal[Category.TOOLS, Category.PARTS, Category.EQUIPMENT]
    quantity: Annotated[Count, Field(examples=[12])]
    condition: Annotated[Goods, Field(examples=["good"])]
    """Of what is offered; of what is needed, the least that will do."""
    handover: Annotated[Handover, Field(examples=["pickup"])] = Handover.EITHER


class VehicleDetails(Model):
    """A vehicle to learn on."""

    category: Literal[Category.VEHICLE]
    quantity: Annotated[Count, Field(examples=[1])] = 1
    condition: Annotated[Goods, Field(examples=["for_teardown"])]
    make: Annotated[Line | None, Field(examples=["Subaru"])] = None
    model: Annotated[Line | None, Field(examples=["Outback"])] = None
    model_year: Annotated[int | None, Field(strict=True, ge=1900, le=2100, examples=[2015]), WHOLE] = None
    runs: bool | None = None
    handover: Annotated[Handover, Field(examples=["pickup"])] = Handover.EITHER


Details = Annotated[
    JobDetails
    | WorkDetails
    | ShadowDetails
    | VisitDetails
    | ServiceDetails
    | LearningDetails
    | ScholarshipDetails
    | GoodsDetails
    | VehicleDetails,
    Field(discriminator="category"),
]
"""What a posting says beyond its text, told apart by ``category``."""
