"""Figures of the package: ``python -m infra.bench.package`` packages for this machine, then measures.

Size: the bytes of each zip, packed and unpacked. Cold start: CPU seconds of a fresh interpreter that sees a function's
package and nothing else, imports the handler and, for the API, answers a first request, with AWS stubbed; beside B, a
bare process that imports boto3 as it comes and makes DynamoDB and S3 clients. Each figure is the least of several
processes, taken in turns, so that what else the machine does touches all alike. Beside each figure stands its budget;
where one is above it, the exit status is 1.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from chalicelib.geography.models import Division
from chalicelib.organizations.models import Address, Organization, Status
from chalicelib.organizations.store import new_put
from chalicelib.table.wire import to_wire
from chalicelib.values import Kind, ShopType
from infra import say
from infra.bench import ENVIRONMENT
from infra.local import packaged
from infra.ops.calls import event
from infra.package import Package, handlers_of, sizes

SIZES: Final = {"app.zip": 25, "auth.zip": 30, "exchange.zip": 120, "needs.zip": 120, "school_lists.zip": 75}
"""Budgets of the zips' contents, megabytes. DuckDB and NumPy are 106 of the two that have them."""
OTHER_SIZES: Final = 16
TIMES: Final = {
    "import APIHandler": 0.55,
    "import ImportSchoolList": 0.85,
    "import PublishDemand": 1.3,
    "import PublishNightly": 1.3,
    "first look-up": 1.0,
    "first write": 1.3,
}
"""Budgets of cold starts, as parts of B."""
OTHER_TIMES: Final = 0.75

_SITE: Final = sysconfig.get_paths()["purelib"]
_BARE: Final = """
import sys
sys.path.insert(0, sys.argv[1])
import boto3
for service in ("dynamodb", "s3"):
    boto3.client(service, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
"""
_IMPORT: Final = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
module, _, name = sys.argv[2].rpartition(".")
getattr(importlib.import_module(module), name)
"""
#: Answers what AWS would, below botocore's parsing: the client is made, the request is signed and sent, the answer is
#: read. Items are found by their key; what is written is accepted.
_REQUEST: Final = """
import json, sys
sys.path.insert(0, sys.argv[1])
import app
event, items, objects = json.load(open(sys.argv[2]))
from pathlib import Path
from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session
class Raw:
    def __init__(self, body): self.body = body
    def stream(self, *_, **__): yield self.read()
    def read(self, *_, **__):
        body, self.body = self.body, b""
        return body
def found(key):
    return items.get(key["PK"]["S"] + " " + key["SK"]["S"])
def send(self, request):
    target = request.headers.get("X-Amz-Target")
    if target is None:
        body = Path(objects, request.url.partition("/releases/")[2]).read_bytes()
    else:
        asked, action = json.loads(request.body), target.decode().rpartition(".")[2]
        if action == "GetItem":
            item = found(asked["Key"])
            answer = {} if item is None else {"Item": item}
        elif action == "BatchGetItem":
            wanted = asked["RequestItems"].items()
            there = {table: [item for item in map(found, one["Keys"]) if item] for table, one in wanted}
            answer = {"UnprocessedKeys": {}, "Responses": there}
        elif action == "Query":
            answer = {"Items": [], "Count": 0}
        else:
            answer = {}
        body = json.dumps(answer).encode()
    return AWSResponse(request.url, 200, {"Content-Length": str(len(body)), "ETag": '"e"'}, Raw(body))
URLLib3Session.send = send
answer = app.app(event, None)
assert answer["statusCode"] < 300, answer
"""
_USER: Final = "0192f0c1-0000-7c38-9d1e-3f5f2b6f6a10"
_ORGANIZATION: Final = "0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10"


def cpu(code: str, *arguments: str) -> float:
    """CPU seconds of a process that runs some code and sees nothing that is installed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-I", "-S", "-c", code, *arguments]
    subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def first_look_up(folder: Path) -> str:
    """A file with a look-up, the pointer and the document that it reads: those of a small synthetic release."""
    from chalicelib.exchange.microdata import read_csv
    from chalicelib.exchange.policy import Policy
    from chalicelib.exchange.publisher import publish
    from chalicelib.exchange.release import build, cells_of
    from chalicelib.exchange.state import State
    from infra.bench.exchange_trial import Nation

    microdata = folder / "night.csv"
    Nation(2_000, 10, 1).write(microdata)
    publication = publish(read_csv(microdata), 20_000, Policy(), State())
    release = build(cells_of(publication), date(2024, 10, 4), Policy(), None, lambda _: None)
    pointer = {
        "release_id": release.release_id,
        "night": "2024-10-04",
        "checked": "2024-10-04",
        "state_key": "state/x",
        "digest": "",
        "settled": False,
    }
    query = {"metric": ["labor_rate_customer_pay"], "state": ["CA"]}
    asked = event("GET", "/v1/exchange/lookup", user_id=_USER, multiValueQueryStringParameters=query)
    objects = folder / "releases"
    for one in release.files:
        path = objects / release.release_id / one.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(one.body)
    return _written(folder / "look-up.json", asked, {"EXCHANGE LATEST": pointer}, objects)


