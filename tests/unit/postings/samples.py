"""Postings to try rules on."""

from datetime import UTC, date, datetime
from typing import Any

from pydantic import TypeAdapter

from chalicelib.postings.details import Category, Details
from chalicelib.postings.models import Direction, Place, Posting, Stage
from chalicelib.values import Kind

NOW = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
ORGANIZATION = "00000000-0000-7000-8000-0000000000aa"

DETAILS: dict[Category, dict[str, Any]] = {
    Category.JOB: {"positions": ["technician_b"], "hourly_pay": {"from_usd": "22.00", "to_usd": "31.50"}},
    Category.INTERNSHIP: {"hours_per_week": 20, "weeks": 10},
    Category.APPRENTICESHIP: {"hours_per_week": 40, "weeks": 104, "positions": ["apprentice"]},
    Category.JOB_SHADOW: {"hours_per_day": 4, "days": 2, "minimum_age": 16},
    Category.GUEST_SPEAKER: {"minutes": 45, "online": True},
    Category.SHOP_TOUR: {"dates": ["2026-10-09", "2026-10-08"], "group_size": 25},
    Category.CAREER_FAIR: {"dates": ["2026-10-08"]},
    Category.ADVISORY_COMMITTEE: {"meetings_per_year": 2},
    Category.CURRICULUM: {"hours": 16, "certificate": "EV safety, level 1"},
    Category.TRAINING: {"hours": 40},
    Category.MENTORING: {"meetings_per_year": 12},
    Category.SCHOLARSHIP: {"amount_usd": "1500.00"},
    Category.TOOLS: {"quantity": 12, "condition": "good"},
    Category.PARTS: {"quantity": 100, "condition": "new", "handover": "delivery"},
    Category.VEHICLE: {"condition": "for_teardown", "make": "Subaru", "model_year": 2015, "runs": False},
    Category.EQUIPMENT: {"quantity": 2, "condition": "usable", "handover": "pickup"},
}


def details(category: Category = Category.EQUIPMENT) -> dict[str, Any]:
    """What is sent as the details of a category."""
    return {"category": category.value, **DETAILS[category]}


def posting(number: int = 1, **changes: Any) -> Posting:
    """A posting for two brake lathes, open since a moment ago."""
    category = changes.pop("category", Category.EQUIPMENT)
    given: dict[str, Any] = {
        "id": f"00000000-0000-7000-8000-{number:012x}",
        "organization_id": ORGANIZATION,
        "organization_kind": Kind.SCHOOL,
        "direction": Direction.NEED,
        "title": "Two brake lathes",
        "text": "Ours are old.",
        "details": TypeAdapter[Any](Details).validate_python(details(category)),
        "sectors": (),
        "subjects": (),
        "place": Place(zip="59801", city="Missoula", state="MT", latitude=46.8563, longitude=-114.0252),
        "radius_miles": 50,
        "starts_on": None,
        "ends_on": date(2026, 9, 30),
        "seats": 2,
        "link": None,
        "stage": Stage.OPEN,
        "created_at": NOW,
        "updated_at": NOW,
        "opened_at": NOW,
    }
    return Posting(**{**given, **changes})
