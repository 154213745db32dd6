"""Load on a throwaway stack on this machine: ``python -m infra.load [--seconds 20] [--clients 8] [--shops 120]``.

A mix of what people do: look-ups most of all, searches, reading organizations, and some writing. The same number of
clients then drive a bare handler, deployed beside it behind the same gateway, so that the emulator's own cost can be
told from the application's. Bounded in time and clients, and never spoken to any host but this one.
"""

import argparse
import io
import json
import random
import sys
import threading
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from rich.console import Console
from rich.progress import Progress

from infra import Stop, demo, say
from infra.local import throwaway_stack
from infra.stack import StackInfo
from infra.token import id_token

_LONGEST_SECONDS: Final = 300
_MOST_CLIENTS: Final = 32
_BARE: Final = """
import json
def handler(event, context):
    print("{}")
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps({"ok": True})}
"""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of the mix: its share, method and path, and a body where it has one."""

    name: str
    weight: int
    method: str
    path: Callable[[random.Random], str]
    body: Callable[[random.Random], Any] | None = None
    signed: bool = False
    answers: tuple[int, ...] = (200,)


@dataclass(slots=True)
class Tally:
    """What was measured: seconds of each request by name, and answers that were not as they should be."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, other: "Tally") -> None:
        """Takes in another's."""
        for name, measured in other.seconds.items():
            self.seconds[name] += measured
        for name, count in other.errors.items():
            self.errors[name] += count

    @property
    def all(self) -> list[float]:
        """The seconds of every request."""
        return [one for measured in self.seconds.values() for one in measured]


def mix(shop: str) -> tuple[Ask, ...]:
    """What is asked, by share. ``shop`` is an organization that the signed requests may change."""
    zips, states = ("77002", "90012", "33101", "59801", "10001", "96910"), ("TX", "CA", "FL", "WA", "GA")
    positions = ("technician_a", "technician_b", "master_technician", "body_technician", "all")

    def pay(draw: random.Random) -> dict[str, Any]:
        plan = {"plan": "hourly", "hourly_pay_usd": f"{draw.randint(20, 60)}.50"}
        return {"effective_date": "2025-01-15", "headcount": draw.randint(1, 9), "pay_plan": plan}

    return (
        Ask(
            "look-up by state",
            30,
            "GET",
            lambda draw: (
                f"/v1/exchange/lookup?metric=hourly_equivalent&position={draw.choice(positions)}"
                f"&state={draw.choice(states)}"
            ),
            # Where nothing is published, that is the answer.
            answers=(200, 404),
        ),
        Ask(
            "look-up by ZIP code",
            20,
            "GET",
            lambda draw: f"/v1/exchange/lookup?metric=labor_rate_customer_pay&zip={draw.choice(zips[:3])}",
        ),
        Ask(
            "near a ZIP code",
            15,
            "GET",
            lambda draw: f"/v1/directory/nearby?zip={draw.choice(zips)}&radius_miles=50&kind=school&limit=10",
        ),
        Ask("ZIP code", 5, "GET", lambda draw: f"/v1/geography/zip-codes/{draw.choice(zips)}"),
        Ask(
            "listing",
            5,
            "GET",
            lambda draw: f"/v1/directory/organizations?kind=shop&state={draw.choice(states)}&limit=20",
        ),
        Ask("who am I", 5, "GET", lambda _: "/v1/me", signed=True),
        Ask("own organization", 10, "GET", lambda _: f"/v1/organizations/{shop}", signed=True),
        Ask(
            "submit pay",
            10,
            "PUT",
            lambda draw: f"/v1/organizations/{shop}/pay/{draw.choice(positions[:4])}",
            pay,
            signed=True,
            answers=(200, 201),
        ),
    )


def drive(
    base: str, asks: Sequence[Ask], token: str | None, clients: int, seconds: float
) -> tuple[Tally, float]:
    """Sends the mix from so many clients for so long. What was measured, and how long it really took."""
    _only_here(base)
    total, lock = Tally(), threading.Lock()
    until = time.monotonic() + seconds

    def client(number: int) -> None:
        draw, mine, session = random.Random(number), Tally(), requests.Session()
        weights = [ask.weight for ask in asks]
        while time.monotonic() < until:
            (ask,) = draw.choices(asks, weights)
            headers = {"Authorization": f"Bearer {token}"} if ask.signed and token else {}
            body = ask.body(draw) if ask.body else None
            began = time.perf_counter()
            try:
                status = session.request(
                    ask.method, base + ask.path(draw), json=body, headers=headers, timeout=30
                ).status_code
            except requests.RequestException:
                status = 0
            mine.seconds[ask.name].append(time.perf_counter() - began)
            if status not in ask.answers:
                mine.errors[f"{ask.name}: {status or 'no answer'}"] += 1
        with lock:
            total.add(mine)

    began = time.monotonic()
    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return total, time.monotonic() - began


