"""Figures far from all others, over several nights: left out, listed, confirmed, and let in."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.errors import TemporarilyUnavailable
from chalicelib.exchange import release
from chalicelib.exchange.night import Outcome
from chalicelib.exchange.state import OPEN, State
from chalicelib.geography.service import STATES
from chalicelib.submissions.service import Contribution, Review
from tests import factories
from tests.conftest import Answer, Http, TokenMaker
from tests.functional.exchange.conftest import (
    NIGHT,
    Exchange,
    organization_entry,
    organization_id,
    submission_entry,
)

DAY = timedelta(days=1)
FAR, NEAR = "100.00", "66.00"
REVIEWS = "/v1/exchange/reviews"


@pytest.fixture(autouse=True)
def _few_states(monkeypatch: pytest.MonkeyPatch) -> None:
    """A country of two states: a release has files for each."""
    monkeypatch.setattr(release, "STATES", {code: STATES[code] for code in ("MT", "ID")})


def ok(answer: Answer) -> Answer:
    assert answer.status < 300, answer.text
    return answer


class Shop:
    """Ann's shop, over the API; it is verified."""

    def __init__(self, client: Http, token: TokenMaker) -> None:
        self.client, self.token = client, token
        self.admin = token("root", admin=True)
        body = factories.shop(shop_type="collision", sectors=["collision"])
        self.id = str(ok(client.post("/v1/organizations", json=body, token=token("ann"))).json["id"])
        self.path = f"/v1/organizations/{self.id}"
        ok(client.put(f"{self.path}/verification", json={"status": "verified"}, token=self.admin))

    def says(self, body: str, **more: str) -> int:
        """Submits labor rates and answers the version."""
        rates = {"effective_date": "2025-06-01", "rates_usd_per_hour": {"body": body, **more}}
        answer = self.client.put(f"{self.path}/labor-rates", json=rates, token=self.token("ann"))
        return int(ok(answer).json["version"])

    def confirm(
        self, version: int, user: str = "ann", *, admin: bool = False, topic: str = "labor-rates"
    ) -> Answer:
        """Confirms a version."""
        path = f"{self.path}/submissions/{topic}/confirmation"
        return self.client.put(path, json={"version": version}, token=self.token(user, admin=admin))

    def reviews(self) -> list[Any]:
        """What waits, as the shop sees it."""
        return list(ok(self.client.get(f"{self.path}/reviews", token=self.token("ann"))).json["items"])

    def listed(self) -> list[Any]:
        """What waits, as administrators see it."""
        return list(ok(self.client.get(REVIEWS, token=self.admin)).json["items"])


@pytest.fixture
def shop(exchange: Exchange, client: Http, token: TokenMaker) -> Shop:
    """Ann's shop, a night after the release of 20 others at 60.00 to 69.50."""
    exchange.fill(20)
    exchange.run(NIGHT)
    return Shop(client, token)


def counted(exchange: Exchange) -> list[int]:
    """The body labor rates that the latest state counts, in cents."""
    state = State.load(exchange.stores.states.read(exchange.pointers.latest().state_key))
    family = state.vocabulary.families.index(("labor_rate_body", "all"))
    rows = state.rows.take((state.rows.last == OPEN) & (state.rows.block >> 32 == family))
    return sorted(rows.value.tolist())


def newcomers(exchange: Exchange, night: int) -> None:
    """Six more shops, so that blocks may change."""
    exchange.fill(6, first=20 + 6 * night)


def test_a_figure_far_out_waits_until_its_owner_confirms_it(exchange: Exchange, shop: Shop) -> None:
    version = shop.says(FAR)
    newcomers(exchange, 0)
    done = exchange.run(NIGHT + DAY)
    assert (done.outcome, done.waiting) == (Outcome.PUBLISHED, 1)
    assert 10_000 not in counted(exchange)
    [waiting] = shop.reviews()
    assert "why" in waiting
    assert str(version) in waiting.pop("why")
    expected = {
        "topic": "labor-rates",
        "version": 1,
        "metrics": ["labor_rate_body"],
        "since": (NIGHT + DAY).isoformat(),
    }
    assert waiting == expected
    assert shop.listed() == [{**expected, "organization_id": shop.id}]

    newcomers(exchange, 1)
    exchange.run(NIGHT + 2 * DAY)
    assert 10_000 not in counted(exchange)
    assert shop.reviews()[0]["since"] == (NIGHT + DAY).isoformat()

    answer = shop.confirm(version)
    assert answer.json == {"organization_id": shop.id, "topic": "labor-rates", "version": 1}
    assert shop.confirm(version).json == answer.json
    assert (shop.reviews(), shop.listed()) == ([], [])
    newcomers(exchange, 2)
    done = exchange.run(NIGHT + 3 * DAY)
    assert done.waiting == 0
    assert 10_000 in counted(exchange)
    assert exchange.stores.reviews.all() == []
    # It counts: a night over the same does not ask again, and neither does the next version with the same figure.
    shop.says(FAR, paint="60.00")
    assert exchange.run(NIGHT + 4 * DAY).waiting == 0


