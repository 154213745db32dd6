"""Each function's zip has what its modules import, late imports too: those would fail with the first list only."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from infra import ROOT
from infra.zips import API, EXTRAS

NAMES = {"jwt": "pyjwt", "python_calamine": "python-calamine", "zoneinfo": "tzdata"}
"""Modules that are not called like their distribution."""
NEVER_REACHED = {"numpy", "pyjwt", "us"}
"""What chains of imports lead to and not everybody asks for: only the authorizer checks tokens, only lists have names
of states, and only lists and nights have so many lines that they are worked on as columns."""
ASKED = {
    "chalicelib.auth": {"pyjwt"},
    "chalicelib.exchange.jobs": {"numpy"},
    "chalicelib.needs.jobs": {"numpy"},
    "chalicelib.school_lists.jobs": {"numpy", "us"},
}


@cache
def imported(module: str) -> frozenset[str]:
    """What a module of ours imports anywhere, but for types alone."""
    path = ROOT / Path(*module.split("."))
    file = path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"
    return frozenset(_imports(ast.parse(file.read_text(encoding="utf-8")))) if file.exists() else frozenset()


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)
        yield from _imports(node)


def reached(module: str) -> set[str]:
    """The distributions of ``EXTRAS`` that a chain of imports leads to."""
    extras: frozenset[str] = frozenset().union(*EXTRAS.values())
    seen, waiting, found = set[str](), [module], set[str]()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        if one.startswith("chalicelib"):
            waiting.extend(imported(one))
        else:
            top = one.partition(".")[0]
            found.add(NAMES.get(top, top))
    return found & extras


@pytest.mark.parametrize("module", sorted(EXTRAS.keys() - {API}))
def test_a_function_has_what_it_imports(module: str) -> None:
    assert reached(module) - (NEVER_REACHED - ASKED.get(module, set())) <= EXTRAS[module]
