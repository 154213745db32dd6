"""What the functions of a deployed stack have logged, and what of it nobody should have logged."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from infra.mailbox import mails
from infra.stack import StackInfo

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")
_TOKEN = re.compile(r"eyJ[\w-]{8,}\.[\w-]+|[Bb]earer \S{8,}")
_DOLLARS = re.compile(r"""(["'])\$?\d{1,9}\.\d\d\1|\$\d""")
"""As the API spells figures; times and counts are logged as numbers."""
_FIGURE = re.compile(r"\d{1,9}\.\d\d")
_SECRET = re.compile(r"(?:token|code)=([\w.~%+/-]{12,})")
_OF_THE_PLATFORM = ("START ", "END ", "REPORT ", "INIT_START ", "Worker process died")
"""How lines begin that Lambda itself writes: they tell durations, and in the emulated one that a worker was killed."""
_TRACEBACK = "Traceback (most recent call last):"


def lines(stack: StackInfo) -> Iterator[tuple[str, str]]:
    """Every line of each of the stack's log groups, with the group's name."""
    client = stack.client("logs")
    groups = client.get_paginator("describe_log_groups")
    for page in groups.paginate(logGroupNamePrefix=f"/{stack.stack_name}/"):
        for group in page["logGroups"]:
            name = group["logGroupName"]
            for events in client.get_paginator("filter_log_events").paginate(logGroupName=name):
                for event in events["events"]:
                    yield from ((name, line) for line in event["message"].splitlines() if line.strip())


def figures_in(body: Any) -> Iterator[str]:
    """The figures of a JSON body: amounts of dollars as decimal strings."""
    if isinstance(body, str) and _FIGURE.fullmatch(body):
        yield body
    for child in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        yield from figures_in(child)


def secrets_of(stack: StackInfo) -> set[str]:
    """What links in mails carry."""
    return {secret for mail in mails(stack) for secret in _SECRET.findall(mail.text + mail.html)}


def told_too_much(
    logged: Iterable[tuple[str, str]], figures: set[str], secrets: set[str]
) -> Iterator[tuple[str, str, str]]:
    """Lines that hold what they should not, or are no JSON: the group, what it is, the line."""
    sent = re.compile(
        "|".join(rf"(?<![\d.]){re.escape(figure)}(?![\d.])" for figure in sorted(figures)) or r"(?!)"
    )
    traced = False
    for group, line in logged:
        # An error that ends an invocation is the platform's to write, and is no JSON.
        traced, of_an_error = line.startswith(_TRACEBACK) or (traced and line[:1].isspace()), traced
        if line.startswith(_OF_THE_PLATFORM):
            continue
        kinds = {"an address": _ADDRESS, "a token": _TOKEN, "dollars": _DOLLARS, "a figure": sent}
        for kind, pattern in kinds.items():
            if pattern.search(line):
                yield group, kind, line
        if any(secret in line for secret in secrets):
            yield group, "a link's secret", line
        if not traced and not of_an_error and not _is_object(line):
            yield group, "no JSON", line


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
