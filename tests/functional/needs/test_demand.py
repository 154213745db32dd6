"""The demand: what is published on which nights, and that nobody can be told from it."""

import io
import zipfile
from typing import Any

import pytest

from chalicelib import aws
from chalicelib.errors import InvalidInput, TemporarilyUnavailable
from chalicelib.exchange.state import State
from chalicelib.needs.jobs import publish_demand
from chalicelib.needs.models import Skill
from chalicelib.needs.night import Outcome, run_night
from chalicelib.needs.store import OpeningStore
from chalicelib.organizations.models import Status
from chalicelib.table import keys
from chalicelib.table.expressions import Put, Update
from chalicelib.values import Position
from tests.conftest import STATE, Answer, Http
from tests.functional.needs.conftest import FIRST, NOW, Industry, id_of
from tests.rights import listening, refused

WISHES = (1, 2, 2, 3, 2, 1, 2, 3)


def asked(client: Http, query: str = "zip=59801", subject: str = "automotive") -> Answer:
    return client.get(f"/v1/needs/demand?subject={subject}&{query}")


def filled(industry: Industry, number: int = 8, **options: Any) -> None:
    for shop in range(1, number + 1):
        industry.shop(shop, WISHES[(shop - 1) % len(WISHES)], **options)


def test_nothing_is_said_before_the_first_night(client: Http, industry: Industry) -> None:
    filled(industry)
    assert (asked(client).status, asked(client).problem) == (404, "not-found")


def test_the_demand_of_enough_owners_is_published(client: Http, industry: Industry) -> None:
    filled(industry, skills=(Skill.BRAKES,))
    done = industry.night()
    assert (done.outcome, done.set_aside) == (Outcome.PUBLISHED, 0)
    answer = asked(client)
    assert answer.status == 200
    cell = answer.json["cell"]
    assert (cell["level"], cell["place"], cell["employers"]) == ("area", "598-MT", "5-9")
    assert (cell["median_openings"], cell["as_of"]) == ("2.0", "2026-06-15")
    wanted = {one["skill"]: one["share_percent"] for one in cell["skills"]}
    assert wanted.get("brakes", ">95") == ">95"
    assert [one["level"] for one in answer.json["ancestors"]] == ["state", "division", "nation"]
    by_state = asked(client, "state=MT").json
    assert (by_state["cell"]["level"], [one["place"] for one in by_state["areas"]]) == ("state", ["598-MT"])
    elsewhere = asked(client, "zip=10001").json
    assert elsewhere["cell"]["level"] == "nation"
    assert asked(client, subject="diesel").status == 404


@pytest.mark.parametrize("owners", [4, 1])
def test_fewer_than_five_owners_are_never_published(client: Http, industry: Industry, owners: int) -> None:
    for number in range(1, 9):
        industry.shop(number, 2, owner=1000 + number % owners)
    industry.night()
    assert asked(client).status == 404
    assert asked(client, "state=MT").status == 404


def test_who_is_not_verified_and_what_is_past_do_not_count(client: Http, industry: Industry) -> None:
    filled(industry, 4)
    industry.shop(5, 2, status=Status.PENDING)
    industry.shop(6, 2, status=Status.SUSPENDED)
    industry.shop(7, 2, until=FIRST.replace(day=14))
    industry.night()
    assert asked(client).status == 404


def test_an_owner_who_wants_more_than_all_others_is_in_no_cell(client: Http, industry: Industry) -> None:
    for number in range(1, 6):
        industry.shop(number, 1)
    industry.shop(6, 90)
    industry.night()
    assert asked(client).status == 404


def test_one_change_moves_no_figure(client: Http, industry: Industry) -> None:
    filled(industry)
    industry.night()
    before = asked(client).json["cell"]
    industry.states(1, 9)
    industry.shop(20, 5)
    assert industry.night(1).outcome is Outcome.PUBLISHED
    assert asked(client).json["cell"] == before


def test_enough_changes_move_it(client: Http, industry: Industry) -> None:
    filled(industry)
    industry.night()
    for number in range(1, 9):
        industry.states(number, 5 + number % 2)
    industry.night(1)
    cell = asked(client).json["cell"]
    assert (float(cell["median_openings"]) >= 5, cell["as_of"]) == (True, "2026-06-16")


def test_a_new_half_year_alone_moves_nothing(client: Http, industry: Industry) -> None:
    filled(industry)
    industry.night()
    before = asked(client).json["cell"]
    for day in (16, 17, 18):
        industry.states(1, 4 + day % 3)
        industry.night(day)
        assert asked(client).json["cell"] == before


@pytest.mark.parametrize(("day", "as_of"), [(10, "2026-06-16"), (20, "2026-07-05")])
def test_numbers_that_come_back_count_again_in_another_half_year_alone(
    client: Http, industry: Industry, day: int, as_of: str
) -> None:
    filled(industry, 12)
    industry.night()
    for number in range(1, 13):
        industry.states(number, WISHES[(number - 1) % 8] + 3)
    industry.night(1)
    for number in range(1, 7):
        industry.states(number, WISHES[number - 1])
    industry.night(day)
    assert asked(client).json["cell"]["as_of"] == as_of


