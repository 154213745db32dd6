"""What becomes of an organization when a merge patch is applied to it. Pure: no table, no clock."""

from datetime import datetime
from typing import Any

from chalicelib.geography.models import ZipPlace
from chalicelib.organizations.models import (
    AddressDraft,
    Contact,
    Organization,
    OrganizationChange,
    Status,
)
from chalicelib.organizations.rules import check_programs, located, shop_type_of
from chalicelib.organizations.trust import after_own_change

_COPIED = ("name", "website", "phone")


def new_zip(organization: Organization, change: OrganizationChange) -> str | None:
    """The ZIP code that a change moves the organization to, or None where it does not say one."""
    sent = change.address.zip if "zip" in change.address.model_fields_set else None
    return sent if sent != organization.address.zip else None


def changed(
    organization: Organization,
    change: OrganizationChange,
    *,
    place: ZipPlace | None,
    by_administrator: bool,
    now: datetime,
) -> Organization:
    """The organization after a change; the very same where it changes nothing.

    ``place`` is where ``new_zip`` is. Raises ``InvalidInput`` where the change breaks a rule.
    """
    sent = change.model_fields_set
    update: dict[str, Any] = {name: getattr(change, name) for name in _COPIED if name in sent}
    if "sectors" in sent:
        update["sectors"] = change.sectors or ()
    if "programs" in sent:
        update["programs"] = change.programs or ()
        check_programs(organization.kind, update["programs"])
    if "shop_type" in sent:
        update["shop_type"] = shop_type_of(organization.kind, change.shop_type)
    if "contact" in sent:
        update["contact"] = _contact(organization.contact, change.contact)
    if "address" in sent:
        update |= _place(organization, change, place)
    if "owner_group_id" in sent:
        update["owner_group_id"] = change.owner_group_id
    result = organization.model_copy(update=update)
    if result == organization:
        return organization
    status = result.status if by_administrator else after_own_change(organization, result)
    return result.model_copy(
        update={"status": status, "version": organization.version + 1, "updated_at": now}
    )


def decided(organization: Organization, status: Status, now: datetime) -> Organization:
    """The organization with another status; the very same where it has it already."""
    if status is organization.status:
        return organization
    return organization.model_copy(
        update={"status": status, "version": organization.version + 1, "updated_at": now}
    )


def _contact(before: Contact | None, change: Contact | None) -> Contact | None:
    if change is None:
        return None
    sent = {name: getattr(change, name) for name in change.model_fields_set}
    after = (before or Contact()).model_copy(update=sent)
    return None if after == Contact() else after


def _place(organization: Organization, change: OrganizationChange, place: ZipPlace | None) -> dict[str, Any]:
    sent = change.address.model_fields_set
    before = organization.address
    street = change.address.street if "street" in sent else before.street
    city = change.address.city if "city" in sent else before.city
    if place is None or place.zip == before.zip:
        return {"address": before.model_copy(update={"street": street, "city": city})}
    return {
        "address": located(AddressDraft(street=street, city=city, zip=place.zip), place),
        "division": place.division,
        "latitude": place.latitude,
        "longitude": place.longitude,
    }
