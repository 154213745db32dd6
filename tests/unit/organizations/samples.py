"""Organizations as they are kept."""

from datetime import UTC, datetime
from typing import Any

from chalicelib.geography.service import place_of_zip
from chalicelib.organizations.models import Organization
from chalicelib.values import Kind

NOW = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
GROUP = "01920000-0000-7000-8000-00000000000a"
OTHER_GROUP = "01920000-0000-7000-8000-00000000000b"


def identifier(number: int) -> str:
    """An id; a greater number is a later one."""
    return f"01920000-0000-7000-8000-{number:012x}"


def organization(number: int = 1, zip_code: str = "59801", **changes: Any) -> Organization:
    """A pending shop in Missoula; what is given is different."""
    place = place_of_zip(zip_code)
    kind = changes.get("kind", Kind.SHOP)
    address = {
        "street": "100 Main St",
        "city": place.city,
        "state": place.state,
        "zip": place.zip,
        "county": place.county,
        **changes.pop("address", {}),
    }
    return Organization.model_validate(
        {
            "id": identifier(number),
            "kind": kind,
            "name": "Cedar Auto Repair",
            "status": "pending",
            "shop_type": {Kind.SHOP: "independent", Kind.DEALERSHIP: "dealership"}.get(kind),
            "sectors": ["automotive"],
            "address": address,
            "division": place.division,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "version": 1,
            "created_at": NOW,
            "updated_at": NOW,
            **changes,
        }
    )
