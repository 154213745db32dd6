"""Use cases of needs: a shop states its openings, and everybody reads the demand."""

from chalicelib.clock import Clock, utc_now
from chalicelib.errors import ConditionFailed, Conflict, FieldError, InvalidInput, NotFound
from chalicelib.geography import service as geography
from chalicelib.needs.demand import DemandCell, DemandDocument, Pointer
from chalicelib.needs.models import Opening, OpeningDraft, counts_until, subject_of
from chalicelib.needs.store import DemandStore, OpeningStore, opening_put
from chalicelib.organizations import service as organizations
from chalicelib.organizations.models import CONTRIBUTING
from chalicelib.organizations.service import OrganizationStore
from chalicelib.values import Position, Subject

__all__ = ["DemandStore", "OpeningStore", "demand", "openings", "openings_in", "state_openings", "take_back"]


def state_openings(
    store: OpeningStore,
    directory: OrganizationStore,
    organization_id: str,
    position: Position,
    draft: OpeningDraft,
    *,
    clock: Clock = utc_now,
) -> Opening:
    """A shop says how many people it wants in a position, in place of what it said before.

    Raises ``Conflict`` where it is no shop or dealership, ``InvalidInput``, and ``NotFound``.
    """
    organization = organizations.get(directory, organization_id)
    if organization.kind not in CONTRIBUTING:
        raise Conflict(
            f"Openings are stated by shops and dealerships, and this is a {organization.kind.value}."
        )
    now = clock()
    opening = Opening(
        organization_id=organization_id,
        position=position,
        openings=draft.openings,
        skills=draft.skills,
        subject=draft.subject or subject_of(position, organization.shop_type, organization.sectors),
        needed_by=draft.needed_by,
        counts_until=counts_until(draft.needed_by, now),
        stated_at=now,
    )
    try:
        store.transact(opening_put(opening), organizations.open_check(organization_id))
    except ConditionFailed as error:
        raise NotFound("There is no organization with this id.") from error
    return opening


def openings(store: OpeningStore, organization_id: str) -> list[Opening]:
    """All of a shop's openings."""
    return store.of_organization(organization_id)


def openings_in(store: OpeningStore, organization_id: str, position: Position) -> Opening:
    """A shop's openings in a position. Raises ``NotFound``."""
    return store.get(organization_id, position)


def take_back(store: OpeningStore, organization_id: str, position: Position) -> None:
    """Takes a shop's openings in a position back; again does no harm."""
    store.delete(organization_id, position)


def demand(
    store: DemandStore,
    subject: Subject,
    areas: geography.Areas,
    *,
    zip_code: str | None,
    state: str | None,
) -> tuple[Pointer, DemandDocument, tuple[DemandCell, ...]]:
    """What is published of a subject around a ZIP code or in a state: two reads.

    Gives the release, the state's document, and the cells that the place is in, the nearest first. Raises
    ``InvalidInput`` where no place or two are named, ``NotFound`` where nothing is published that covers it.
    """
    area, state = _where(areas, zip_code, state)
    pointer = store.latest()
    document = store.find(pointer.release, state, subject) if pointer is not None else None
    covering = document.covering(area) if document is not None else ()
    if pointer is None or document is None or not (covering or (area is None and document.areas)):
        raise NotFound(
            "Nothing is published of this subject there, in the state, in its part of the country or in the nation: "
            "fewer than five owner groups have stated openings."
        )
    return pointer, document, covering


def _where(areas: geography.Areas, zip_code: str | None, state: str | None) -> tuple[str | None, str]:
    """The area, where a ZIP code is asked about, and the state."""
    if zip_code is not None and state is None:
        place = geography.place_of_zip(zip_code, pointer="zip", source="query")
        return areas.of(place), place.state
    if state is not None and zip_code is None:
        return None, geography.state_asked(state).code
    detail = "Say where: a ZIP code as zip, or a state as state, and not both."
    raise InvalidInput(detail, [FieldError("zip", detail, "query")])
