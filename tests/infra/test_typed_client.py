"""The typed client is generated with tools from elsewhere: what happens where these fail, or cannot be had."""

import sys
from pathlib import Path

import pytest

from infra import Stop, typed_client


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of tools that do nothing, and well."""
    monkeypatch.setattr(typed_client, "ROOT", tmp_path)
    monkeypatch.setattr(typed_client, "HERE", tmp_path / "client")
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "openapi.json").write_text("{}", encoding="utf-8")
    for name in ("npm", "npx"):
        _tool(tmp_path / name, "", 0)
    return tmp_path


def _tool(path: Path, said: str, status: int) -> None:
    path.write_text(f"#!{sys.executable}\nimport sys\nsys.stderr.write({said!r})\nsys.exit({status})\n")
    path.chmod(0o700)


def _main(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["typed_client", *map(str, arguments)])
    typed_client.main()


def test_a_registry_that_cannot_be_reached_is_said(
    tools: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _tool(tools / "npm", "npm error code ENOTFOUND", 1)
    _main(monkeypatch, "--if-reachable", tools)
    assert "cannot be reached" in capsys.readouterr().err
    with pytest.raises(Stop, match="cannot be reached"):
        _main(monkeypatch, tools)


def test_a_client_that_does_not_compile_is_never_passed_over(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _main(monkeypatch, "--if-reachable", tools)
    _tool(tools / "npx", "example.ts(3,7): error TS2322", 2)
    with pytest.raises(Stop, match="TS2322"):
        _main(monkeypatch, "--if-reachable", tools)