def test_an_administrator_confirms_without_seeing_a_figure(exchange: Exchange, shop: Shop) -> None:
    version = shop.says(FAR)
    exchange.run(NIGHT + DAY)
    listing = ok(shop.client.get(REVIEWS, token=shop.admin)).text
    answer = ok(shop.confirm(version, "root", admin=True))
    assert not any(figure in text for figure in ("100.00", "10000") for text in (listing, answer.text))
    newcomers(exchange, 0)
    assert exchange.run(NIGHT + 2 * DAY).waiting == 0
    assert 10_000 in counted(exchange)


def test_a_newer_version_drops_the_review_and_needs_its_own_confirmation(
    exchange: Exchange, shop: Shop
) -> None:
    first = shop.says(FAR)
    exchange.run(NIGHT + DAY)
    ok(shop.confirm(first))
    second = shop.says("95.00")
    assert shop.reviews() == []
    assert (shop.confirm(first).status, shop.confirm(first).problem) == (412, "stale-version")
    newcomers(exchange, 0)
    assert exchange.run(NIGHT + 2 * DAY).waiting == 1
    assert [one["version"] for one in shop.reviews()] == [second]
    assert {9_500, 10_000}.isdisjoint(counted(exchange))
    shop.says(NEAR)
    assert (shop.reviews(), shop.listed()) == ([], [])
    newcomers(exchange, 1)
    assert exchange.run(NIGHT + 3 * DAY).waiting == 0
    assert 6_600 in counted(exchange)
    assert exchange.stores.reviews.all() == []


def test_what_is_withdrawn_waits_no_longer(exchange: Exchange, shop: Shop, token: TokenMaker) -> None:
    version = shop.says(FAR)
    exchange.run(NIGHT + DAY)
    ok(shop.client.delete(f"{shop.path}/labor-rates", token=token("ann")))
    assert (shop.reviews(), shop.listed()) == ([], [])
    assert (shop.confirm(version).status, shop.confirm(version + 1).status) == (404, 404)
    exchange.run(NIGHT + 2 * DAY)
    assert exchange.stores.reviews.all() == []


def test_a_deleted_organization_leaves_no_review(exchange: Exchange, shop: Shop, token: TokenMaker) -> None:
    shop.says(FAR)
    exchange.run(NIGHT + DAY)
    etag = ok(shop.client.get(shop.path, token=token("ann"))).headers["ETag"]
    ok(shop.client.delete(shop.path, token=token("ann"), headers={"If-Match": etag}))
    assert shop.listed() == []
    exchange.run(NIGHT + 2 * DAY)
    assert exchange.stores.reviews.all() == []


def test_a_frozen_figure_stays_while_the_new_one_waits(exchange: Exchange, shop: Shop) -> None:
    shop.says(NEAR)
    newcomers(exchange, 0)
    exchange.run(NIGHT + DAY)
    before = counted(exchange)
    assert 6_600 in before
    shop.says(FAR)
    newcomers(exchange, 1)
    exchange.run(NIGHT + 2 * DAY)
    after = counted(exchange)
    assert len(after) > len(before)
    assert 6_600 in after
    assert 10_000 not in after


@pytest.mark.parametrize("topic", ["labor_rates", "pay", "pay-king", "pay%23technician_a", "LABOR-RATES"])
def test_an_unknown_topic_is_refused(shop: Shop, topic: str) -> None:
    answer = shop.confirm(1, topic=topic)
    assert (answer.status, answer.problem) == (422, "invalid-input")


def test_a_version_is_a_number_from_one(shop: Shop) -> None:
    path = f"{shop.path}/submissions/benefits/confirmation"
    for version in (0, "1", None, 1.5):
        answer = shop.client.put(path, json={"version": version}, token=shop.token("ann"))
        assert (answer.status, answer.problem) == (422, "invalid-input"), version


def test_administrators_page_through_what_waits(exchange: Exchange, shop: Shop) -> None:
    for number, night in ((1, NIGHT + DAY), (2, NIGHT + 2 * DAY), (3, NIGHT + 2 * DAY)):
        other = Shop(shop.client, shop.token)
        other.says(f"{400 + number}.00")
        exchange.run(night)
    after: str | None = ""
    seen = []
    while after is not None:
        page = ok(shop.client.get(f"{REVIEWS}?limit=1{after}", token=shop.admin)).json
        seen += [one["since"] for one in page["items"]]
        after = None if page["next_cursor"] is None else f"&cursor={page['next_cursor']}"
    # The night was done when the third came.
    assert seen == [(NIGHT + 2 * DAY).isoformat(), (NIGHT + DAY).isoformat()]
    answer = shop.client.get(f"{REVIEWS}?cursor=made-up", token=shop.admin)
    assert (answer.status, answer.problem) == (400, "invalid-cursor")


