"""Schools from lists: theirs until somebody claims them, and never afterwards."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from chalicelib.errors import ConditionFailed, InvalidInput
from chalicelib.organizations import directory, service
from chalicelib.organizations.models import Organization, Status
from chalicelib.organizations.programs import Level, Program
from chalicelib.organizations.service import ImportedSchool
from chalicelib.organizations.store import OrganizationStore, changed_put
from chalicelib.values import Kind, Subject
from tests.unit.organizations.samples import identifier

PROGRAM = Program(subject=Subject.DIESEL, cip_code="47.0605", level=Level.POSTSECONDARY)
LISTED = ImportedSchool(
    name="Flathead Valley Community College",
    street="777 Grandview Dr",
    city="Kalispell",
    zip="59901",
    latitude=48.2277,
    longitude=-114.3268,
    phone="406-555-0199",
    website="https://college.example.org",
    programs=(PROGRAM,),
    ipeds_unit_id="180197",
)


@pytest.fixture
def school(store: OrganizationStore, clock: Callable[[], datetime]) -> Organization:
    """A school as a list brought it."""
    school = service.new_school(LISTED, identifier(1), clock())
    store.transact(service.new_school_write(school))
    return school


def again(school: Organization, record: ImportedSchool) -> Organization:
    return service.changed_school(school, record, school.updated_at + timedelta(days=1))


def test_a_school_of_a_list_is_unclaimed_and_in_the_directory(
    store: OrganizationStore, school: Organization
) -> None:
    assert (school.kind, school.status, school.version) == (Kind.SCHOOL, Status.UNCLAIMED, 1)
    assert (school.latitude, school.address.state, school.phone) == (48.2277, "MT", "+14065550199")
    assert service.get_many(store, [school.id, identifier(2)]) == {school.id: school}
    assert directory.list_by_name(store, Kind.SCHOOL, "MT", 5) == ([school], None)


def test_a_school_is_written_once(store: OrganizationStore, school: Organization) -> None:
    with pytest.raises(ConditionFailed):
        store.transact(service.new_school_write(school))


def test_the_same_record_again_changes_nothing(school: Organization) -> None:
    assert again(school, LISTED) is school


def test_what_a_list_does_not_say_stays(school: Organization) -> None:
    less = ImportedSchool(name="FVCC", city="Kalispell", zip="59901")
    after = again(school, less)
    assert after == school.model_copy(update={"name": "FVCC", "version": 2, "updated_at": after.updated_at})


def test_a_school_that_moved_is_where_it_moved_to(school: Organization) -> None:
    after = again(school, ImportedSchool(name=LISTED.name, city="Missoula", zip="59801"))
    assert (after.address.street, after.address.city, after.area) == (None, "Missoula", "598-MT")
    assert (after.latitude, after.longitude) == (46.8563, -114.0252)


def test_a_closed_school_leaves_the_lists_and_can_come_back(
    store: OrganizationStore, school: Organization
) -> None:
    closed = again(school, LISTED._replace(closed=True))
    store.transact(service.changed_school_write(closed, school.version))
    assert closed.status is Status.CLOSED
    assert directory.list_by_name(store, Kind.SCHOOL, "MT", 5) == ([], None)
    assert service.get_public(store, school.id) == closed
    reopened = again(closed, LISTED)
    store.transact(service.changed_school_write(reopened, closed.version))
    assert directory.list_by_name(store, Kind.SCHOOL, "MT", 5) == ([reopened], None)


def test_a_claimed_school_is_its_own(school: Organization) -> None:
    claimed = school.model_copy(update={"status": Status.PENDING})
    assert not service.from_lists(claimed)
    assert again(claimed, LISTED._replace(name="Another name")) is claimed


def test_a_school_that_is_claimed_or_changed_meanwhile_is_not_overwritten(
    store: OrganizationStore, school: Organization
) -> None:
    late = service.changed_school_write(again(school, LISTED._replace(name="Late")), school.version)
    claimed = school.model_copy(update={"status": Status.PENDING, "version": 2})
    store.table.write(changed_put(claimed, 1))
    with pytest.raises(ConditionFailed):
        store.transact(late)
    same_version = service.changed_school_write(again(school, LISTED._replace(name="Late")), 2)
    with pytest.raises(ConditionFailed):
        store.transact(same_version)
    assert service.get(store, school.id) == claimed


def test_a_list_brings_no_harmful_link_and_no_number_that_is_none(clock: Callable[[], datetime]) -> None:
    record = LISTED._replace(website="javascript:alert(1)", phone="see web site")
    school = service.new_school(record, identifier(1), clock())
    assert (school.website, school.phone) == (None, None)


def test_an_unknown_zip_code_is_refused(clock: Callable[[], datetime]) -> None:
    with pytest.raises(InvalidInput, match="99999"):
        service.new_school(LISTED._replace(zip="99999"), identifier(1), clock())
