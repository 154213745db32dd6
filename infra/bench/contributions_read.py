"""What reading the contributions index costs in the process: ``python -m infra.bench.contributions_read``.

The same botocore answers canned pages, so that neither a network nor a server is measured: pages of items as a
submission has them in the table (25 attributes), read whole by a scan, and pages of the one compact attribute of the
index. Ratios are of one run.
"""

import argparse
import io
import json
import sys
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.config import Config

from chalicelib.exchange import index
from chalicelib.table import keys
from chalicelib.table.table import Table

PAGE_BYTES = 1_000_000
SHOPS = 1_000
TOPICS = 4


def line(shop: int, topic: int) -> str:
    """A submission's line with eight figures, which is about the average."""
    one = f"0190aaaa-0000-7000-8000-{shop:012d}"
    if topic == 0:
        return f"o1|{one}|{one}|MT|598-MT|collision|1"
    figures = ";".join(
        f"labor_rate_{rate}::{6_000 + shop + at}:1"
        for at, rate in enumerate(
            ("body", "paint", "frame", "mechanical", "warranty", "internal", "mobile", "in_shop")
        )
    )
    return f"s2|{one}|labor_rates|{20_000 + topic}|{figures}|1|0"


def full_item(shop: int, topic: int) -> dict[str, Any]:
    """The same as an item of 25 attributes: the keys, the line, and each figure by its name."""
    item: dict[str, Any] = {name: {"S": f"ORG#{shop:012d}"} for name in ("PK", "SK", "GSI3PK", "GSI3SK")}
    item["x"] = {"S": line(shop, topic)}
    item |= {f"text_{at}": {"S": f"value {at} of {shop}"} for at in range(10)}
    item |= {f"number_{at}": {"N": str(6_000 + shop + at)} for at in range(10)}
    return item


def page(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As many items as a page holds: 1 MB of names and values, and 100 bytes for each item of an index."""
    sizes = (
        100 + sum(len(name) + len(str(*value.values())) for name, value in item.items()) for item in items
    )
    total = list(accumulate(sizes))
    return items[: bisect_right(total, PAGE_BYTES)]


class Body(io.BytesIO):
    """Bytes as botocore reads them off a connection."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        """All at once."""
        yield self.getvalue()


class Canned:
    """A client whose requests are answered from memory, page after page, without end."""

    def __init__(self, items: list[dict[str, Any]], pages: int) -> None:
        self.body = json.dumps(
            {"Items": items, "Count": len(items), "LastEvaluatedKey": {"PK": {"S": "a"}, "SK": {"S": "b"}}}
        ).encode()
        self.last = json.dumps({"Items": items, "Count": len(items)}).encode()
        self.pages = pages
        self.sent = 0
        self.client = boto3.client(
            "dynamodb",
            region_name="us-east-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",  # noqa: S106 - nobody's
            config=Config(retries={"total_max_attempts": 1}),
        )
        answer: Any = self.answer
        self.client.meta.events.register("before-send.dynamodb.*", answer)

    def answer(self, request: Any, **_: Any) -> AWSResponse:
        """What botocore takes for the answer, unread like one from the network."""
        self.sent += 1
        body = self.last if self.sent % self.pages == 0 else self.body
        return AWSResponse(request.url, 200, HTTPHeaders(), Body(body))


def cpu(work: Callable[[], int], least: float = 1.0) -> float:
    """Things done a second of CPU."""
    work()
    done, begin = 0, time.process_time()
    while time.process_time() - begin < least:
        done += work()
    return done / (time.process_time() - begin)


def scan_all(canned: Canned) -> int:
    """Every full item through ``client.scan``."""
    read = 0
    request: dict[str, Any] = {"TableName": "table"}
    while True:
        answer = canned.client.scan(**request)
        read += len(answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return read
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def main(arguments: list[str] | None = None) -> int:
    """Prints the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=4, help="pages in a partition")
    pages = parser.parse_args(arguments).pages
    entries = [(shop, topic) for shop in range(SHOPS) for topic in range(TOPICS)]
    full = Canned(page([full_item(*entry) for entry in entries]), pages)
    # A page's size counts the keys, too, though only the line is asked for.
    keyed = [
        {name: item[name] for name in ("PK", "SK", "GSI3PK", "GSI3SK", "x")}
        for item in (full_item(*entry) for entry in entries)
    ]
    compact = Canned([{"x": item["x"]} for item in page(keyed)], pages)
    table = Table(compact.client, "table")
    lines = [line(*entry) for entry in entries]

    def column() -> int:
        return sum(map(len, table.column(keys.contributions(0), keys.CONTRIBUTIONS, "x")))

    def digested() -> int:
        shards = [[text for page in table.column("shard", keys.CONTRIBUTIONS, "x") for text in page]]
        index.digest_of(shards)
        return len(shards[0])

    def framed() -> int:
        return len(index.read([lines]).frame)

    whole, one = cpu(lambda: scan_all(full)), cpu(column)
    rows = [
        ("full items of 25 attributes by scan, items/s", whole, 1.0),
        ("compact items by query, items/s", one, one / whole),
        ("... and digested, as on an unchanged night, items/s", (quiet := cpu(digested)), quiet / whole),
        ("lines to a frame, figures/s", cpu(framed), None),
    ]
    for name, rate, ratio in rows:
        sys.stdout.write(f"{name:55}{rate:12,.0f}" + (f"{ratio:8.1f} x\n" if ratio else "\n"))
    figures = sum(text.count(";") + 1 for text in lines if text.startswith("s2|"))
    both = 1 / (1 / one + figures / len(lines) / rows[3][1])
    sys.stdout.write(f"{'read and taken apart, items/s':55}{both:12,.0f}{both / whole:8.1f} x\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
