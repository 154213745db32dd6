"""What is in a function's zip, and what was left out of it."""

import importlib.util
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import slim
from infra.bench.package import OTHER_SIZES, SIZES
from infra.local import packaged
from infra.package import sizes
from infra.reach import reachable
from infra.zips import API, EXTRAS, zip_of


@pytest.fixture(scope="module")
def contents() -> dict[str, set[str]]:
    """The files in each zip."""
    made = packaged().directory
    names = [zip_of(module) for module in EXTRAS]
    return {name: set(zipfile.ZipFile(made / name).namelist()) for name in names}


def test_every_zip_keeps_to_its_size() -> None:
    unzipped = {name: size for name, _, size in sizes(packaged())}
    assert unzipped.keys() >= SIZES.keys()
    assert {name: size for name, size in unzipped.items() if size > SIZES.get(name, OTHER_SIZES) * 1e6} == {}


def test_only_the_night_has_the_engines(contents: dict[str, set[str]]) -> None:
    engines = {name for name, files in contents.items() if any("duckdb" in file for file in files)}
    assert engines == {"exchange.zip", "needs.zip"}


def test_dependencies_go_compiled_alone_and_the_applications_sources_along(
    contents: dict[str, set[str]],
) -> None:
    for files in contents.values():
        sources = {file for file in files if file.endswith(".py")}
        assert {file.partition("/")[0] for file in sources} <= {"app.py", "chalice", "chalicelib"}
        assert "pydantic/main.pyc" in files
        for source in sources:
            folder, _, name = source.rpartition("/")
            stem = name.removesuffix(".py")
            assert f"{folder}/__pycache__/{stem}.{sys.implementation.cache_tag}.pyc".lstrip("/") in files


def test_a_function_has_the_modules_that_it_can_reach(contents: dict[str, set[str]]) -> None:
    everything = {file for file in contents[zip_of(API)] if file.startswith("chalicelib/")}
    night = {file for file in contents["exchange.zip"] if file.startswith("chalicelib/")}
    assert {"chalicelib/exchange/publisher.py", "chalicelib/geography/states.py"} <= night < everything
    assert not any(file.startswith(("chalicelib/postings/", "chalicelib/school_lists/")) for file in night)
    assert "chalicelib/openapi.json" in everything - night
    assert "chalicelib/notifications/texts.toml" in contents["notifications.zip"]
    assert "chalicelib/school_lists/layout_files/plain.toml" in contents["school_lists.zip"]


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    sources = {
        "__init__": "",
        "start": "def later():\n    from chalicelib.feature import work\n",
        "feature/__init__": "",
        "feature/work": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import chalicelib.types\n"
        "else:\n    import chalicelib.run\n",
        "feature/other": "",
        "types": "",
        "run": "import os\n",
        "unseen/__init__": "",
    }
    for name, source in sources.items():
        path = tmp_path / "chalicelib" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    for name in ("feature/texts.toml", "feature/lists/one.toml", "unseen/two.toml", "root.json"):
        path = tmp_path / "chalicelib" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    return tmp_path


def test_imports_are_followed_wherever_they_stand(modules: Path) -> None:
    found = {path.relative_to("chalicelib").as_posix() for path in reachable(modules, "chalicelib.start")}
    assert found == {
        "__init__.py",
        "start.py",
        "feature/__init__.py",
        "feature/work.py",
        "feature/texts.toml",
        "feature/lists/one.toml",
        "run.py",
    }


def _libraries() -> Iterator[Path]:
    yield from sorted(Path(sysconfig.get_paths()["purelib"]).glob("pydantic_core/*.so"))
    yield from sorted(Path(sysconfig.get_paths()["purelib"]).glob("numpy.libs/*openblas*"))


def test_a_library_without_symbols_is_smaller_and_stays_so() -> None:
    smaller = 0
    for path in _libraries():
        whole = path.read_bytes()
        cut = slim.without_symbols(whole)
        assert slim.without_symbols(cut) == cut
        smaller += len(cut) < len(whole)
    assert smaller


def test_what_is_no_library_stays_as_it_is() -> None:
    for content in (b"", b"\x7fELF\x01\x01 of 32 bits", b"#!/bin/sh\n"):
        assert slim.without_symbols(content) == content


def test_modules_are_compiled_without_texts_and_found_without_sources(tmp_path: Path) -> None:
    source = '"""Text."""\nfrom __future__ import annotations\n\n\ndef f():\n    """Text."""\n\n\nassert f() is None\n'
    (tmp_path / "one.py").write_text(source)
    (tmp_path / "two.py").write_text("two words")
    command = [sys.executable, "-c", slim.COMPILE, str(tmp_path)]
    subprocess.run(command, check=True)  # noqa: S603 - what packages are compiled with
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.pyc", "two.py"]
    spec = importlib.util.spec_from_file_location("one", tmp_path / "one.pyc")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (module.__doc__, module.f.__doc__) == (None, None)
