"""The layout's rules, read off the imports: what may know what."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "chalicelib"
SOURCES = [*sorted(PACKAGE.rglob("*.py")), ROOT / "app.py"]
FEATURES = sorted(
    folder.name
    for folder in PACKAGE.iterdir()
    if (folder / "__init__.py").exists() and folder.name != "table"
)

#: What each layer of a feature may import from its own feature.
LAYERS = {"routes": 4, "jobs": 4, "permissions": 3, "service": 3, "store": 2, "models": 1}

#: What a feature may import of another. ``metrics`` is the vocabulary that submissions and statistics share: names
#: alone, where the service, which has them too, would bring all of its models into a look-up.
DOORS = ("service", "models", "permissions", "metrics")


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Everything in a file: parsed once, since every rule looks at most files."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@cache
def imports_of(path: Path) -> tuple[tuple[str, bool], ...]:
    """Every imported module (``package.module`` for ``from package import module``), and whether for types only."""
    return tuple(_imports_of(path))


def _imports_of(path: Path) -> Iterator[tuple[str, bool]]:
    for_types = {
        id(node)
        for guard in nodes_of(path)
        if isinstance(guard, ast.If) and isinstance(guard.test, ast.Name) and guard.test.id == "TYPE_CHECKING"
        for node in ast.walk(guard)
    }
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in for_types) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: imports are absolute"
            for alias in node.names:
                inner = (ROOT / Path(*node.module.split("."))) / f"{alias.name}.py"
                folder = (ROOT / Path(*node.module.split("."))) / alias.name
                exists = inner.exists() or folder.is_dir()
                yield (f"{node.module}.{alias.name}" if exists else node.module), id(node) in for_types


def importers_of(library: str, *, types_too: bool = False) -> set[str]:
    return {
        module_of(path)
        for path in SOURCES
        for imported, for_types in imports_of(path)
        if (imported == library or imported.startswith(f"{library}.")) and (types_too or not for_types)
    }


def layer_of(module: str) -> str:
    return module.split(".")[2] if module.count(".") >= 2 else ""


def feature_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) >= 2 and parts[0] == "chalicelib" and parts[1] in FEATURES else ""


def test_chalice_is_known_only_where_requests_and_events_arrive() -> None:
    edges = {"app", "chalicelib.registration", "chalicelib.http", "chalicelib.binding", "chalicelib.auth"}
    strangers = {one for one in importers_of("chalice") - edges if layer_of(one) not in ("routes", "jobs")}
    assert strangers == set()


def test_boto3_is_known_only_to_aws_and_the_table() -> None:
    for library in ("boto3", "botocore"):
        strangers = {one for one in importers_of(library) if one != "chalicelib.aws" and ".table." not in one}
        # The S3 stores have to tell one failure of S3 from another.
        strangers -= {one for one in strangers if library == "botocore" and layer_of(one).endswith("store")}
        assert strangers == set(), library


def test_the_environment_is_read_by_config_alone() -> None:
    readers = {
        module_of(path)
        for path in SOURCES
        if re.search(r"\bos\.(environ|getenv)\b", path.read_text(encoding="utf-8"))
    }
    assert readers <= {"chalicelib.config"}


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_calls_only_services_models_and_permissions_of_others(feature: str) -> None:
    wrong = []
    for path in sorted((PACKAGE / feature).rglob("*.py")):
        for imported, _ in imports_of(path):
            other = feature_of(imported)
            if other and other != feature and layer_of(imported) not in DOORS:
                # Routes and jobs are where stores are made: they hand another feature's store to its service.
                if (
                    layer_of(module_of(path)) in ("routes", "jobs", "permissions")
                    and layer_of(imported) == "store"
                ):
                    continue
                wrong.append(f"{module_of(path)} imports {imported}")
    assert wrong == []


@pytest.mark.parametrize("feature", FEATURES)
def test_layers_of_a_feature_point_forward_only(feature: str) -> None:
    wrong = []
    for path in sorted((PACKAGE / feature).rglob("*.py")):
        here = LAYERS.get(layer_of(module_of(path)))
        for imported, _ in imports_of(path):
            there = LAYERS.get(layer_of(imported)) if feature_of(imported) == feature else None
            if here is not None and there is not None and there > here:
                wrong.append(f"{module_of(path)} imports {imported}")
    assert wrong == []


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*/models.py")), ids=str)
def test_models_know_only_errors_values_and_other_models(path: Path) -> None:
    for imported, _ in imports_of(path):
        if imported.startswith("chalicelib"):
            allowed = imported in ("chalicelib.errors", "chalicelib.values") or feature_of(
                imported
            ) == feature_of(module_of(path))
            assert allowed or layer_of(imported) == "models", f"{module_of(path)} imports {imported}"


def test_features_form_no_cycle() -> None:
    uses: dict[str, set[str]] = {feature: set() for feature in FEATURES}
    for feature in FEATURES:
        for path in sorted((PACKAGE / feature).rglob("*.py")):
            uses[feature] |= {feature_of(imported) for imported, _ in imports_of(path)} - {"", feature}
    done: set[str] = set()
    while len(done) < len(FEATURES):
        free = {feature for feature in FEATURES if feature not in done and uses[feature] <= done}
        assert free, f"a cycle among {sorted(set(FEATURES) - done)}"
        done |= free


def test_no_read_is_a_scan() -> None:
    scanning = {
        module_of(path)
        for path in SOURCES
        for node in nodes_of(path)
        if isinstance(node, ast.Attribute) and node.attr == "scan"
    }
    assert scanning == set()


def test_the_application_file_stays_small() -> None:
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) <= 40
