"""The story of all routes, in which each request is made under faults before it is made for good."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chalicelib import aws
from chalicelib.exchange.routes import _memory
from chalicelib.geography.delineations import _known
from tests.conftest import Answer, Http, TokenMaker
from tests.faults import Call, Faults, Rule
from tests.functional.costs.meter import Cost
from tests.functional.costs.story import Story, route_of
from tests.functional.faults.stored import State, changes, known_ids, put_back, taken

#: Seconds of back-off that a request may take.
PATIENCE = 10
#: What deletes more than a transaction holds, in steps: refused in the middle of them, it goes on when it is repeated.
IN_STEPS = frozenset({"delete_organization", "delete_owner_group", "erase_me"})


class Listener:
    """Stands where the story has its meter: it notes what the requests that count put into the table."""

    def __init__(self) -> None:
        self.put: list[Any] = []
        self.on = True

    def taken(self) -> Cost:
        """No cost."""
        return Cost()

    def note(self, params: dict[str, Any], **_: Any) -> None:
        """Notes the items of one request."""
        if self.on:
            self.put += [one["Put"]["Item"] for one in params.get("TransactItems", ()) if "Put" in one]
            self.put += [params["Item"]] if "Item" in params else []


@dataclass
class Request:
    """One request of the story."""

    client: Http
    method: str
    path: str
    body: Any
    token: str | None
    headers: dict[str, str]

    def send(self, *rules: Rule) -> tuple[Answer, Faults]:
        """Makes it, as in a process that has just begun."""
        _memory.pointer = None
        _memory.kept.clear()
        _known.clear()
        with Faults(rules).between(aws.dynamodb(), aws.s3()) as faults:
            answer = self.client.request(
                self.method, self.path, json=self.body, token=self.token, headers=self.headers
            )
        return answer, faults


@dataclass
class Trying(Story):
    """``rules`` gives the faults of a call; ``wrong`` is what was found, ``tried`` how many requests met faults.

    Of ``parts`` like this one, ``part`` tries every so manieth route.
    """

    rules: Any = None
    part: int = 0
    parts: int = 1
    tried: int = 0
    seen: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, who: str | None = None, body: Any = None, **headers: str) -> Answer:
        """A request, tried under faults the first time that its route makes these calls."""
        token = None if who is None else self.token(who, admin=who == "root")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(self.client, method, path, body, token, sent)
        name = route_of(method, path)
        before = taken()
        answer, faults = request.send()
        assert 200 <= answer.status < 300, f"{method} {path}: {answer.text}"
        self.costs.setdefault(name, Cost())
        if name not in self.seen:
            self.seen.add(name)
            if len(self.seen) % self.parts != self.part:
                return answer
            after = taken()
            self.meter.on = False  # type: ignore[attr-defined]
            steps = name in IN_STEPS
            self.wrong += [f"{name}: {one}" for one in self._try(request, faults.calls, before, steps=steps)]
            self.meter.on = True  # type: ignore[attr-defined]
            put_back(after)
        return answer

    def _try(self, request: Request, calls: list[Call], before: State, *, steps: bool) -> Iterator[str]:
        known = known_ids(before)
        new = changes(before, known)
        request.send()
        again = changes(before, known)
        for call in calls:
            for rule in self.rules(call):
                put_back(before)
                self.tried += 1
                what = (
                    f"call {call.number} of {len(calls)}, {call.operation}, {rule.kind.value} x {rule.times}"
                )
                answer, faults = request.send(rule)
                granted, found = 200 <= answer.status < 300, changes(before, known)
                if rule not in faults.met:
                    yield f"{what}: the call was not made"
                if not (granted or _refused(answer)):
                    yield f"{what}: {answer.status} {answer.text}"
                if found not in ([], new) and (granted or not steps):
                    yield f"{what}: half done: {_difference(found, new)}"
                if granted and found != new:
                    yield f"{what}: granted and not done: {_difference(found, new)}"
                if faults.waited > PATIENCE:
                    yield f"{what}: waited {faults.waited} s"
                if granted and not new:
                    # What changes nothing has been done, however often.
                    continue
                repeated, _ = request.send()
                ended = changes(before, known)
                if ended not in ((new, again) if found else (new,)) or repeated.status >= 500:
                    yield f"{what}: repeated ({repeated.status}): {_difference(ended, new)}"


def _refused(answer: Answer) -> bool:
    return (
        answer.status == 503
        and answer.problem == "temporarily-unavailable"
        and answer.headers["Retry-After"].isdigit()
    )


def _difference(found: list[str], wanted: list[str]) -> str:
    return f"has {[one for one in found if one not in wanted]}, lacks {[one for one in wanted if one not in found]}"


def trying(client: Http, token: TokenMaker, table: Any, rules: Any, part: int = 0, parts: int = 1) -> Trying:
    """A story to play under faults; ``rules`` answers those for a call."""
    return Trying(client, token, table, Listener(), rules=rules, part=part, parts=parts)  # type: ignore[arg-type]