def bare_handler(stack: StackInfo) -> str:
    """Deploys a function that does nothing behind a gateway of its own. The address to ask."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("bare.py", _BARE)
    functions, gateway = stack.client("lambda"), stack.client("apigateway")
    role = stack.client("iam").create_role(
        RoleName="connects-load-bare",
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
    )["Role"]["Arn"]
    made = functions.create_function(
        FunctionName="connects-load-bare",
        Runtime="python3.13",
        Role=role,
        Handler="bare.handler",
        Code={"ZipFile": code.getvalue()},
        Timeout=29,
        MemorySize=1024,
    )
    api = gateway.create_rest_api(name="connects-load-bare")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    gateway.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    gateway.put_integration(
        restApiId=api,
        resourceId=root,
        httpMethod="GET",
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=(
            f"arn:aws:apigateway:{stack.region}:lambda:path/2015-03-31/functions/"
            f"{made['FunctionArn']}/invocations"
        ),
    )
    functions.add_permission(
        FunctionName="connects-load-bare",
        StatementId="gateway",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    gateway.create_deployment(restApiId=api, stageName="bare")
    return f"{stack.endpoint_url}/_aws/execute-api/{api}/bare"


def report(tally: Tally, seconds: float) -> Iterator[str]:
    """Lines: each request's number and times, then all of them, then what went wrong."""
    yield f"{'':22}{'requests':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}"
    for name, measured in [*sorted(tally.seconds.items()), ("all", tally.all)]:
        yield f"{name:22}{len(measured):9}" + "".join(f"{1000 * one:9.1f}" for one in percentiles(measured))
    yield f"{len(tally.all) / seconds:.0f} requests a second, {sum(tally.errors.values())} errors"
    for name, count in sorted(tally.errors.items()):
        yield f"  {name}: {count}"


def percentiles(seconds: Sequence[float]) -> tuple[float, float, float]:
    """The 50th, 95th and 99th."""
    if len(seconds) < 2:
        return (*seconds, 0.0, 0.0, 0.0)[:3]  # type: ignore[return-value]
    cuts = quantiles(seconds, n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]


def _only_here(base: str) -> None:
    if urlsplit(base).hostname not in ("127.0.0.1", "localhost"):
        raise Stop(f"{base} is not on this machine: load is for the local stack alone.")


def _prepared(stack: StackInfo, shops: int, progress: Progress) -> tuple[str, str]:
    """Loads a small demonstration. A token, and a shop of the person it is of."""
    demo.load(stack, demo.SAMPLE_SCHOOLS, shops, progress)
    client = demo.ApiClient(stack, "load")
    shop = client.call(
        "POST",
        "/v1/organizations",
        {
            "kind": "shop",
            "shop_type": "independent",
            "name": "Load Auto Repair",
            "address": {"city": "Missoula", "zip": "59801"},
        },
    )
    return id_token(stack, "load"), str(shop["id"])


def main() -> int:
    """The command line: 0 where every answer was as it should be."""
    parser = argparse.ArgumentParser(prog="python -m infra.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--shops", type=int, default=120)
    given = parser.parse_args()
    if not 0 < given.seconds <= _LONGEST_SECONDS or not 0 < given.clients <= _MOST_CLIENTS:
        raise Stop(f"At most {_LONGEST_SECONDS} seconds and {_MOST_CLIENTS} clients.")
    with throwaway_stack() as stack:
        with Progress(console=Console(stderr=True)) as progress:
            token, shop = _prepared(stack, given.shops, progress)
        asks, bare = mix(shop), (Ask("bare handler", 1, "GET", lambda _: ""),)
        address = bare_handler(stack)
        # Both are warm before anything is measured.
        drive(stack.api_url, asks, token, given.clients, 3)
        drive(address, bare, None, given.clients, 1)
        measured, seconds = drive(stack.api_url, asks, token, given.clients, given.seconds)
        baseline, least = drive(address, bare, None, given.clients, given.seconds / 4)
    for line in report(measured, seconds):
        say(line)
    for line in report(baseline, least):
        say(line)
    ratio = percentiles(measured.all)[0] / percentiles(baseline.all)[0]
    share = (len(measured.all) / seconds) / (len(baseline.all) / least)
    say(f"p50 {ratio:.2f} x the bare handler's; {share:.2f} of its throughput; {given.clients} clients")
    return 1 if measured.errors else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Stop, demo.DemonstrationFailed) as stopped:
        sys.exit(str(stopped))
