"""A story that people play over HTTP, request by request, while what each costs is noted by its route."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from typing import Any

from chalicelib.apis import APIS
from chalicelib.audit.service import entry_write
from chalicelib.clock import new_id, utc_now
from chalicelib.geography.service import place_of_zip
from chalicelib.organizations.models import Address, Organization, Status
from chalicelib.organizations.store import new_put
from chalicelib.postings.listing import listed
from chalicelib.postings.models import Place
from chalicelib.postings.store import new_puts
from chalicelib.table.expressions import Item, Put
from chalicelib.table.table import Table
from chalicelib.values import Kind, Sector, ShopType
from tests.conftest import Answer, Http, TokenMaker
from tests.functional.costs.meter import Cost, Meter
from tests.unit.postings.samples import posting

OPERATIONS = list(chain.from_iterable(api.operations for api in APIS))
#: Paths without parameters come first: they win where both fit.
_PATHS = sorted(
    ("{" in one.path, one.method, re.sub(r"{\w+}", "[^/]+", one.path), one.function.__name__)
    for one in OPERATIONS
)


def route_of(method: str, path: str) -> str:
    """The name of the route that a request goes to."""
    bare = path.partition("?")[0]
    return next(name for _, verb, fits, name in _PATHS if verb == method and re.fullmatch(fits, bare))


@dataclass
class Story:
    """Requests of people, and what the dearest one of each route cost that was granted."""

    client: Http
    token: TokenMaker
    table: Table
    meter: Meter
    costs: dict[str, Cost] = field(default_factory=dict)

    def ask(self, method: str, path: str, who: str | None = None, body: Any = None, **headers: str) -> Answer:
        """A request of a person, which must be granted; ``root`` is an administrator."""
        token = None if who is None else self.token(who, admin=who == "root")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        self.meter.taken()
        answer = self.client.request(method, path, json=body, token=token, headers=sent)
        cost = self.meter.taken()
        assert 200 <= answer.status < 300, f"{method} {path}: {answer.text}"
        name = route_of(method, path)
        before = self.costs.get(name)
        if before is None or (before.reads + before.writes, before.calls) < (
            cost.reads + cost.writes,
            cost.calls,
        ):
            self.costs[name] = cost
        return answer

    def get(self, path: str, who: str | None = None) -> Any:
        """What a GET answers."""
        return self.ask("GET", path, who).json

    def post(self, path: str, who: str | None, body: Any) -> Any:
        """What a POST answers."""
        key = new_id()
        takes = {one.function.__name__ for one in OPERATIONS if "idempotent" in one.takes}
        headers = {"Idempotency_Key": key} if route_of("POST", path) in takes else {}
        answer = self.ask("POST", path, who, body, **headers)
        return answer.json if answer.text else None

    def put(self, path: str, who: str | None, body: Any, version: int | None = None) -> Any:
        """What a PUT answers."""
        headers = {} if version is None else {"If_Match": f'"{version}"'}
        answer = self.ask("PUT", path, who, body, **headers)
        return answer.json if answer.text else None

    def patch(self, path: str, who: str, body: Any, version: int) -> Any:
        """What a PATCH answers."""
        return self.ask("PATCH", path, who, body, If_Match=f'"{version}"').json

    def delete(self, path: str, who: str, version: int | None = None) -> None:
        """A DELETE."""
        self.ask("DELETE", path, who, **({} if version is None else {"If_Match": f'"{version}"'}))

    def notices(self, kind: str) -> list[dict[str, Any]]:
        """The facts of every notice of a kind that was written, oldest first."""
        read = [json.loads(item["doc"]["S"]) for item in self.meter.put if item["SK"]["S"] == "NOTICE"]
        return [one["facts"] for one in read if one["kind"] == kind]


def fill(table: Table, size: int) -> None:
    """Puts ``size`` shops of other people into the table, far from Missoula, with five open postings each."""
    _put_all(table, list(_others(size)))


def crowd(table: Table, size: int) -> None:
    """Puts what finds ``size`` open postings into the table, all within some ten miles of Missoula."""
    college = "20000000-0000-7000-8000-000000000000"
    items = []
    for number in range(size):
        north, east = divmod(number, 40)
        spot = Place(
            zip="59801",
            city="Missoula",
            state="MT",
            latitude=46.75 + 0.2 * (north / 40 % 1),
            longitude=-114.15 + 0.2 * east / 40,
        )
        one = posting(
            number, organization_id=college, place=spot, ends_on=(utc_now() + timedelta(days=60)).date()
        )
        items += [write.item for write in listed(one) if isinstance(write, Put)]
    _put_all(table, items)


def _put_all(table: Table, items: list[Item]) -> None:
    client = table._client
    for first in range(0, len(items), 25):
        requests: Any = [{"PutRequest": {"Item": table._encode(item)}} for item in items[first : first + 25]]
        client.batch_write_item(RequestItems={table._name: requests})


def _others(size: int) -> Iterator[Item]:
    place = place_of_zip("59301")
    past = utc_now() - timedelta(days=3)
    for number in range(size):
        shop = Organization(
            id=f"10000000-0000-7000-8000-{number:012x}",
            kind=Kind.SHOP,
            name=f"Shop {number:06d} of somebody else",
            status=Status.VERIFIED,
            shop_type=ShopType.INDEPENDENT,
            sectors=(Sector.AUTOMOTIVE,),
            address=Address(city="Miles City", state="MT", zip="59301", county="Custer County"),
            **_of_place(place),
            version=1,
            created_at=past,
            updated_at=past,
        )
        yield new_put(shop).item
        yield entry_write("root", "organization.verified", shop.id, utc_now()).item
        for nth in range(5):
            one = posting(
                number * 5 + nth,
                organization_id=shop.id,
                organization_kind=Kind.SHOP,
                ends_on=(utc_now() + timedelta(days=60)).date(),
                opened_at=past,
                place=Place(
                    zip=place.zip,
                    city=place.city,
                    state="MT",
                    latitude=place.latitude,
                    longitude=place.longitude,
                ),
            )
            here, everywhere = listed(one)
            yield from (write.item for write in (new_puts(one)[0], everywhere) if isinstance(write, Put))
            if nth == 0 and isinstance(here, Put):
                yield here.item


def _of_place(place: Any) -> dict[str, Any]:
    names = Organization.model_fields.keys() & {"division", "area", "latitude", "longitude"}
    return {name: getattr(place, name) for name in names}
