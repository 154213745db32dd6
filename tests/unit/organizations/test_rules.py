"""The rules of organizations: what goes with what, who becomes what, what a patch does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.errors import Conflict, InvalidInput
from chalicelib.geography.service import Areas, place_of_zip
from chalicelib.organizations.changes import changed, decided, new_zip
from chalicelib.organizations.models import (
    Organization,
    OrganizationChange,
    OrganizationDraft,
    SearchClass,
    Status,
)
from chalicelib.organizations.programs import Level, Program, subject_of_cip
from chalicelib.organizations.rules import (
    after_verification,
    check_programs,
    shop_type_of,
)
from chalicelib.organizations.trust import same_name
from chalicelib.organizations.views import participant_view, public_view
from chalicelib.values import Kind, Model, ShopType, Subject
from tests import factories
from tests.unit.organizations.samples import GROUP, NOW, OTHER_GROUP, organization

LATER = NOW + timedelta(days=1)


def patched(before: Organization, patch: dict[str, Any], *, by_administrator: bool = False) -> Organization:
    change = OrganizationChange.model_validate(patch)
    zip_code = new_zip(before, change)
    place = place_of_zip(zip_code) if zip_code else None
    return changed(before, change, place=place, by_administrator=by_administrator, now=LATER)


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        (Kind.SHOP, ShopType.COLLISION, ShopType.COLLISION),
        (Kind.DEALERSHIP, None, ShopType.DEALERSHIP),
        (Kind.DEALERSHIP, ShopType.DEALERSHIP, ShopType.DEALERSHIP),
        (Kind.SCHOOL, None, None),
        (Kind.SPONSOR, None, None),
    ],
)
def test_the_kind_decides_about_the_shop_type(
    kind: Kind, sent: ShopType | None, kept: ShopType | None
) -> None:
    assert shop_type_of(kind, sent) is kept


@pytest.mark.parametrize(
    ("kind", "sent", "words"),
    [
        (Kind.SHOP, None, "one of independent, chain"),
        (Kind.SHOP, ShopType.DEALERSHIP, "kind dealership"),
        (Kind.DEALERSHIP, ShopType.TIRE, "leave it out"),
        (Kind.SCHOOL, ShopType.TIRE, "school has no shop type"),
        (Kind.SPONSOR, ShopType.TIRE, "sponsor has no shop type"),
    ],
)
def test_a_shop_type_that_does_not_go_with_the_kind_is_refused(
    kind: Kind, sent: ShopType | None, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        shop_type_of(kind, sent)
    assert [field.pointer for field in refused.value.fields] == ["/shop_type"]


PROGRAM = Program(subject=Subject.AUTOMOTIVE, cip_code="47.0604", level=Level.SECONDARY)


def test_only_schools_have_programs() -> None:
    check_programs(Kind.SCHOOL, (PROGRAM,))
    check_programs(Kind.SHOP, ())
    with pytest.raises(InvalidInput, match="Only schools") as refused:
        check_programs(Kind.SHOP, (PROGRAM,))
    assert [field.pointer for field in refused.value.fields] == ["/programs"]


def test_a_cip_code_fits_its_subject() -> None:
    wrong = PROGRAM.model_copy(update={"subject": Subject.DIESEL})
    with pytest.raises(InvalidInput, match="automotive") as refused:
        check_programs(Kind.SCHOOL, (PROGRAM, wrong, wrong))
    assert [field.pointer for field in refused.value.fields] == [
        "/programs/1/cip_code",
        "/programs/2/cip_code",
    ]


@pytest.mark.parametrize(
    ("code", "subject"),
    [
        ("47.0603", Subject.COLLISION),
        ("47.0613", Subject.MEDIUM_HEAVY_TRUCK),
        ("47.0600", Subject.OTHER),
        ("12.0401", None),
    ],
)
def test_a_cip_code_names_a_subject(code: str, subject: Subject | None) -> None:
    assert subject_of_cip(code) is subject


@pytest.mark.parametrize(
    ("kind", "status", "by_administrator", "after"),
    [
        (Kind.SHOP, Status.VERIFIED, False, Status.PENDING),
        (Kind.DEALERSHIP, Status.VERIFIED, False, Status.PENDING),
        (Kind.SHOP, Status.VERIFIED, True, Status.VERIFIED),
        (Kind.SCHOOL, Status.VERIFIED, False, Status.VERIFIED),
        (Kind.SHOP, Status.SUSPENDED, False, Status.SUSPENDED),
        (Kind.SHOP, Status.PENDING, False, Status.PENDING),
    ],
)
def test_a_contributor_with_another_owner_is_verified_anew(
    kind: Kind, status: Status, by_administrator: bool, after: Status
) -> None:
    before = organization(kind=kind, status=status)
    moved = patched(before, {"owner_group_id": GROUP}, by_administrator=by_administrator)
    assert (moved.owner_group_id, moved.status) == (GROUP, after)


def test_leaving_an_owner_group_is_a_change_of_it_and_naming_the_same_is_none() -> None:
    verified = organization(status=Status.VERIFIED, owner_group_id=GROUP)
    assert patched(verified, {"owner_group_id": None}).status is Status.PENDING
    assert patched(verified, {"owner_group_id": OTHER_GROUP}).status is Status.PENDING
    assert patched(verified, {"owner_group_id": GROUP}) is verified


@pytest.mark.parametrize(
    ("kind", "status", "by_administrator", "after"),
    [
        (Kind.SHOP, Status.VERIFIED, False, Status.PENDING),
        (Kind.SCHOOL, Status.VERIFIED, False, Status.PENDING),
        (Kind.SPONSOR, Status.VERIFIED, False, Status.PENDING),
        (Kind.SCHOOL, Status.VERIFIED, True, Status.VERIFIED),
        (Kind.SHOP, Status.SUSPENDED, False, Status.SUSPENDED),
        (Kind.SHOP, Status.PENDING, False, Status.PENDING),
    ],
)
def test_what_calls_itself_otherwise_is_verified_anew(
    kind: Kind, status: Status, by_administrator: bool, after: Status
) -> None:
    before = organization(kind=kind, status=status)
    renamed = patched(before, {"name": "Bitterroot College"}, by_administrator=by_administrator)
    assert (renamed.name, renamed.status) == ("Bitterroot College", after)


@pytest.mark.parametrize("patch", [{"name": "CEDAR AUTO-REPAIR"}, {"phone": "406-555-0124"}])
def test_another_spelling_or_detail_leaves_it_verified(patch: dict[str, Any]) -> None:
    assert patched(organization(status=Status.VERIFIED), patch).status is Status.VERIFIED


def test_names_are_one_but_for_case_and_signs() -> None:
    assert same_name("Joe's Auto & Tire", "JOES AUTO TIRE")
    assert same_name("Straße", "STRASSE")
    assert not same_name("Joe's Auto", "Joes Auto 2")


@pytest.mark.parametrize("status", [Status.UNCLAIMED, Status.CLOSED])
def test_nobody_can_be_verified_where_nobody_speaks(status: Status) -> None:
    with pytest.raises(Conflict, match=status.value):
        after_verification(organization(kind=Kind.SCHOOL, status=status), Status.VERIFIED)


def test_a_decision_is_a_new_version_unless_it_was_made_before() -> None:
    pending = organization()
    verified = decided(pending, Status.VERIFIED, LATER)
    assert (verified.status, verified.version, verified.updated_at) == (Status.VERIFIED, 2, LATER)
    assert decided(verified, Status.VERIFIED, LATER) is verified


def test_a_patch_changes_what_it_names_and_nothing_else() -> None:
    before = organization(website="https://old.example.org", phone="+14065550123")
    after = patched(before, {"name": "Cedar Auto & Diesel", "website": None})
    assert after == before.model_copy(
        update={"name": "Cedar Auto & Diesel", "website": None, "version": 2, "updated_at": LATER}
    )


@pytest.mark.parametrize(
    "patch",
    [
        {},
        {"name": "Cedar Auto Repair"},
        {"address": {}},
        {"address": {"zip": "59801"}},
        {"website": None},
        {"contact": {}},
    ],
)
def test_a_patch_that_changes_nothing_is_no_new_version(patch: dict[str, Any]) -> None:
    before = organization()
    assert patched(before, patch) is before


def test_another_zip_code_moves_all_that_follows_from_it() -> None:
    before = organization()
    after = patched(before, {"address": {"zip": "83702-1111", "city": "Boise"}})
    assert after.address.model_dump() == {
        "street": "100 Main St",
        "city": "Boise",
        "state": "ID",
        "zip": "83702",
        "county": "Ada County",
    }
    assert (after.address.zip, after.division.value) == ("83702", "mountain")
    assert (after.latitude, after.longitude) != (before.latitude, before.longitude)


def test_a_street_can_be_taken_away_and_a_city_cannot() -> None:
    assert patched(organization(), {"address": {"street": None}}).address.street is None
    with pytest.raises(ValidationError):
        OrganizationChange.model_validate({"address": {"city": None}})


def test_contacts_are_merged_and_an_empty_one_is_none() -> None:
    before = organization(contact={"name": "Desk", "email": "desk@connects.example"})
    one = patched(before, {"contact": {"phone": "406-555-0123", "name": None}})
    assert one.contact is not None
    assert one.contact.model_dump() == {
        "name": None,
        "email": "desk@connects.example",
        "phone": "+14065550123",
    }
    assert patched(one, {"contact": {"phone": None, "email": None}}).contact is None
    assert patched(one, {"contact": None}).contact is None


def test_the_kind_never_changes() -> None:
    with pytest.raises(ValidationError, match="kind"):
        OrganizationChange.model_validate({"kind": "school"})


@pytest.mark.parametrize("field", ["name", "address"])
def test_what_must_be_there_cannot_be_taken_away(field: str) -> None:
    with pytest.raises(ValidationError):
        OrganizationChange.model_validate({field: None})


@pytest.mark.parametrize(
    "field",
    ["id", "status", "version", "created_at", "area", "division", "latitude", "ipeds_unit_id", "verified"],
)
def test_nobody_sets_what_is_not_theirs_to_set(field: str) -> None:
    for model, body in ((OrganizationDraft, factories.shop()), (OrganizationChange, {})):
        with pytest.raises(ValidationError, match=field):
            model.model_validate({**body, field: "verified"})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("website", "javascript:alert(1)"),
        ("website", "cedar.example.org"),
        ("website", 'https://cedar.example.org/"><script>'),
        ("website", "https://user:secret@cedar.example.org"),
        ("phone", "555-0123"),
        ("phone", "406-555-01234"),
        ("phone", "106-555-0123"),
        ("phone", "call me"),
        ("contact", {"email": "desk@connects"}),
        ("contact", {"email": "a b@connects.example"}),
        ("contact", {"fax": "1"}),
        ("sectors", ["automotive", "automotive"]),
        ("sectors", ["cars"]),
        ("name", ""),
        ("name", "   "),
        ("name", "two\nlines"),
        ("name", "nul\x00"),
        ("name", "x" * 201),
        ("name", 5),
        ("owner_group_id", "mine"),
        ("kind", "garage"),
        ("address", {"city": "Missoula"}),
        ("programs", [{"subject": "automotive", "level": "secondary", "cip_code": "4706"}]),
        ("programs", [{"subject": "automotive", "level": "secondary", "enrolment": -1}]),
        ("programs", [{"subject": "automotive", "level": "secondary", "accreditation": "GOLD"}]),
    ],
)
def test_a_draft_with_a_wrong_value_is_refused_at_its_place(field: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        OrganizationDraft.model_validate(factories.shop(**{field: value}))
    assert {error["loc"][0] for error in refused.value.errors()} == {field}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("(406) 555-0123", "+14065550123"),
        ("1-406-555-0123", "+14065550123"),
        ("+1 406 555 0123", "+14065550123"),
        ("406.555.0123 ext. 45", "+14065550123x45"),
        ("+52 55 1234 5678", "+525512345678"),
    ],
)
def test_telephone_numbers_have_one_form(sent: str, kept: str) -> None:
    assert OrganizationDraft.model_validate(factories.shop(phone=sent)).phone == kept


def test_a_kept_telephone_number_is_taken_as_it_is_shown() -> None:
    for shown in ("+14065550123", "+14065550123x45", "+525512345678"):
        assert OrganizationDraft.model_validate(factories.shop(phone=shown)).phone == shown


@pytest.mark.parametrize(
    ("kind", "programs", "search_class"),
    [
        (Kind.SHOP, (), SearchClass.SHOP),
        (Kind.DEALERSHIP, (), SearchClass.DEALERSHIP),
        (Kind.SPONSOR, (), SearchClass.SPONSOR),
        (Kind.SCHOOL, (), SearchClass.SCHOOL),
        (Kind.SCHOOL, (PROGRAM,), SearchClass.SCHOOL_PROGRAMS),
    ],
)
def test_schools_that_teach_are_found_apart(
    kind: Kind, programs: tuple[Program, ...], search_class: SearchClass
) -> None:
    assert organization(kind=kind, programs=programs).search_class is search_class


def test_the_public_sees_no_contact_details() -> None:
    one = organization(phone="+14065550123", contact={"email": "desk@connects.example"}, owner_group_id=GROUP)
    shown = public_view(one, Areas()).model_dump_json()
    for hidden in ("4065550123", "desk@", GROUP, "contact", "phone", "owner_group"):
        assert hidden not in shown


def test_the_owner_group_is_for_members_only() -> None:
    one = organization(owner_group_id=GROUP)
    assert participant_view(one, Areas(), own=True).owner_group_id == GROUP
    assert participant_view(one, Areas(), own=False).owner_group_id is None


def test_an_entity_survives_its_document() -> None:
    for one in (
        organization(),
        organization(kind=Kind.SCHOOL, programs=(PROGRAM,), address={"street": None, "county": None}),
        organization(contact={"name": "Desk"}, updated_at=datetime(2026, 1, 2, tzinfo=UTC)),
    ):
        assert Organization.model_validate_json(one.model_dump_json(exclude_none=True)) == one


@pytest.mark.parametrize("model", [OrganizationDraft, OrganizationChange])
def test_the_examples_in_the_document_are_valid(model: type[Model]) -> None:
    examples = model.model_json_schema()["examples"]
    assert examples
    for example in examples:
        model.model_validate(example)
