"""What a posting is at a moment, what may become of it, and what its category asks for."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chalicelib.errors import Conflict, InvalidInput, MoveNotAllowed
from chalicelib.postings.details import Category, Details
from chalicelib.postings.drafts import PostingChange, PostingDraft, changed, drafted
from chalicelib.postings.models import MOVES, Place, Posting, Stage, Status, end_of, moved
from chalicelib.values import Kind
from tests.unit.postings.samples import DETAILS, NOW, details, posting

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
READ: TypeAdapter[Any] = TypeAdapter(Details)


@given(DAYS, MOMENTS, st.integers(1, 5), st.integers(0, 5), st.sampled_from(Stage))
def test_the_status_follows_from_what_is_stored_and_the_clock(
    last: date, now: datetime, seats: int, taken: int, stage: Stage
) -> None:
    one = posting(ends_on=last, seats=seats, seats_taken=taken, stage=stage)
    status = one.status(now)
    if stage is not Stage.OPEN:
        assert status.value == stage.value
    elif now >= end_of(last):
        assert status is Status.EXPIRED
    else:
        assert status is (Status.OPEN if taken < seats else Status.FULFILLED)


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        (datetime(2026, 10, 1, 11, 59, 59, tzinfo=UTC), Status.OPEN),
        (datetime(2026, 10, 1, 12, 0, tzinfo=UTC), Status.EXPIRED),
    ],
)
def test_a_last_day_is_over_when_it_is_over_everywhere(moment: datetime, status: Status) -> None:
    assert posting(ends_on=date(2026, 9, 30)).status(moment) is status


@given(st.sampled_from(Stage), st.sampled_from(Stage))
def test_a_posting_gets_only_where_it_may(origin: Stage, target: Stage) -> None:
    one = posting(stage=origin)
    if target is origin:
        assert moved(one, target, NOW) is one
    elif target in MOVES[origin]:
        after = moved(one, target, NOW)
        assert (after.stage, after.version) == (target, one.version + 1)
    else:
        with pytest.raises(MoveNotAllowed):
            moved(one, target, NOW)


def test_what_is_opened_again_is_no_newer() -> None:
    first = moved(posting(stage=Stage.DRAFT, opened_at=None), Stage.OPEN, NOW)
    closed = moved(first, Stage.CLOSED, NOW + timedelta(days=1))
    again = moved(closed, Stage.OPEN, NOW + timedelta(days=2))
    assert first.opened_at == again.opened_at == NOW


def test_nothing_opens_after_its_end() -> None:
    with pytest.raises(Conflict, match="ended on 2026-06-01"):
        moved(posting(stage=Stage.CLOSED, ends_on=date(2026, 6, 1)), Stage.OPEN, NOW)


def draft(**changes: Any) -> PostingDraft:
    sent = {"direction": "need", "title": "Lathes", "text": "Two.", "details": details(), **changes}
    return PostingDraft.model_validate(sent)


def drawn_up(**changes: Any) -> Posting:
    place = Place(zip="59801", city="Missoula", state="MT", latitude=46.8563, longitude=-114.0252)
    return drafted(draft(**changes), posting().id, posting().organization_id, Kind.SCHOOL, place, NOW)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ends_on": date(2026, 6, 10)}, "is past"),
        ({"ends_on": date(2027, 6, 17)}, "366 days at most"),
        ({"starts_on": date(2026, 8, 2), "ends_on": date(2026, 8, 1)}, "before it begins"),
    ],
)
def test_dates_that_make_no_sense_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refused:
        drawn_up(**changes)
    assert refused.value.fields[0].pointer == "/ends_on"


def test_a_posting_stands_for_90_days_where_nobody_says() -> None:
    assert drawn_up().ends_on == date(2026, 9, 13)


@pytest.mark.parametrize("category", Category)
def test_every_category_has_fields_of_its_own(category: Category) -> None:
    read = READ.validate_python(details(category))
    assert read.category is category
    assert READ.validate_json(read.model_dump_json()) == read
    for fields in DETAILS.values():
        strange = fields.keys() - type(read).model_fields.keys()
        if strange:
            with pytest.raises(ValidationError, match="not permitted"):
                READ.validate_python({**details(category), **{name: fields[name] for name in strange}})


@pytest.mark.parametrize(
    ("category", "wrong"),
    [
        (Category.JOB, {"positions": []}),
        (Category.JOB, {"positions": ["technician_b", "technician_b"]}),
        (Category.JOB, {"hourly_pay": {"from_usd": "31.50", "to_usd": "22.00"}}),
        (Category.INTERNSHIP, {"weeks": 0}),
        (Category.INTERNSHIP, {"hours_per_week": 61}),
        (Category.SHOP_TOUR, {"dates": ["2026-10-08", "2026-10-08"]}),
        (Category.SHOP_TOUR, {"minutes": 5}),
        (Category.TOOLS, {"quantity": 0}),
        (Category.VEHICLE, {"model_year": 1899}),
        (Category.SCHOLARSHIP, {"amount_usd": "-5"}),
    ],
)
def test_what_makes_no_sense_of_a_category_is_refused(category: Category, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        READ.validate_python({**details(category), **wrong})


def test_dates_of_a_visit_are_put_in_order() -> None:
    assert READ.validate_python(details(Category.SHOP_TOUR)).dates == (date(2026, 10, 8), date(2026, 10, 9))


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "x" * 201},
        {"title": "x" * 10_000},
        {"title": "a\nb"},
        {"text": "x" * 4001},
        {"text": "a\x00b"},
        {"radius_miles": 301},
        {"radius_miles": 25_000},
        {"seats": 0},
        {"seats": 1001},
        {"link": "javascript:alert(1)"},
        {"sectors": ["diesel", "diesel"]},
        {"details": {"category": "job"}},
        {"details": {"category": "no such"}},
    ],
)
def test_bad_drafts_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        draft(**wrong)


def test_markup_is_text_like_any_other() -> None:
    assert draft(text="<script>alert(1)</script>").text == "<script>alert(1)</script>"


def patch(**sent: Any) -> PostingChange:
    return PostingChange.model_validate(sent)


def test_a_patch_changes_what_it_names() -> None:
    before = posting(sectors=("diesel",))
    after = changed(before, patch(title="One lathe", sectors=None), None, NOW)
    assert (after.title, after.sectors, after.text, after.version) == ("One lathe", (), before.text, 2)


def test_a_patch_that_changes_nothing_gives_the_same() -> None:
    before = posting()
    assert changed(before, patch(title=before.title), None, NOW) is before


def test_an_expired_posting_can_be_worded_anew_and_made_longer() -> None:
    later = datetime(2026, 12, 1, tzinfo=UTC)
    before = posting()
    assert changed(before, patch(title="Other"), None, later).status(later) is Status.EXPIRED
    assert changed(before, patch(ends_on=date(2026, 12, 24)), None, later).status(later) is Status.OPEN


def test_there_are_never_fewer_seats_than_taken() -> None:
    with pytest.raises(InvalidInput, match="2 seats are taken"):
        changed(posting(seats_taken=2), patch(seats=1), None, NOW)


def test_the_category_stays() -> None:
    with pytest.raises(InvalidInput, match="category equipment"):
        changed(posting(), patch(details=details(Category.JOB)), None, NOW)
