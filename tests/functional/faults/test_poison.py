"""Items that cannot be read, whatever is wrong with them: they hide no other, and stop nobody's work."""

from typing import Any

import pytest

from chalicelib.audit.service import entry_write
from chalicelib.clock import utc_now
from chalicelib.exchange.night import Outcome
from chalicelib.table import keys
from chalicelib.table.expressions import Update, exists
from chalicelib.table.keys import Key
from chalicelib.table.table import Table
from tests.conftest import Http, TokenMaker
from tests.functional.acting import Acting
from tests.functional.exchange.conftest import Exchange
from tests.functional.needs.conftest import Industry, id_of

POISONS = {
    "another type": 7,
    "nothing": None,
    "no JSON": "{",
    "JSON of something else": '{"id": 1}',
    "a list": [1],
    "bytes": b"\xff",
}


def poison(table: Table, key: Key, attribute: str, value: Any) -> None:
    """Breaks an attribute of an item; None takes it away."""
    if value is None:
        table.write(Update(key, remove=(attribute,), condition=exists()))
    else:
        table.write(Update(key, set={attribute: value}, condition=exists()))


@pytest.fixture(params=list(POISONS.values()), ids=list(POISONS))
def value(request: pytest.FixtureRequest) -> Any:
    """What stands where something else should."""
    return request.param


def test_an_organization_hides_no_other(client: Http, token: TokenMaker, table: Table, value: Any) -> None:
    acting = Acting(client, token)
    whole, broken = acting.shop(), acting.shop()
    poison(table, keys.organization(broken), "doc", value)
    for path in ("/v1/directory/organizations?kind=shop&state=MT", "/v1/directory/nearby?zip=59801"):
        items = acting.done("GET", path, None)["items"]
        assert whole in repr(items)
        assert broken not in repr(items)
    assert acting.ask("GET", f"/v1/directory/organizations/{broken}", None).status in (404, 500)


def test_a_posting_hides_no_other(client: Http, token: TokenMaker, table: Table, value: Any) -> None:
    acting = Acting(client, token)
    shop = acting.shop()
    whole, broken = acting.posting("ann", shop), acting.posting("ann", shop)
    queries = ("", "zip=59801", "zip=59801&sort=newest", "category=internship")
    listings = [
        Key(item["PK"]["S"], item["SK"]["S"])
        for item in table._client.scan(TableName=table._name)["Items"]
        if "doc" in item and broken in item["doc"].get("S", "") and item["PK"]["S"] != "AUDIT"
    ]
    assert keys.posting(shop, broken) in listings
    for key in listings:
        poison(table, key, "doc", value)
    for query in queries:
        found = [one["posting"]["id"] for one in search(acting, query)]
        assert found == [whole], query
    mine = acting.done("GET", f"/v1/organizations/{shop}/postings", "ann")["items"]
    assert [one["id"] for one in mine] == [whole]


def search(acting: Acting, query: str) -> list[Any]:
    """What a search of everybody finds."""
    items = acting.done("GET", f"/v1/directory/postings?{query}", None)["items"]
    return [one if "posting" in one else {"posting": one} for one in items]


def test_an_entry_of_the_audit_trail_hides_no_other(
    client: Http, token: TokenMaker, table: Table, value: Any
) -> None:
    written = [entry_write("root", "organization.verified", "a", utc_now()) for _ in range(2)]
    table.transact(*written)
    poison(table, Key(written[0].item["PK"], written[0].item["SK"]), "doc", value)
    acting = Acting(client, token)
    assert len(acting.done("GET", "/v1/audit?subject=a", "root")["items"]) == 1


def test_a_line_of_the_exchange_stops_no_night(table: Table, value: Any) -> None:
    exchange = Exchange(table)
    exchange.fill(6)
    entry = next(iter(table.query(keys.contributions(0), index=keys.CONTRIBUTIONS).items), None)
    number = 0
    while entry is None:
        number += 1
        entry = next(iter(table.query(keys.contributions(number), index=keys.CONTRIBUTIONS).items), None)
    poison(table, Key(entry["PK"], entry["SK"]), "x", value)
    done = exchange.run()
    assert done.outcome is Outcome.PUBLISHED
    assert done.reading is not None
    assert len(done.reading.set_aside) == 1


def test_a_line_of_the_openings_or_a_shop_stops_no_night_of_demand(table: Table, value: Any) -> None:
    industry = Industry(table)
    for shop in range(1, 11):
        industry.shop(shop, 1 + shop % 3)
    poison(table, keys.opening(id_of(1), "technician_b"), "x", value)
    poison(table, keys.organization(id_of(2)), "doc", value)
    done = industry.night()
    assert (done.outcome.value, done.set_aside, done.documents > 0) == ("published", 1, True)


def test_a_poisoned_item_is_told_by_its_key(
    client: Http, token: TokenMaker, table: Table, caplog: pytest.LogCaptureFixture
) -> None:
    acting = Acting(client, token)
    key = keys.organization(acting.shop())
    table.write(Update(key, set={"doc": '{"contact": "secret@connects.example"'}))
    caplog.clear()
    acting.done("GET", "/v1/directory/organizations?kind=shop&state=MT", None)
    [told] = [vars(one) for one in caplog.records if one.message == "item set aside"]
    assert told["item"] == {"PK": key.pk, "SK": key.sk}
    assert "secret" not in repr(told)
