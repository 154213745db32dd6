"""Faults of AWS, made on purpose: a layer between a client and the in-process AWS that botocore's own events reach.

It sits where a request leaves botocore (``before-send``), so that everything above runs as it does in production:
serialization, signing, retries, parsing of errors. A rule names a call by service, operation and number, and what
becomes of its attempts; nothing is left to chance. Back-off takes no time, and is added up.

Two things of DynamoDB that the in-process AWS lacks are here: a transaction that is sent again with its token counts
once, and what is sent while nobody answers may take effect later.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import Enum
from types import SimpleNamespace
from typing import Any, Final
from unittest.mock import patch

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

from chalicelib.table.table import Table


class Kind(Enum):
    """What becomes of an attempt to call AWS."""

    THROTTLED = "throttled"
    """Refused: too many."""
    FAILED = "failed"
    """Refused: an internal error."""
    CUT = "cut"
    """It never arrives; nobody answers in time."""
    LOST = "lost"
    """It takes effect, and the answer is lost."""
    TWICE = "twice"
    """It arrives twice, and the answer to the first comes back."""
    LATE = "late"
    """Nobody answers in time, and it takes effect behind what is sent next."""


#: How a service says that there are too many: status and code.
_THROTTLING: Final = {
    "dynamodb": (400, "ProvisionedThroughputExceededException"),
    "s3": (503, "SlowDown"),
    "sesv2": (429, "TooManyRequestsException"),
}
#: Calls that change nothing.
READS: Final = ("GetItem", "BatchGetItem", "Query", "GetObject", "ListObjectsV2", "HeadObject")
_FAILING: Final = {"s3": "InternalError"}


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the process: ``number`` counts all of them, from 0, whatever they are."""

    number: int
    service: str
    operation: str


@dataclass(frozen=True, slots=True)
class Rule:
    """``times`` attempts, or all, of a call meet a fault.

    The call is the ``number``-th of those with this service and operation; an empty text stands for any.
    """

    kind: Kind
    number: int
    service: str = ""
    operation: str = ""
    times: int | None = 1


class Killed(BaseException):
    """The process ends here; nothing behind this line runs."""


@dataclass
class Faults:
    """The layer.

    ``everywhere`` is what the first attempt of every call meets; those that only read meet ``CUT`` where it would be
    the same to them. ``kill_at`` is the number of the call before which the process ends.
    """

    rules: tuple[Rule, ...] = ()
    everywhere: Kind | None = None
    kill_at: int | None = None
    calls: list[Call] = field(default_factory=list)
    met: list[Rule] = field(default_factory=list)
    """The rules that an attempt met."""
    waited: float = 0.0
    """Seconds of back-off, had time passed."""
    _attempts: dict[Rule, int] = field(default_factory=dict)
    _matching: tuple[Rule, ...] = ()
    _late: list[Callable[[], object]] = field(default_factory=list)
    _done: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)

    @contextmanager
    def between(self, *clients: Any) -> Iterator["Faults"]:
        """While inside, the calls of these clients go through the layer."""
        with ExitStack() as undoing:
            # A client's allowance for retries is used up by so many faults; a process has seldom more than one.
            undoing.enter_context(patch("botocore.retries.quota.RetryQuota.acquire", lambda *_: True))
            undoing.enter_context(patch("botocore.endpoint.time", SimpleNamespace(sleep=self._wait)))
            undoing.enter_context(patch.object(Table, "_back_off", self._back_off))
            for client in clients:
                events = client.meta.events
                handlers = (
                    ("before-call", self._begin, events.register),
                    ("before-send", self._send, events.register_first),
                    ("before-send", self._sent, events.register_last),
                )
                for at, (event, handler, register) in enumerate(handlers):
                    register(event, handler, unique_id=f"faults-{at}")
                    undoing.callback(events.unregister, event, unique_id=f"faults-{at}")
            yield self

    def _wait(self, seconds: float) -> None:
        self.waited += seconds

    def _back_off(self, attempt: int) -> None:
        self.waited += min(2.0, 0.05 * 2**attempt)

    def _begin(self, model: Any, **_: Any) -> None:
        call = Call(len(self.calls), model.service_model.service_name, model.name)
        if self.kill_at == call.number:
            raise Killed
        self.calls.append(call)
        self._matching = tuple(rule for rule in self.rules if self._is_for(rule, call))
        if self.everywhere is not None:
            writes = call.operation not in READS or self.everywhere in (Kind.THROTTLED, Kind.FAILED)
            self._matching += (Rule(self.everywhere if writes else Kind.CUT, call.number),)

    def _is_for(self, rule: Rule, call: Call) -> bool:
        like = [one for one in self.calls if rule.service in ("", one.service)]
        like = [one for one in like if rule.operation in ("", one.operation)]
        return bool(like) and like[-1] == call and len(like) - 1 == rule.number

    def _send(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        for rule in self._matching:
            self._attempts[rule] = self._attempts.get(rule, 0) + 1
            if rule.times is None or self._attempts[rule] <= rule.times:
                self.met.append(rule)
                return self._silencing(self._faulty(rule.kind, request, event_name))
        response = self._deliver(request, event_name)
        late, self._late = self._late, []
        for arrive in late:
            arrive()
        return self._silencing(response)

    def _faulty(self, kind: Kind, request: AWSPreparedRequest, event_name: str) -> AWSResponse:
        service = self.calls[-1].service
        match kind:
            case Kind.THROTTLED:
                return _refusal(request, service, *_THROTTLING[service])
            case Kind.FAILED:
                return _refusal(request, service, 500, _FAILING.get(service, "InternalServerError"))
            case Kind.TWICE:
                answer = self._deliver(request, event_name)
                self._deliver(request, event_name)
                return answer
            case Kind.LOST:
                self._deliver(request, event_name)
            case Kind.LATE:
                self._late.append(lambda: self._deliver(request, event_name))
        raise ReadTimeoutError(endpoint_url=request.url)

    def _deliver(self, request: AWSPreparedRequest, event_name: str) -> AWSResponse:
        token = _token(request) if event_name.endswith(".TransactWriteItems") else ""
        if token in self._done:
            status, headers, body = self._done[token]
            return AWSResponse(request.url, status, headers, MockRawResponse(body))  # type: ignore[arg-type]
        # What is sent again has a body that was read before.
        request.reset_stream()
        response = botocore_stubber(event_name, request)
        if response is None:
            raise AssertionError(f"nobody answers {request.url}")
        if token and response.status_code == 200:
            self._done[token] = (response.status_code, dict(response.headers), response.content)
        return response

    def _silencing(self, response: AWSResponse) -> AWSResponse:
        # The in-process AWS listens to the same event and would answer too: until the last handler it does not.
        botocore_stubber.enabled = False
        return response

    def _sent(self, **_: Any) -> None:
        botocore_stubber.enabled = True


def _token(request: AWSPreparedRequest) -> str:
    assert isinstance(request.body, (str, bytes))
    return str(json.loads(request.body)["ClientRequestToken"])


def _refusal(request: AWSPreparedRequest, service: str, status: int, code: str) -> AWSResponse:
    if service == "s3":
        body = f"<Error><Code>{code}</Code><Message>on purpose</Message></Error>"
    else:
        body = json.dumps({"__type": code, "message": "on purpose"})
    headers = {"x-amzn-errortype": code}
    return AWSResponse(request.url, status, headers, MockRawResponse(body))  # type: ignore[arg-type]
