"""The routes of submissions, as a client meets them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from chalicelib.clock import Clock
from chalicelib.organizations.service import open_check
from chalicelib.submissions.fields import STORED
from chalicelib.submissions.models import PaySubmission, Record
from chalicelib.submissions.store import SubmissionStore
from chalicelib.submissions.views import BenefitsInForce, LaborRatesInForce, PayInForce, SubmissionsInForce
from chalicelib.values import Model, Role
from tests.conftest import Answer, Http, TokenMaker
from tests.described import Document
from tests.functional.submissions.conftest import Shop, benefits, labor_rates, pay

PAY, LABOR_RATES, BENEFITS = "pay/technician_a", "labor-rates", "benefits"
PLAN = {"plan": "hourly", "hourly_pay_usd": "27.50", "hours_per_week": 37.5, "weeks_per_year": 50}
BODIES = {PAY: pay(pay_plan=PLAN), LABOR_RATES: labor_rates(), BENEFITS: benefits()}
VIEWS: dict[str, type[Model]] = {PAY: PayInForce, LABOR_RATES: LaborRatesInForce, BENEFITS: BenefitsInForce}
TOPICS = list(BODIES)
WRITES = [("PUT", topic) for topic in TOPICS] + [("DELETE", topic) for topic in TOPICS]
READS = [("GET", topic) for topic in TOPICS] + [("GET", f"{topic}/versions") for topic in TOPICS]
READS.append(("GET", "submissions"))


@pytest.fixture
def call(client: Http, token: TokenMaker, shop: str) -> Callable[..., Answer]:
    """Calls a route under Ann's shop: ``call("PUT", "benefits", json=…)``, as Ann unless said otherwise."""

    def make(
        method: str, path: str, user: str | None = "ann", *, admin: bool = False, **options: Any
    ) -> Answer:
        bearer = None if user is None else token(user, admin=admin)
        return client.request(method, f"/v1/organizations/{shop}/{path}", token=bearer, **options)

    return make


Call = Callable[..., Answer]


def conforms(answer: Answer, view: type[Model]) -> bool:
    schema = view.model_json_schema(mode="serialization")
    return Draft202012Validator(schema, format_checker=FormatChecker()).is_valid(answer.json)


@pytest.mark.parametrize("topic", TOPICS)
def test_submit_read_replace_withdraw(call: Call, topic: str) -> None:
    put = call("PUT", topic, json=BODIES[topic])
    assert put.status == 200, put.text
    assert conforms(put, VIEWS[topic])
    assert {name: put.json[name] for name in BODIES[topic]} == BODIES[topic]
    assert put.json["version"] == 1
    assert call("GET", topic).json == put.json
    assert call("PUT", topic, json=BODIES[topic]).json == put.json

    replaced = call("PUT", topic, json={**BODIES[topic], "effective_date": "2025-02-01"})
    assert (replaced.json["version"], replaced.json["effective_date"]) == (2, "2025-02-01")

    withdrawn = call("DELETE", topic)
    assert (withdrawn.status, withdrawn.text) == (204, "")
    for method in ("GET", "DELETE"):
        gone = call(method, topic)
        assert (gone.status, gone.problem) == (404, "not-found")

    versions = call("GET", f"{topic}/versions").json
    assert [(one["version"], one["action"]) for one in versions["items"]] == [
        (3, "withdrawn"),
        (2, "submitted"),
        (1, "submitted"),
    ]
    assert versions["next_cursor"] is None
    assert [one["recorded_by"] for one in versions["items"]] == ["ann"] * 3
    assert versions["items"][0]["submission"] is None
    assert versions["items"][2]["submission"]["effective_date"] == "2025-01-01"


def test_pay_is_answered_with_what_it_comes_to(call: Call) -> None:
    plan = {"plan": "flat_rate", "flat_rate_usd_per_hour": "30.00", "flagged_hours_per_week": 46.5}
    answer = call("PUT", PAY, json=pay(pay_plan=plan)).json
    assert answer["pay_plan"] == {**plan, "hours_per_week": 40, "weeks_per_year": 52}
    # 30 x 46.5 = 1,395 a week on 40 hours
    assert (answer["hourly_equivalent_usd"], answer["annual_pay_usd"]) == ("34.88", "72540.00")
    (version,) = call("GET", f"{PAY}/versions").json["items"]
    assert (version["hourly_equivalent_usd"], version["annual_pay_usd"]) == ("34.88", "72540.00")


def test_all_own_submissions(call: Call) -> None:
    empty = call("GET", "submissions").json
    assert (empty["pay"], empty["labor_rates"], empty["benefits"]) == ([], None, None)
    for topic, body in BODIES.items():
        assert call("PUT", topic, json=body).status == 200
    assert call("PUT", "pay/painter", json=pay("31.00")).status == 200
    answer = call("GET", "submissions")
    assert conforms(answer, SubmissionsInForce)
    everything = answer.json
    assert [one["position"] for one in everything["pay"]] == ["painter", "technician_a"]
    assert everything["pay"][1] == call("GET", PAY).json
    assert everything["labor_rates"] == call("GET", LABOR_RATES).json
    assert everything["benefits"] == call("GET", BENEFITS).json