def test_a_night_is_published_once_and_one_without_changes_computes_nothing(industry: Industry) -> None:
    filled(industry)
    first = industry.night()
    assert industry.night().outcome is Outcome.ALREADY_DONE
    second = industry.night(1)
    assert (second.outcome, second.documents > 0) == (Outcome.PUBLISHED, True)
    third = industry.night(2)
    assert (third.outcome, third.release) == (Outcome.UNCHANGED, second.release)
    assert industry.night(1).outcome is Outcome.ALREADY_DONE
    assert first.release != second.release


def test_its_role_lets_a_night_do_what_it_does_and_read_no_submission(industry: Industry) -> None:
    filled(industry)
    with listening() as heard:
        industry.night()
        industry.night(1)
    assert refused("PublishDemandRole", heard) == []
    with listening() as heard:
        industry.table.query(keys.contributions(0), index=keys.CONTRIBUTIONS)
    assert refused("PublishDemandRole", heard) != []


def known_owners(industry: Industry) -> set[str]:
    """The owner groups that the state of the latest night names."""
    pointer = industry.stores.demand.latest()
    assert pointer is not None
    body = aws.s3().get_object(Bucket=STATE, Key=pointer.state_key)["Body"].read()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return set(State.load(files).vocabulary.groups)


def test_who_is_silent_for_a_night_is_the_same_afterwards(client: Http, industry: Industry) -> None:
    filled(industry)
    industry.night()
    before, owners = asked(client).json["cell"], known_owners(industry)
    openings = OpeningStore(industry.table)
    for number in range(1, 9):
        openings.delete(id_of(number), Position.TECHNICIAN_B)
    industry.night(1)
    assert known_owners(industry) == owners
    filled(industry)
    industry.night(2)
    assert known_owners(industry) == owners
    assert asked(client).json["cell"] == before


def test_of_who_is_deleted_no_name_is_kept(client: Http, industry: Industry) -> None:
    filled(industry, 7)
    industry.shop(8, 2, owner=1000)
    pk, sk = keys.owner_group(id_of(1000))
    industry.table.write(Put({"PK": pk, "SK": sk, "id": id_of(1000), "name": "Big Sky Auto Group"}))
    industry.night()
    before = asked(client).json["cell"]
    shop = id_of(1)
    industry.table.delete_all([keys.organization(shop), keys.opening(shop, "technician_b")])
    OpeningStore(industry.table).delete(id_of(8), Position.TECHNICIAN_B)
    industry.night(1)
    assert shop not in known_owners(industry)
    assert id_of(1000) in known_owners(industry)
    assert asked(client).json["cell"] == before


def test_a_lost_run_leaves_the_old_demand(
    client: Http, industry: Industry, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(industry)
    industry.night()
    before = asked(client).json
    for number in range(1, 9):
        industry.states(number, 6)

    def fails(*_: object) -> bool:
        raise TemporarilyUnavailable("cut off")

    with monkeypatch.context() as patch:
        patch.setattr("chalicelib.needs.store.DemandStore.point", fails)
        with pytest.raises(TemporarilyUnavailable):
            industry.night(1)
    assert asked(client).json == before
    assert industry.night(1).outcome is Outcome.PUBLISHED


def test_of_two_runs_of_one_night_one_counts(industry: Industry, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(industry)
    stores = industry.stores
    real = type(stores.demand).put_all

    def overtaken(*arguments: Any) -> None:
        monkeypatch.undo()
        run_night(industry.stores, FIRST, lambda: NOW)
        real(*arguments)

    monkeypatch.setattr(type(stores.demand), "put_all", overtaken)
    assert run_night(stores, FIRST, lambda: NOW).outcome is Outcome.OVERTAKEN


def test_a_line_that_cannot_be_read_stops_nobody(client: Http, industry: Industry) -> None:
    filled(industry)
    broken = keys.opening(industry.shop(30, 2), "technician_b")
    industry.table.write(Update(broken, set={"x": "p9|what"}))
    assert industry.night().set_aside == 1
    assert asked(client).status == 200


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "zip"),
        ("zip=59801&state=MT", "zip"),
        ("zip=00000", "zip"),
        ("state=XX", "state"),
        ("state=Montana", "state"),
    ],
)
def test_a_question_without_a_place_is_named_as_such(client: Http, query: str, parameter: str) -> None:
    answer = asked(client, query).json
    assert answer["type"].endswith("invalid-input")
    assert [one["pointer"] for one in answer["errors"]] == [parameter]


def test_the_job_goes_by_the_day_of_its_event(client: Http, industry: Industry) -> None:
    filled(industry)
    event = {
        "version": "0",
        "id": "1",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2026-06-15T07:30:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {},
    }
    assert publish_demand(event, None)["outcome"] == "published"
    assert publish_demand(event, None)["outcome"] == "already_done"
    assert asked(client).json["release"].startswith("2026-06-15-")
    with pytest.raises(InvalidInput):
        publish_demand({**event, "time": "tonight"}, None)
