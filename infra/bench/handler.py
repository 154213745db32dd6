"""What a warm request costs: ``make bench-handler``, in an environment of its own (.local/bench-venv).

A body of twenty fields is read and checked, the caller's right to send it too, a line is logged and a metric counted,
an answer of as many fields is written, and a line tells of the request: by a handler as the application makes them, and
by FastAPI with Mangum doing the same. Both get the same events, log and count with the same code, and read and write
nothing. CPU microseconds a request, the least of several processes, which take turns so that what else the machine does
touches both alike.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from time import process_time
from typing import Any, Final

from infra import ROOT, say
from infra.bench import ENVIRONMENT

_HANDLERS: Final = {"ours": "infra.bench.warm_api", "FastAPI + Mangum": "infra.bench.warm_fastapi"}
_WARM_UP: Final = 300


def event() -> dict[str, Any]:
    """A request as API Gateway hands it to the function."""
    from infra.bench.warm import ORGANIZATION, PATH, SENT, USER

    path = PATH.format(organization_id=ORGANIZATION)
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Host": "api.connects.example",
        "User-Agent": "client/1.0",
        "X-Forwarded-For": "192.0.2.1",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }
    return {
        "resource": PATH,
        "path": path,
        "httpMethod": "PUT",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"organization_id": ORGANIZATION},
        "stageVariables": None,
        "body": json.dumps(SENT),
        "isBase64Encoded": False,
        "requestContext": {
            "httpMethod": "PUT",
            "resourcePath": PATH,
            "path": path,
            "stage": "api",
            "requestId": "0192f0c1-1111-7c38-9d1e-3f5f2b6f6a10",
            "identity": {"sourceIp": "192.0.2.1"},
            "authorizer": {
                "principalId": USER,
                "email": "ann@connects.example",
                "admin": "false",
                "expires_at": "4102444800",
            },
        },
    }


def microseconds(module: str, requests: int) -> float:
    """CPU of a warm request to a module's handler. Raises ``ValueError`` where the answer is not what it should be."""
    from infra.bench.warm import ORGANIZATION, SENT

    handler = import_module(module).handler
    asked = event()
    answer = handler(asked, None)
    if answer["statusCode"] != 200 or json.loads(answer["body"]) != {
        **SENT,
        "organization_id": ORGANIZATION,
        "version": 1,
    }:
        raise ValueError(f"{module} answered {answer}")
    for _ in range(_WARM_UP):
        handler(asked, None)
    begun = process_time()
    for _ in range(requests):
        handler(asked, None)
    return (process_time() - begun) / requests * 1e6


def _in_a_process(module: str, requests: int, result: Path) -> float:
    # What is logged and counted goes to standard output, as it does in a function.
    command = [
        sys.executable,
        "-W",
        "ignore",  # pydantic warns of how FastAPI names bodies
        "-m",
        "infra.bench.handler",
        "--measure",
        module,
        str(result),
        "--requests",
        str(requests),
    ]
    subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=True)
    return float(result.read_text(encoding="utf-8"))


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(prog="python -m infra.bench.handler", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="processes of each")
    parser.add_argument("--requests", type=int, default=2_000, help="requests in each process")
    parser.add_argument("--measure", nargs=2, metavar=("MODULE", "RESULT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        module, result = options.measure
        Path(result).write_text(str(microseconds(module, options.requests)), encoding="utf-8")
        return
    least = dict.fromkeys(_HANDLERS, math.inf)
    with tempfile.TemporaryDirectory(prefix="connects-handler-") as folder:
        for _ in range(options.rounds):
            for name, module in _HANDLERS.items():
                took = _in_a_process(module, options.requests, Path(folder, "result"))
                least[name] = min(least[name], took)
    for name, took in least.items():
        say(
            f"{name:20} {took:5.0f} us CPU a request, {took / least['FastAPI + Mangum']:.2f} of FastAPI + Mangum"
        )


if __name__ == "__main__":
    main()
