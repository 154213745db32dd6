"""A delineation put into force, and what follows from it over HTTP."""

from collections.abc import Callable
from datetime import datetime

import pytest

from chalicelib.geography.delineation import Areas
from chalicelib.geography.delineations import areas_in_force, areas_now, take_delineation
from chalicelib.geography.models import NotADelineation
from chalicelib.geography.store import DelineationStore, InForce
from chalicelib.table import keys
from chalicelib.table.table import Table, connect
from tests import factories
from tests.conftest import Http, TokenMaker
from tests.unit.geography.delineations import KNOWN, METRO, delineation
from tests.unit.geography.delineations import table as rows

Clock = Callable[[], datetime]
NEWER = [*KNOWN[:1], ("13740", "Billings, MT", METRO, "Mineral County", "Montana")]


@pytest.fixture
def store(cloud: None) -> DelineationStore:  # noqa: ARG001 - a fixture
    """Of the table that the API reads."""
    return DelineationStore(connect())


def test_there_are_no_metropolitan_areas_before_the_first_delineation(store: DelineationStore) -> None:
    assert (store.find(), areas_now(store), areas_in_force(store)) == (None, Areas(), Areas())


def test_a_delineation_is_in_force_at_once(store: DelineationStore, clock: Clock) -> None:
    assert areas_in_force(store).metro("33540") is None
    assert take_delineation(store, rows(), clock()) == ("2023-07", 309, 311, True)
    assert areas_now(store) == areas_in_force(store) == Areas(delineation(), clock().date())


def test_the_same_delineation_again_writes_nothing(store: DelineationStore, clock: Clock) -> None:
    take_delineation(store, rows(), clock())
    before = store.table.get(keys.DELINEATION)
    assert not take_delineation(store, rows(), clock().replace(year=2027)).changed
    assert store.table.get(keys.DELINEATION) == before


def test_a_newer_one_takes_its_place_and_an_older_one_is_refused(
    store: DelineationStore, clock: Clock
) -> None:
    take_delineation(store, rows(), clock())
    assert take_delineation(store, rows("AUGUST 2028", NEWER), clock().replace(year=2028)).changed
    assert areas_now(store).since == clock().date()
    with pytest.raises(NotADelineation, match=r"is of 2023-07, and the one in force of 2028-08"):
        take_delineation(store, rows(), clock())
    assert areas_now(store).parts("13740") == ("13740-MT",)


def test_one_that_was_overtaken_is_compared_again(
    store: DelineationStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = DelineationStore.find

    def overtaken(self: DelineationStore, *, consistent: bool = True) -> InForce | None:
        before = found(self, consistent=consistent)
        monkeypatch.undo()
        take_delineation(self, rows("AUGUST 2028", NEWER), clock())
        return before

    monkeypatch.setattr(DelineationStore, "find", overtaken)
    with pytest.raises(NotADelineation, match="2028-08"):
        take_delineation(store, rows(), clock())
    assert areas_now(store).digest == delineation("AUGUST 2028", NEWER).digest


def test_a_process_reads_the_areas_once_in_five_minutes(table: Table, clock: Clock) -> None:
    store, other, now = DelineationStore(table), DelineationStore(Table(table._client, table._name)), 0.0
    assert areas_in_force(store, lambda: now) == Areas()
    take_delineation(other, rows(), clock())
    now = 299.0
    assert areas_in_force(store, lambda: now) == Areas()
    now = 300.0
    assert areas_in_force(store, lambda: now).delineation == delineation()


def test_a_zip_code_tells_its_metropolitan_area(client: Http, store: DelineationStore, clock: Clock) -> None:
    take_delineation(store, rows(), clock())
    found = client.get("/v1/geography/zip-codes/07302").json
    assert found["area"] == "35620-NJ"
    assert found["area_name"] == "New York-Newark-Jersey City, NY-NJ, the part in New Jersey"
    assert found["metro"] == {"code": "35620", "title": "New York-Newark-Jersey City, NY-NJ"}
    rest = client.get("/v1/geography/zip-codes/59901").json
    assert (rest["area"], rest["metro"]) == ("599-MT", None)
    assert rest["area_name"] == "ZIP codes 599 in Montana outside metropolitan areas"


def test_the_areas_of_a_state_are_listed(client: Http, store: DelineationStore, clock: Clock) -> None:
    before = client.get("/v1/geography/areas?state=MT").json
    assert before["vintage"] is None
    assert {one["kind"] for one in before["areas"]} == {"zip"}
    take_delineation(store, rows(), clock())
    answer = client.get("/v1/geography/areas?state=MT")
    assert (answer.json["vintage"], answer.json["areas"][0]) == (
        "2023-07-01",
        {"code": "33540-MT", "name": "Missoula, MT", "kind": "metro"},
    )
    assert {one["code"] for one in answer.json["areas"][1:]} == {one["code"] for one in before["areas"]}
    known = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/v1/geography/areas?state=MT", headers=known).status == 304


@pytest.mark.parametrize("query", ["", "state=Montana", "state=ZZ", "state=MT&metro=33540"])
def test_a_wrong_question_for_areas_is_refused(client: Http, query: str) -> None:
    assert client.get(f"/v1/geography/areas?{query}").status == 422


def test_metropolitan_areas_are_listed_by_title(client: Http, store: DelineationStore, clock: Clock) -> None:
    assert client.get("/v1/geography/metros").json == {"vintage": None, "metros": []}
    take_delineation(store, rows(), clock())
    found = client.get("/v1/geography/metros").json["metros"]
    assert [one["title"] for one in found] == sorted(one["title"] for one in found)
    assert {
        "code": "35620",
        "title": "New York-Newark-Jersey City, NY-NJ",
        "areas": ["35620-NJ", "35620-NY"],
    } in found


def test_organizations_are_in_their_new_area_without_being_written(
    client: Http, token: TokenMaker, store: DelineationStore, clock: Clock
) -> None:
    ann = token("ann")
    shop = client.post("/v1/organizations", json=factories.shop(), token=ann).json
    path, public = f"/v1/organizations/{shop['id']}", f"/v1/directory/organizations/{shop['id']}"
    etag = client.get(public).headers["ETag"]
    assert shop["area"] == "598-MT"
    take_delineation(store, rows(), clock())
    found = client.get(path, token=ann).json
    assert found == {**shop, "area": "33540-MT"}
    again = client.get(public, headers={"If-None-Match": etag})
    assert (again.status, again.json["area"]) == (200, "33540-MT")
    near = client.get("/v1/directory/nearby?zip=59801").json["items"]
    assert [one["organization"]["area"] for one in near] == ["33540-MT"]
    assert client.get("/v1/directory/organizations?kind=shop&state=MT").json["items"][0]["area"] == "33540-MT"
