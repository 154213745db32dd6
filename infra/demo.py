"""The demonstration: schools through S3, shops and their submissions through the API, one night, four look-ups."""

import json
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import requests
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from infra.synthetic import OWNERS, Shop, shops
from infra.token import id_token

if TYPE_CHECKING:
    from infra.stack import StackInfo

SAMPLE_SCHOOLS: Final = Path(__file__).parent / "samples" / "schools.csv"
ADMINISTRATOR: Final = "admin"

_WORKERS: Final = 8
_IMPORT_PATIENCE_SECONDS: Final = 600


class DemonstrationFailed(Exception):
    """A step of the demonstration did not do what it should; the message says which and what was answered."""


class ApiClient:
    """A client of the API with one person's token."""

    def __init__(self, stack: "StackInfo", user: str) -> None:
        self._base = stack.api_url.rstrip("/")
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {id_token(stack, user)}"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request; the answer's JSON. Raises ``DemonstrationFailed`` unless it succeeds."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self._session.request(method, self._base + path, json=body, headers=named, timeout=60)
        if not answer.ok:
            raise DemonstrationFailed(f"{method} {path} answered {answer.status_code}: {answer.text}")
        return answer.json() if answer.content else None


def load(stack: "StackInfo", schools: Path, count: int, progress: Progress) -> None:
    """Loads the demonstration into a fresh deployment: ``schools`` is a school list's file, ``count`` how many shops.

    Raises ``DemonstrationFailed`` where a step does not do what it should.
    """
    administrator = ApiClient(stack, ADMINISTRATOR)
    import_schools(stack, administrator, schools, progress)
    register_shops(stack, administrator, list(shops(count, datetime.now(UTC).date())), progress)
    publish(stack, progress)


def import_schools(stack: "StackInfo", administrator: ApiClient, schools: Path, progress: Progress) -> None:
    """Drops the list into the uploads bucket, as an administrator would, and waits for what comes of it."""
    task = progress.add_task(f"Schools from {schools.name}", total=None)
    before = {one["id"] for one in administrator.call("GET", "/v1/imports")["items"]}
    bucket = stack.outputs["UploadsBucketName"]
    stack.client("s3").upload_file(str(schools), bucket, f"uploads/{schools.name}")
    deadline = time.monotonic() + _IMPORT_PATIENCE_SECONDS
    while time.monotonic() < deadline:
        listed = administrator.call("GET", "/v1/imports")["items"]
        current = next((one for one in listed if one["id"] not in before), None)
        if current is not None:
            progress.update(task, description=_import_line(schools.name, current))
            if current["status"] in ("done", "refused", "failed"):
                progress.update(task, total=1, completed=1)
                if current["status"] != "done":
                    # A list that is refused is an answer, not a breakdown: the rest of the demonstration goes on.
                    outcome = f"[yellow]{schools.name} was {current['status']}:[/] {current.get('reason')}"
                    progress.console.print(outcome)
                return
        time.sleep(0.25)
    raise DemonstrationFailed(
        f"The import of {schools.name} did not end within {_IMPORT_PATIENCE_SECONDS} s."
    )


def _import_line(name: str, current: dict[str, Any]) -> str:
    return (
        f"Schools from {name}: {current['rows_read']} rows, {current['created']} created, "
        f"{current['changed']} changed, {current['unchanged']} unchanged, {current['rejected']} rejected"
    )


def register_shops(
    stack: "StackInfo", administrator: ApiClient, listed: list[Shop], progress: Progress
) -> None:
    """Registers shops and their submissions by several people at once; the administrator verifies each."""
    owners = [ApiClient(stack, f"owner{number}") for number in range(OWNERS)]
    groups: dict[tuple[int, str], str] = {}
    for owner, name in sorted({(shop.owner, shop.group) for shop in listed if shop.group is not None}):
        groups[owner, name] = owners[owner].call("POST", "/v1/owner-groups", {"name": name})["id"]
    task = progress.add_task("Shops and their submissions", total=len(listed))

    def register(shop: Shop) -> None:
        owner = owners[shop.owner]
        organization = dict(shop.organization)
        if shop.group is not None:
            organization["owner_group_id"] = groups[shop.owner, shop.group]
        path = f"/v1/organizations/{owner.call('POST', '/v1/organizations', organization)['id']}"
        administrator.call("PUT", f"{path}/verification", {"status": "verified"})
        for position, body in shop.pay.items():
            owner.call("PUT", f"{path}/pay/{position}", body)
        owner.call("PUT", f"{path}/labor-rates", shop.labor_rates)
        owner.call("PUT", f"{path}/benefits", shop.benefits)

    _at_once(register, listed, lambda: progress.advance(task))


