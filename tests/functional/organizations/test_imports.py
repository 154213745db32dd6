"""Schools from lists: what lists may say, field by field, and what people and newer lists keep."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.errors import ConditionFailed, InvalidInput
from chalicelib.organizations import directory, service
from chalicelib.organizations.imports import new_school
from chalicelib.organizations.models import Organization, Status
from chalicelib.organizations.programs import Accreditation, Level, Program
from chalicelib.organizations.service import ImportedSchool, Telling
from chalicelib.organizations.store import OrganizationStore, changed_put, new_put
from chalicelib.values import Kind, Sector, Subject
from tests.unit.organizations.samples import identifier

DIESEL = Program(subject=Subject.DIESEL, cip_code="47.0605", level=Level.POSTSECONDARY)
AUTO = Program(subject=Subject.AUTOMOTIVE, cip_code="47.0604", level=Level.POSTSECONDARY)
LISTED = ImportedSchool(
    name="Flathead Valley Community College",
    street="777 Grandview Dr",
    city="Kalispell",
    zip="59901",
    latitude=48.2277,
    longitude=-114.3268,
    phone="406-555-0199",
    website="https://college.example.org",
    programs=(DIESEL,),
    ipeds_unit_id="180197",
)
FIRST = Telling("ipeds_hd", "2024-01-01", identifier(91))
OLDER = Telling("state", "2023-01-01", identifier(92))
NEWER = Telling("dapip", "2025-01-01", identifier(93))


@pytest.fixture
def school(store: OrganizationStore, clock: Callable[[], datetime]) -> Organization:
    """A school as a list brought it."""
    school = new_school(LISTED, identifier(1), FIRST, clock())
    store.transact(new_put(school))
    return school


def again(
    school: Organization, record: ImportedSchool, telling: Telling = FIRST, **confirmed: str
) -> Organization:
    later = school.updated_at + timedelta(days=1)
    return service.changed_school(school, record, telling, later, confirmed).organization


def withheld(school: Organization, record: ImportedSchool, telling: Telling) -> bool:
    return service.changed_school(school, record, telling, school.updated_at, {}).withheld


def by_people(school: Organization, **changes: Any) -> Organization:
    return school.model_copy(update={"version": school.version + 1, **changes})


def test_a_school_of_a_list_is_unclaimed_and_in_the_directory(
    store: OrganizationStore, school: Organization
) -> None:
    assert (school.kind, school.status, school.version) == (Kind.SCHOOL, Status.UNCLAIMED, 1)
    assert (school.latitude, school.address.state, school.phone) == (48.2277, "MT", "+14065550199")
    assert school.sectors == (Sector.DIESEL,)
    assert service.get_many(store, [school.id, identifier(2)]) == {school.id: school}
    assert directory.list_by_name(store, Kind.SCHOOL, "MT", 5) == ([school], None)


def test_a_school_is_found_around_its_zip_code(store: OrganizationStore, school: Organization) -> None:
    (line,) = service.schools_around(store, "59912")
    assert line == service.school_line_of(school)
    assert (line.id, line.name, line.ipeds_unit_id, line.levels) == (
        school.id,
        school.name,
        "180197",
        "postsecondary",
    )
    assert service.schools_around(store, "59801") == []
    store.mark_closing(school.id, 1)
    assert service.schools_around(store, "59901") == []


def test_a_school_is_written_once(store: OrganizationStore, school: Organization) -> None:
    with pytest.raises(ConditionFailed):
        store.transact(new_put(school))


def test_the_same_record_again_changes_nothing(school: Organization) -> None:
    assert again(school, LISTED) is school
    for record, telling in (
        (LISTED, NEWER._replace(source="ipeds_hd")),
        (LISTED._replace(programs=()), OLDER),
    ):
        after = service.changed_school(school, record, telling, school.updated_at, {})
        assert not after.told
        assert service.same_school(after.organization, school)
        noted = again(after.organization, record, telling)
        assert noted is after.organization


def test_what_a_list_does_not_say_stays(school: Organization) -> None:
    after = again(school, ImportedSchool(name="FVCC", city="Kalispell", zip="59901"))
    assert (after.name, after.version) == ("FVCC", 2)
    kept = ("address", "phone", "website", "programs", "latitude", "ipeds_unit_id", "status")
    assert all(getattr(after, name) == getattr(school, name) for name in kept)


def test_a_school_that_moved_is_where_it_moved_to(school: Organization) -> None:
    after = again(school, ImportedSchool(name=LISTED.name, city="Missoula", zip="59801"))
    assert (after.address.street, after.address.city, after.address.county) == (
        None,
        "Missoula",
        "Missoula County",
    )
    assert (after.latitude, after.longitude) == (46.8563, -114.0252)
    exact = again(after, LISTED._replace(city="Missoula", zip="59801", latitude=46.9, longitude=-114.1))
    assert (exact.latitude, exact.address.street) == (46.9, "777 Grandview Dr")


def test_an_older_list_says_what_is_not_known_and_nothing_else(school: Organization) -> None:
    older = ImportedSchool(
        name="Old Name", city="Kalispell", zip="59901", phone="406-555-0100", ope_id="00977700"
    )
    after = again(school, older, OLDER)
    assert (after.name, after.phone, after.ope_id) == (school.name, school.phone, "00977700")
    assert withheld(after, older, OLDER)
    newer = again(after, older, NEWER)
    assert (newer.name, newer.phone) == ("Old Name", "+14065550100")


def test_what_a_whole_list_confirmed_is_as_new_as_that_list(school: Organization) -> None:
    between = Telling("state", "2024-06-01", identifier(94))
    renamed = ImportedSchool(name="Renamed", city="Kalispell", zip="59901")
    assert again(school, renamed, between).name == "Renamed"
    assert again(school, renamed, between, ipeds_hd="2025-01-01").name == school.name


def test_a_closed_school_leaves_the_lists_and_can_come_back(
    store: OrganizationStore, school: Organization
) -> None:
    closed = again(school, LISTED._replace(closed=True))
    store.transact(service.changed_school_write(closed, school.version))
    assert closed.status is Status.CLOSED
    assert directory.list_by_name(store, Kind.SCHOOL, "MT", 5) == ([], None)
    assert service.get_public(store, school.id) == closed
    assert again(closed, LISTED) is closed
    assert again(closed, LISTED._replace(closed=False, programs=()), OLDER).status is Status.CLOSED
    reopened = again(closed, LISTED._replace(closed=False))
    store.transact(service.changed_school_write(reopened, closed.version))
    assert directory.list_by_name(store, Kind.SCHOOL, "MT", 5) == ([reopened], None)


@pytest.mark.parametrize("status", [Status.PENDING, Status.VERIFIED, Status.UNCLAIMED])
def test_what_people_changed_wins_always(school: Organization, status: Status) -> None:
    own = by_people(school, status=status, name="Our own name", website=None)
    after = again(
        own, LISTED._replace(name="X", website="https://x.example.org", phone="406-555-0111"), NEWER
    )
    assert (after.name, after.website, after.status) == ("Our own name", None, status)
    assert after.phone == "+14065550111"
    closed = again(own, LISTED._replace(closed=True), NEWER)
    assert (closed.status is Status.CLOSED) is (status is Status.UNCLAIMED)


def test_what_people_entered_themselves_wins_too(school: Organization) -> None:
    registered = by_people(school, status=Status.VERIFIED, provenance=None, phone=None)
    after = again(registered, LISTED._replace(name="X", phone="406-555-0111"), NEWER)
    assert (after.name, after.phone) == (school.name, "+14065550111")


def test_a_suspended_school_stays_as_it_is(school: Organization) -> None:
    suspended = by_people(school, status=Status.SUSPENDED)
    assert again(suspended, LISTED._replace(name="X"), NEWER) is suspended


def test_programs_of_several_lists_come_together(school: Organization) -> None:
    accredited = AUTO.model_copy(update={"accreditation": Accreditation.MAST})
    both = again(school, ImportedSchool(programs=(accredited,), ipeds_unit_id="180197"), OLDER)
    assert both.programs == (DIESEL, accredited)
    assert both.sectors == (Sector.DIESEL, Sector.AUTOMOTIVE)
    # What a list named and names no more goes, what another one names stays.
    less = again(both, LISTED._replace(programs=(AUTO,)), NEWER._replace(source="ipeds_hd"))
    assert less.programs == (accredited,)
    own = by_people(less, programs=(DIESEL,))
    assert again(own, LISTED._replace(programs=(AUTO,)), NEWER) == own or own.programs == (DIESEL,)
    assert again(own, LISTED._replace(programs=(AUTO,)), NEWER).programs == (DIESEL,)


def test_absence_is_marked_and_cleared(school: Organization) -> None:
    at = school.updated_at
    marked = service.absent_school(school, NEWER, at)
    assert service.read_provenance(marked.provenance).absent == {"dapip": NEWER}
    assert service.absent_school(marked, NEWER, at) is marked
    assert (marked.status, marked.name) == (school.status, school.name)
    assert service.read_provenance(again(marked, LISTED, NEWER).provenance).absent == {}
    assert service.read_provenance(again(marked, LISTED, FIRST._replace(source="x")).provenance).absent
    assert service.read_provenance(service.present_school(marked, "dapip", at).provenance).absent == {}
    assert service.present_school(school, "dapip", at) is school


def test_an_import_is_taken_back_as_far_as_nobody_built_on_it(school: Organization) -> None:
    at = school.updated_at
    changed = again(
        school,
        LISTED._replace(name="New name", street="1 New St", phone="406-555-0111", programs=(AUTO,)),
        NEWER,
    )
    gone = service.TakenBack(NEWER.import_id, NEWER.source)
    back = service.without_import(changed, school, gone, at)
    assert back is not None
    assert back.model_dump(exclude={"version", "updated_at"}) == school.model_dump(
        exclude={"version", "updated_at"}
    )
    assert service.without_import(back, school, gone, at) is back
    built = by_people(changed, name="Our own name")
    third = again(built, ImportedSchool(phone="406-555-0122"), Telling("x", "2026-01-01", identifier(95)))
    part = service.without_import(third, school, gone, at)
    assert part is not None
    assert (part.name, part.phone, part.address.street) == (
        "Our own name",
        "+14065550122",
        "777 Grandview Dr",
    )
    assert part.programs == (DIESEL,)


def test_a_school_of_one_import_alone_is_known_as_such(school: Organization) -> None:
    def stays(school: Organization, telling: Telling = FIRST) -> bool:
        gone = service.TakenBack(telling.import_id, telling.source)
        return service.without_import(school, None, gone, school.updated_at) is not None

    assert not stays(school)
    assert stays(school, NEWER)
    assert stays(by_people(school, name="Ours"))
    assert stays(by_people(school, status=Status.PENDING))
    assert stays(by_people(school, status=Status.SUSPENDED))
    assert stays(again(school, LISTED._replace(name="X"), NEWER))
    assert stays(again(school, LISTED, NEWER))
    assert stays(again(school, LISTED, OLDER))


def test_a_school_that_is_changed_or_claimed_meanwhile_is_not_overwritten(
    store: OrganizationStore, school: Organization
) -> None:
    late = service.changed_school_write(again(school, LISTED._replace(name="Late")), school.version)
    claimed = school.model_copy(update={"status": Status.PENDING, "version": 2})
    store.table.write(changed_put(claimed, 1))
    with pytest.raises(ConditionFailed):
        store.transact(late)
    for stale in (school, claimed):
        with pytest.raises(ConditionFailed):
            store.transact(service.removed_school_write(stale))
    assert service.get(store, school.id) == claimed


def test_a_list_brings_no_harmful_link_and_no_number_that_is_none(clock: Callable[[], datetime]) -> None:
    record = LISTED._replace(website="javascript:alert(1)", phone="see web site")
    school = new_school(record, identifier(1), FIRST, clock())
    assert (school.website, school.phone) == (None, None)


def test_an_unknown_zip_code_is_refused(clock: Callable[[], datetime]) -> None:
    with pytest.raises(InvalidInput, match="99999"):
        new_school(LISTED._replace(zip="99999"), identifier(1), FIRST, clock())
