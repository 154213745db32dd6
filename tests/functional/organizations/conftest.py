"""Stores over the in-process table, people, and ways to come in between."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.auth import Caller
from chalicelib.memberships.store import MembershipStore
from chalicelib.organizations.store import OrganizationStore
from chalicelib.table.table import Table

ANN = Caller("ann", "ann@connects.example", admin=False)
EVE = Caller("eve", "eve@connects.example", admin=False)
ROOT = Caller("root", "root@connects.example", admin=True)

ComeBefore = Callable[[str, Callable[[], object]], None]
Writes = ("write", "transact", "delete_all")


@pytest.fixture
def store(table: Table) -> OrganizationStore:
    """The store of organizations."""
    return OrganizationStore(table)


@pytest.fixture
def members(table: Table) -> MembershipStore:
    """The store of memberships."""
    return MembershipStore(table)


@pytest.fixture
def come_before(table: Table, monkeypatch: pytest.MonkeyPatch) -> ComeBefore:
    """Has something done right before the table's next call of a method: what another request would do meanwhile."""

    def arrange(method: str, action: Callable[[], object]) -> None:
        real = getattr(table, method)

        def interrupted(*arguments: Any, **options: Any) -> Any:
            monkeypatch.setattr(table, method, real)
            action()
            return real(*arguments, **options)

        monkeypatch.setattr(table, method, interrupted)

    return arrange


class Cut(Exception):
    """The process ended here."""


@pytest.fixture
def cut_off(table: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Ends the process, so to say, at the table's n-th write from now, before it is done; 0 is never."""
    real = {method: getattr(table, method) for method in Writes}

    def arrange(number: int) -> None:
        left = [number]

        def wrapped(method: str) -> Callable[..., Any]:
            def call(*arguments: Any, **options: Any) -> Any:
                left[0] -= 1
                if left[0] == 0:
                    raise Cut
                return real[method](*arguments, **options)

            return call

        for method in Writes:
            monkeypatch.setattr(table, method, wrapped(method) if number else real[method])

    yield arrange
    arrange(0)
