"""The rules of organizations: what goes with which kind, and which status follows from what is decided."""

from collections.abc import Iterator

from chalicelib.errors import Conflict, FieldError, InvalidInput
from chalicelib.geography.models import ZipPlace
from chalicelib.organizations.models import Address, AddressDraft, Organization, Status
from chalicelib.organizations.programs import SUBJECT_OF_CIP, Program
from chalicelib.values import Kind, ShopType


def shop_type_of(kind: Kind, shop_type: ShopType | None) -> ShopType | None:
    """The shop type that follows from a kind and what is sent. Raises ``InvalidInput`` where it is wrong."""
    if kind is Kind.DEALERSHIP:
        if shop_type not in (None, ShopType.DEALERSHIP):
            raise _invalid("/shop_type", "A dealership's shop type is dealership; leave it out.")
        return ShopType.DEALERSHIP
    if kind is Kind.SHOP:
        if shop_type is None:
            choices = ", ".join(one.value for one in ShopType if one is not ShopType.DEALERSHIP)
            raise _invalid("/shop_type", f"A shop needs its shop type: one of {choices}.")
        if shop_type is ShopType.DEALERSHIP:
            raise _invalid(
                "/shop_type", "A shop of the type dealership is registered with the kind dealership."
            )
        return shop_type
    if shop_type is not None:
        raise _invalid("/shop_type", f"A {kind.value} has no shop type; leave it out.")
    return None


def check_programs(kind: Kind, programs: tuple[Program, ...]) -> None:
    """Raises ``InvalidInput`` where a kind has no programs, and where a CIP code does not fit its subject."""
    if programs and kind is not Kind.SCHOOL:
        raise _invalid("/programs", f"Only schools have programs; leave them out for a {kind.value}.")
    problems = list(_misfits(programs))
    if problems:
        raise InvalidInput("; ".join(f"{one.pointer}: {one.detail}" for one in problems), problems)


def _misfits(programs: tuple[Program, ...]) -> Iterator[FieldError]:
    for position, program in enumerate(programs):
        fitting = SUBJECT_OF_CIP.get(program.cip_code or "")
        if fitting is not None and program.subject is not fitting:
            yield FieldError(
                f"/programs/{position}/cip_code",
                f"{program.cip_code} is {fitting.value}, the subject {program.subject.value}. Correct one.",
            )


def located(draft: AddressDraft, place: ZipPlace) -> Address:
    """An address with what follows from its ZIP code."""
    return Address(
        street=draft.street, city=draft.city, state=place.state, zip=place.zip, county=place.county
    )


def after_verification(organization: Organization, decision: Status) -> Status:
    """The status that a decision gives. Raises ``Conflict`` where there is nothing to decide."""
    if organization.status in (Status.UNCLAIMED, Status.CLOSED):
        raise Conflict(
            f"This organization is {organization.status.value}: it comes from a list, nobody speaks for it, so "
            "there is nobody to verify."
        )
    return decision


def _invalid(pointer: str, detail: str) -> InvalidInput:
    return InvalidInput(f"{pointer}: {detail}", [FieldError(pointer, detail)])