# -- the night by itself


def far_shop(exchange: Exchange, number: int = 90, **options: Any) -> None:
    """A shop far out, straight in the index."""
    figure = Contribution("labor_rate_body", "", 10_000, 1)
    exchange.put(organization_entry(number), submission_entry(number, "labor_rates", figure, **options))


def review(number: int = 90, *, version: int = 1, since: date = NIGHT + DAY) -> Review:
    return Review(organization_id(number), "labor_rates", version, ("labor_rate_body",), since)


def test_before_the_first_release_nothing_is_far_out(exchange: Exchange) -> None:
    exchange.fill(20)
    far_shop(exchange)
    assert exchange.run().waiting == 0
    assert 10_000 in counted(exchange)


def test_a_confirmed_line_counts_and_a_later_version_is_asked_about(exchange: Exchange) -> None:
    exchange.fill(20)
    exchange.run()
    far_shop(exchange, version=2, confirmed=True)
    assert exchange.run(NIGHT + DAY).waiting == 0
    far_shop(exchange, version=3)
    exchange.run(NIGHT + 2 * DAY)
    assert exchange.stores.reviews.all() == [review(version=3, since=NIGHT + 2 * DAY)]


def test_a_young_figure_is_asked_about_before_it_comes_of_age(exchange: Exchange) -> None:
    exchange.fill(20)
    exchange.run()
    far_shop(exchange, effective=NIGHT)
    assert exchange.run(NIGHT + DAY).waiting == 1


def test_nights_over_the_same_write_no_review_again_and_come_to_rest(
    exchange: Exchange, requests: Any
) -> None:
    exchange.fill(20)
    exchange.run()
    far_shop(exchange)
    exchange.run(NIGHT + DAY)
    requests()
    assert exchange.run(NIGHT + 2 * DAY).outcome is Outcome.UNCHANGED
    assert {"PutItem", "DeleteItem"}.isdisjoint(requests())
    outcomes = [exchange.run(NIGHT + day * DAY).outcome for day in range(3, 9)]
    assert Outcome.PUBLISHED in outcomes
    assert {"PutItem", "DeleteItem"}.isdisjoint(requests())
    assert exchange.stores.reviews.all() == [review()]


def test_a_run_that_dies_has_told_what_waits_or_left_the_release_as_it_was(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.fill(20)
    exchange.run()
    far_shop(exchange)
    stores = exchange.stores

    def dies(*_: Any) -> bool:
        raise TemporarilyUnavailable("The directory did not answer in time. Try again.")

    with monkeypatch.context() as patch:
        patch.setattr(stores.reviews, "put", dies)
        with pytest.raises(TemporarilyUnavailable):
            exchange.run(NIGHT + DAY, stores=stores)
    assert exchange.pointers.latest().night == NIGHT
    with monkeypatch.context() as patch:
        patch.setattr(stores.pointers, "publish", dies)
        with pytest.raises(TemporarilyUnavailable):
            exchange.run(NIGHT + DAY, stores=stores)
    assert exchange.pointers.latest().night == NIGHT
    assert exchange.stores.reviews.all() == [review()]
    assert exchange.run(NIGHT + DAY).outcome is Outcome.PUBLISHED
    assert exchange.stores.reviews.all() == [review()]


def test_what_a_later_night_said_is_not_written_over(exchange: Exchange) -> None:
    reviews = exchange.stores.reviews
    later = review(version=5, since=NIGHT + 5 * DAY)
    reviews.put(later, NIGHT + 5 * DAY)
    reviews.put(review(version=4), NIGHT + DAY)
    reviews.remove(review(version=4), NIGHT + DAY)
    assert reviews.all() == [later]
    reviews.put(replace(later, metrics=("annual_pay",)), NIGHT + 6 * DAY)
    reviews.remove(later, NIGHT + 7 * DAY)
    assert reviews.all() == []


def test_a_line_without_a_version_waits_too(exchange: Exchange) -> None:
    exchange.fill(20)
    exchange.run()
    far_shop(exchange)
    entry = submission_entry(90, "labor_rates", Contribution("labor_rate_body", "", 10_000, 1))
    old = entry.line.replace("s2|", "s1|").removesuffix("|1|0")
    exchange.put(entry._replace(line=old))
    exchange.run(NIGHT + DAY)
    assert [one.number for one in exchange.stores.reviews.all()] == [None]
    assert 10_000 not in counted(exchange)