def _at_once(work: Callable[[Shop], None], listed: Iterable[Shop], done: Callable[[], object]) -> None:
    with ThreadPoolExecutor(_WORKERS) as pool:
        for finished in as_completed([pool.submit(work, one) for one in listed]):
            finished.result()
            done()


def publish(stack: "StackInfo", progress: Progress) -> None:
    """Invokes the nightly function with the event that its schedule would send."""
    task = progress.add_task("Nightly publication", total=None)
    event = {
        "version": "0",
        "id": "00000000-0000-4000-8000-000000000000",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": stack.region,
        "resources": [],
        "detail": {},
    }
    answer = stack.client("lambda").invoke(
        FunctionName=stack.outputs["NightlyFunctionName"], Payload=json.dumps(event).encode()
    )
    payload = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise DemonstrationFailed(f"The nightly function failed: {payload}")
    progress.update(task, total=1, completed=1, description=f"Nightly publication: {payload}")


def show(stack: "StackInfo", console: Console) -> None:
    """Prints look-ups as tables: a labor rate by state and shop type and by ZIP code, pay by position, benefits."""
    ask = _Asking(stack)
    states, types = ("CA", "FL", "TX", "WA"), ("independent", "dealership", "chain")
    rates = Table(title="Posted customer-pay labor rate, $/h (median)", title_justify="left")
    for heading in ("state", *types, "all shop types"):
        rates.add_column(heading)
    for state in states:
        asked = [ask.cell("labor_rate_customer_pay", state=state, shop_type=kind) for kind in (*types, None)]
        rates.add_row(state, *(_figure(answer) for answer in asked))
    console.print(rates)

    near = Table(title="The same by ZIP code, all shop types", title_justify="left")
    for heading in ("ZIP code", "median", "owner groups", "values of"):
        near.add_column(heading)
    for zip_code in ("90012", "33101", "77002", "98101"):
        answer = ask.cell("labor_rate_customer_pay", zip=zip_code)
        known = (answer["cell"]["owner_groups"], answer["cell"]["as_of"]) if answer else ("", "")
        near.add_row(zip_code, _figure(answer), *known)
    console.print(near)

    pay = Table(title="Hourly equivalent in Texas, all shop types, $/h", title_justify="left")
    for heading in ("position", "P25", "median", "P75", "owner groups", "published for"):
        # A narrow window must not cut off what tells one technician from another.
        pay.add_column(heading, min_width=len("master_technician") if heading == "position" else None)
    positions = (
        "technician_c",
        "technician_b",
        "technician_a",
        "master_technician",
        "body_technician",
        "all",
    )
    for position in positions:
        answer = ask.cell("hourly_equivalent", state="TX", position=position)
        figures = answer["cell"]["figures"] if answer else {}
        quartiles = [figures.get(name) or "not printed" for name in ("p25_usd", "median_usd", "p75_usd")]
        pay.add_row(position, *quartiles, answer["cell"]["owner_groups"] if answer else "", _place(answer))
    console.print(pay)

    benefits = Table(title="Shops that offer it, %", title_justify="left")
    for heading in ("benefit", "Georgia", "nation"):
        benefits.add_column(heading)
    for name in ("health", "dental", "uniforms", "paid_training", "four_day_week"):
        answer = ask.cell(f"benefit_{name}", state="GA")
        wider = [answer["cell"], *answer["ancestors"]] if answer else []
        nation = next((one for one in wider if one["location"]["level"] == "nation"), None)
        benefits.add_row(name, _figure(answer), nation["figures"]["share_percent"] if nation else "-")
    console.print(benefits)


class _Asking:
    """Looks figures up as anyone may: without a token."""

    def __init__(self, stack: "StackInfo") -> None:
        self._url = f"{stack.api_url.rstrip('/')}/v1/exchange/lookup"

    def cell(self, metric: str, **where: str | None) -> dict[str, Any] | None:
        """The answer of the look-up, or None where nothing is published."""
        asked = {"metric": metric, **{name: value for name, value in where.items() if value}}
        answer = requests.get(self._url, params=asked, timeout=60)
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


def _place(answer: dict[str, Any] | None) -> str:
    if answer is None:
        return "nothing published"
    cell = answer["cell"]
    return f"{cell['location']['name']}, {cell['shop_type']}"


def _figure(answer: dict[str, Any] | None) -> str:
    if answer is None:
        return "-"
    figures = answer["cell"]["figures"]
    return f"{figures.get('median_usd') or figures['share_percent']} ({_place(answer)})"
