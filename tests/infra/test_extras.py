"""Each function's zip has what its modules import, late imports too: those would fail with the first list only."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from infra import ROOT
from infra.package import EXTRAS

NAMES = {"jwt": "pyjwt", "python_calamine": "python-calamine"}
"""Modules that are not called like their distribution."""
NEVER_REACHED = {"pyjwt"}
"""What a chain of imports leads to and no job asks for: tokens are checked by the authorizer alone."""


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


@pytest.mark.parametrize(
    ("function", "module"),
    [
        ("ImportSchoolList", "chalicelib.school_lists.jobs"),
        ("PublishDemand", "chalicelib.needs.jobs"),
        ("PublishNightly", "chalicelib.exchange.jobs"),
        ("WatchTrail", "chalicelib.audit.jobs"),
    ],
    ids=["lists", "demand", "night", "trail"],
)
def test_a_function_has_what_it_imports(function: str, module: str) -> None:
    assert reached(module) - NEVER_REACHED <= EXTRAS.get(function, frozenset())
