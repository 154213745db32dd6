"""The whole stack, packaged and deployed into the emulated AWS on a free port; one for all tests of a run.

Or one that is deployed already: CONNECTS_ENDPOINT is where the emulated AWS answers, CONNECTS_STAGE the stage (dev). It
should be fresh: the tests count what there is.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
import requests

from infra import local
from infra.deploy import APPLICATION
from infra.stack import StackInfo
from infra.token import id_token
from tests.e2e import logs

DEPLOYED = os.environ.get("CONNECTS_ENDPOINT", "").rstrip("/")
"""Where the emulated AWS is that has the stack already; empty where the tests start one and deploy it themselves."""


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackInfo]:
    """The deployed stack, shared by the processes of one test run."""
    root = tmp_path_factory.getbasetemp()
    shared = root.parent if root.name.startswith("popen-") else root
    stage = os.environ.get("CONNECTS_STAGE") or "dev"
    with (
        contextlib.nullcontext(local.at(DEPLOYED, f"{APPLICATION}-{stage}"))
        if DEPLOYED
        else local.throwaway_stack(shared)
    ) as deployed:
        yield deployed
        # The log of the whole run: what anybody sent stands nowhere in it.
        logged = list(logs.lines(deployed))
        assert logged, "nothing was logged"
        told = list(logs.told_too_much(logged, Api.figures, logs.secrets_of(deployed)))
        assert told == [], "\n".join(map(str, told))


class Api:
    """A client of the deployed API, for one person or for nobody."""

    figures: ClassVar[set[str]] = set()
    """All that were sent, by whomever."""

    def __init__(self, stack: StackInfo, token: str | None) -> None:
        self._base = stack.api_url
        self._session = requests.Session()
        if token is not None:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request."""
        self.figures.update(logs.figures_in(options.get("json")))
        return self._session.request(method, self._base + path, timeout=60, **options)


@pytest.fixture(scope="session")
def person(stack: StackInfo) -> Callable[[str | None], Api]:
    """Makes clients: ``person("admin")``, ``person("ann")``, ``person(None)`` for nobody."""
    known: dict[str | None, Api] = {}

    def make(name: str | None) -> Api:
        if name not in known:
            known[name] = Api(stack, None if name is None else id_token(stack, name))
        return known[name]

    return make


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """Asks again until there is an answer: ``eventually(lambda: …)`` gives back the first true one."""

    def ask(question: Callable[[], Any], seconds: float = 60) -> Any:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if answer := question():
                return answer
            time.sleep(0.1)
        raise AssertionError(f"nothing within {seconds} s")

    return ask