def test_a_pending_shop_may_submit_and_is_told_that_it_does_not_count_yet(
    call: Call, client: Http, token: TokenMaker, shop: str
) -> None:
    pending = call("PUT", PAY, json=pay()).json
    assert pending["counts"] is False
    assert "once an administrator has verified it" in pending["counts_note"]
    verified = client.put(
        f"/v1/organizations/{shop}/verification", json={"status": "verified"}, token=token("root", admin=True)
    )
    assert verified.status == 200, verified.text
    assert call("GET", PAY).json["counts"] is True
    assert call("GET", "submissions").json["counts"] is True


def test_what_was_accepted_once_stays_readable_when_its_range_is_narrowed(
    call: Call, store: SubmissionStore, shop: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The document tells the present ranges.
    monkeypatch.setattr(Document, "check", lambda *_: None)
    plan = {"plan": "hourly", "hourly_pay_usd": "2.00", "hours_per_week": 120}
    assert call("PUT", PAY, json=pay(pay_plan=plan)).status == 422
    accepted_once = PaySubmission.model_validate(pay(pay_plan=plan), context=STORED)
    store.record(Record(shop, "pay#technician_a", 1, accepted_once, clock(), "ann"), open_check(shop))
    assert call("GET", PAY).json["hourly_equivalent_usd"] == "2.00"
    assert call("GET", "submissions").json["pay"][0]["pay_plan"] == {**plan, "weeks_per_year": 52}
    assert call("GET", f"{PAY}/versions").json["items"][0]["submission"]["pay_plan"]["hours_per_week"] == 120
    assert call("PUT", PAY, json=pay()).json["version"] == 2


# -- who may


@pytest.mark.parametrize(("method", "path"), WRITES + READS)
def test_without_a_token_nothing_is_answered(call: Call, method: str, path: str) -> None:
    assert call(method, path, None, json=BODIES.get(path)).status == 401


@pytest.mark.parametrize(("method", "path"), WRITES + READS)
def test_the_owner_of_another_shop_is_refused(call: Call, register: Shop, method: str, path: str) -> None:
    register("eve")
    call("PUT", PAY, json=pay())
    answer = call(method, path, "eve", json=BODIES.get(path))
    assert (answer.status, answer.problem) == (403, "not-permitted")


@pytest.mark.parametrize(("method", "path"), WRITES + READS)
def test_not_even_administrators_get_at_the_figures(call: Call, method: str, path: str) -> None:
    answer = call(method, path, "root", admin=True, json=BODIES.get(path))
    assert (answer.status, answer.problem) == (403, "not-permitted")


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_viewer_changes_nothing(
    call: Call, staff: Callable[[str, Role], None], method: str, path: str
) -> None:
    staff("vic", Role.VIEWER)
    call("PUT", path, json=BODIES[path])
    answer = call(method, path, "vic", json=BODIES[path])
    assert (answer.status, answer.problem) == (403, "not-permitted")
    assert call("GET", path).json["version"] == 1


@pytest.mark.parametrize(("method", "path"), READS)
def test_a_viewer_reads(call: Call, staff: Callable[[str, Role], None], method: str, path: str) -> None:
    staff("vic", Role.VIEWER)
    for topic, body in BODIES.items():
        call("PUT", topic, json=body)
    assert call(method, path, "vic").status == 200


def test_a_contributor_submits_and_withdraws(call: Call, staff: Callable[[str, Role], None]) -> None:
    staff("carl", Role.CONTRIBUTOR)
    assert call("PUT", PAY, "carl", json=pay()).status == 200
    assert call("DELETE", PAY, "carl").status == 204


# -- what is refused


@pytest.mark.parametrize(
    ("topic", "body", "pointer", "says"),
    [
        (PAY, pay(wage="27.50"), "/wage", "not permitted"),
        (PAY, pay(headcount=1000), "/headcount", "999"),
        (PAY, pay(effective_date="2014-12-31"), "/effective_date", "2015-01-01 to "),
        (PAY, pay(effective_date="2999-01-01"), "/effective_date", "2015-01-01 to "),
        (
            PAY,
            pay(pay_plan={"plan": "hourly", "hourly_pay_usd": 27.5}),
            "/pay_plan/hourly_pay_usd",
            '"27.50"',
        ),
        (
            PAY,
            pay(pay_plan={"plan": "hourly", "hourly_pay_usd": "2750"}),
            "/pay_plan/hourly_pay_usd",
            "$7.25 to $250.00 an hour",
        ),
        (PAY, pay(pay_plan={"plan": "piecework"}), "/pay_plan/plan", "flat_rate_guarantee"),
        (
            PAY,
            pay(pay_plan={"plan": "salary", "annual_salary_usd": "60000", "hours_per_week": 400}),
            "/pay_plan/hours_per_week",
            "1 to 100 hours a week",
        ),
        (
            PAY,
            pay(pay_plan={"plan": "salary", "annual_salary_usd": "12000"}),
            "/pay_plan",
            "$5.77 for an hour worked; $7.25 to $250.00 an hour",
        ),
        (LABOR_RATES, labor_rates(door="165.00"), "/rates_usd_per_hour/door", "not permitted"),
        (
            LABOR_RATES,
            labor_rates(customer_pay="1650.00"),
            "/rates_usd_per_hour/customer_pay",
            "$20.00 to $600.00 an hour",
        ),
        (
            LABOR_RATES,
            {"effective_date": "2025-01-01", "rates_usd_per_hour": {"customer_pay": 165}},
            "/rates_usd_per_hour/customer_pay",
            '"27.50"',
        ),
        (
            LABOR_RATES,
            {"effective_date": "2025-01-01", "rates_usd_per_hour": {}},
            "/rates_usd_per_hour",
            "at least one",
        ),
        (
            BENEFITS,
            {"effective_date": "2025-01-01", "benefits": {"sauna": {"offered": True}}},
            "/benefits/sauna",
            "not permitted",
        ),
        (
            BENEFITS,
            {
                "effective_date": "2025-01-01",
                "benefits": {"retirement_match": {"offered": True, "percent": 4}},
            },
            "/benefits/retirement_match/percent",
            '"4.5"',
        ),
        (
            BENEFITS,
            {"effective_date": "2999-01-01", "benefits": {"health": {"offered": True}}},
            "/effective_date",
            "2015-01-01 to ",
        ),
    ],
)
def test_bad_input_is_pointed_at_and_nothing_is_written(
    call: Call, topic: str, body: Any, pointer: str, says: str
) -> None:
    answer = call("PUT", topic, json=body)
    assert (answer.status, answer.problem) == (422, "invalid-input"), answer.text
    assert [one["pointer"] for one in answer.json["errors"]] == [pointer]
    assert says in answer.json["errors"][0]["detail"]
    assert call("GET", f"{topic}/versions").json["items"] == []


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize(
    ("content", "status", "problem"),
    [
        (b'{"effective_date"', 400, "malformed-body"),
        (b"[]", 422, "invalid-input"),
        (b"{}", 422, "invalid-input"),
    ],
)
def test_a_malformed_body_is_refused(
    call: Call, topic: str, content: bytes, status: int, problem: str
) -> None:
    answer = call("PUT", topic, content=content)
    assert (answer.status, answer.problem) == (status, problem)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_unknown_position_is_refused_with_those_there_are(call: Call, method: str) -> None:
    answer = call(method, "pay/astronaut", json=pay())
    assert (answer.status, answer.problem) == (422, "invalid-input")
    assert [(one["pointer"], one["source"]) for one in answer.json["errors"]] == [("position", "path")]
    assert "technician_a" in answer.json["detail"]


def test_a_school_is_told_who_submits(client: Http, token: TokenMaker, register: Shop) -> None:
    school = register("ann", kind="school", shop_type=None)
    answer = client.put(f"/v1/organizations/{school}/{BENEFITS}", json=benefits(), token=token("ann"))
    assert (answer.status, answer.problem) == (409, "conflict")
    assert "Only shops and dealerships" in answer.json["detail"]


# -- lists


def test_versions_page_by_page(call: Call) -> None:
    for cents in range(5):
        assert call("PUT", PAY, json=pay(f"27.5{cents}")).status == 200
    first = call("GET", f"{PAY}/versions?limit=2").json
    second = call("GET", f"{PAY}/versions?limit=2&cursor={first['next_cursor']}").json
    third = call("GET", f"{PAY}/versions?limit=2&cursor={second['next_cursor']}").json
    pages = [[one["version"] for one in page["items"]] for page in (first, second, third)]
    assert pages == [[5, 4], [3, 2], [1]]
    assert third["next_cursor"] is None


def test_a_cursor_is_good_for_its_own_list_only(call: Call) -> None:
    for hourly in ("27.50", "28.00"):
        call("PUT", PAY, json=pay(hourly))
    cursor = call("GET", f"{PAY}/versions?limit=1").json["next_cursor"]
    for path in (f"pay/painter/versions?cursor={cursor}", f"{BENEFITS}/versions?cursor={cursor}"):
        carried = call("GET", path)
        assert (carried.status, carried.problem) == (400, "invalid-cursor")
    forged = call("GET", f"{PAY}/versions?cursor=MQ.forged")
    assert (forged.status, forged.problem) == (400, "invalid-cursor")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=ten", "offset=1", "limit=1&limit=2"])
def test_a_wrong_page_is_refused(call: Call, query: str) -> None:
    answer = call("GET", f"{PAY}/versions?{query}")
    assert (answer.status, answer.problem) == (422, "invalid-input")


def test_no_figure_is_logged(
    call: Call, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert call("PUT", PAY, json=pay("213.37")).status == 200
    assert call("PUT", PAY, json=pay("99213.37")).status == 422
    call("GET", "submissions")
    call("DELETE", PAY)
    written = json.dumps([*capfd.readouterr(), caplog.text])
    assert "213.37" not in written
    assert "21337" not in written