def first_write(folder: Path) -> str:
    """A file with a submission of pay, and the items that it reads."""
    body = {
        "effective_date": "2024-01-15",
        "headcount": 3,
        "pay_plan": {"plan": "hourly", "hourly_pay_usd": "27.50"},
    }
    path = "/v1/organizations/{organization_id}/pay/{position}"
    place = {"organization_id": _ORGANIZATION, "position": "technician_a"}
    asked = event("PUT", path, place, user_id=_USER, body=json.dumps(body))
    member = {
        "organization_id": _ORGANIZATION,
        "user_id": _USER,
        "role": "owner",
        "created_at": "2024-01-01T00:00:00Z",
    }
    profile = new_put(
        Organization(
            id=_ORGANIZATION,
            kind=Kind.SHOP,
            name="Cedar Auto Repair",
            status=Status.VERIFIED,
            shop_type=ShopType.INDEPENDENT,
            sectors=(),
            address=Address(city="Missoula", state="MT", zip="59801"),
            division=Division.MOUNTAIN,
            latitude=46.9,
            longitude=-114.0,
            version=1,
            created_at=datetime(2024, 1, 1, tzinfo=UTC),
            updated_at=datetime(2024, 1, 1, tzinfo=UTC),
        )
    ).item
    items = {
        f"ORG#{_ORGANIZATION} MEMBER#{_USER}": member,
        f"ORG#{_ORGANIZATION} PROFILE": profile,
    }
    return _written(folder / "write.json", asked, items, folder)


def _written(path: Path, asked: Mapping[str, Any], items: Mapping[str, Any], objects: Path) -> str:
    stored = {key: {name: to_wire(value) for name, value in item.items()} for key, item in items.items()}
    path.write_text(json.dumps([asked, stored, str(objects)]), encoding="utf-8")
    return str(path)


def main() -> int:
    """Package, measure, print. Answers how many figures are above their budgets."""
    parser = argparse.ArgumentParser(prog="python -m infra.bench.package", description=__doc__)
    parser.add_argument("--rounds", type=int, default=12, help="processes of each")
    rounds = parser.parse_args().rounds
    made = packaged()
    over = 0
    say("Size of the packages (MB = 1,000,000 bytes)")
    say(f"  {'package':<26} {'zipped':>9} {'unzipped':>11} {'budget':>9}")
    for name, zipped, unzipped in sizes(made):
        budget = SIZES.get(name, OTHER_SIZES)
        above = unzipped > budget * 1e6
        over += above
        say(f"  {name:<26} {zipped / 1e6:>6.1f} MB {unzipped / 1e6:>8.1f} MB {budget:>6} MB{_mark(above)}")
    least = _cold_starts(made, rounds)
    bare = least.pop("B")
    say("")
    say(
        f"Cold starts: CPU of a fresh process, the least of {rounds}; B is a bare process that imports boto3 and"
    )
    say(f"makes DynamoDB and S3 clients, {1000 * bare:.0f} ms here")
    say(f"  {'process':<26} {'CPU':>9} {'ratio':>11} {'budget':>9}")
    for name, seconds in least.items():
        most = TIMES.get(name, OTHER_TIMES)
        above = seconds > most * bare
        over += above
        say(f"  {name:<26} {1000 * seconds:>6.0f} ms {seconds / bare:>9.2f} B {most:>7.2f} B{_mark(above)}")
    return over


def _mark(above: bool) -> str:
    return "  above its budget" if above else ""


def _cold_starts(made: Package, rounds: int) -> dict[str, float]:
    """CPU seconds by what is done; that of the bare process is ``B``."""
    with tempfile.TemporaryDirectory(prefix="connects-package-") as temporary:
        folder = Path(temporary)
        handlers = {one.logical_id: one for one in handlers_of(made)}
        unpacked = {}
        for name, _, _ in sizes(made):
            with zipfile.ZipFile(made.directory / name) as archive:
                archive.extractall(folder / name)
            unpacked[name] = str(folder / name)
        api = unpacked[handlers["APIHandler"].zip_name]
        wanted = {"B": (_BARE, _SITE)} | {
            f"import {logical_id}": (_IMPORT, unpacked[one.zip_name], one.handler)
            for logical_id, one in handlers.items()
        }
        wanted["first look-up"] = (_REQUEST, api, first_look_up(folder))
        wanted["first write"] = (_REQUEST, api, first_write(folder))
        least: dict[str, float] = {}
        for _ in range(rounds):
            for name, command in wanted.items():
                least[name] = min(least.get(name, math.inf), cpu(*command))
    return least


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
