"""The check without AWS: what it prints, its exit status, and that nothing makes it raise."""

import json
from pathlib import Path

import pytest

from chalicelib.school_lists.__main__ import main

LIST = "name,city,state,zip\nBig Sky School,Missoula,MT,59801\nNowhere School,Missoula,MT,5980l\n,,MT,59801\n"


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = main(["check", *arguments])
    return status, capsys.readouterr().out


def test_an_importable_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "schools-2023.csv").write_text(LIST)
    status, out = checked(capsys, str(tmp_path / "schools-2023.csv"), "--json")
    told = json.loads(out)
    assert status == 0
    assert (told["layout"], told["rows_read"], told["schools"], told["rejected"]) == ("plain", 3, 1, 2)
    assert told["list_date"] == "2023-01-01"
    assert told["examples"][0]["name"] == "Big Sky School"
    assert sum(one["rows"] for one in told["rejected_by_reason"]) == 2
    status, out = checked(capsys, str(tmp_path / "schools-2023.csv"))
    assert status == 0
    assert "plain (confidence 1.00)" in out
    assert "3 rows: 1 schools" in out


def test_a_refused_list_gets_a_mapping_that_then_serves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "shops.csv"
    path.write_text("Betrieb,Address,City,Zip\nBig Sky School,1 Main St,Missoula,59801\n")
    status, out = checked(capsys, str(path), "--json")
    told = json.loads(out)
    assert status == 2
    assert told["missing"] == ["name"]
    assert {"header": "Address", "taken_for": "street"} in told["header"]
    told["mapping"]["columns"]["name"] = "Betrieb"
    (tmp_path / "m.json").write_text(json.dumps(told["mapping"]))
    status, out = checked(capsys, str(path), "--mapping", str(tmp_path / "m.json"), "--json")
    assert status == 0
    assert json.loads(out)["examples"][0]["street"] == "1 Main St"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("nulls.csv", b"name,zip\nA\x00,59801\n"),
        ("noise.csv", bytes(range(256)) * 40),
        ("page.html", b"<!doctype html><p>404"),
        ("picture.csv", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
        ("wide.csv", b",".join([b"c"] * 20_000) + b"\n"),
        ("line.csv", b"name,zip\n" + b"x" * 2_000_000),
        ("header.csv", b"name,zip\n"),
        ("broken.zip", b"PK\x03\x04" + b"\x00" * 90),
        ("broken.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x01" * 4000),
    ],
)
def test_garbage_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    status, out = checked(capsys, str(tmp_path / name))
    assert status == 2
    assert out.startswith("Refused: ")
    assert "To do: " in out


def test_what_is_no_file_and_no_layout_and_no_mapping_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = tmp_path / "schools.csv"
    good.write_text(LIST)
    bad = tmp_path / "m.json"
    for document in (
        "no json",
        "[]",
        '{"columns": {"nam": "x"}}',
        '{"columns": {"name": "name"}}',
        '{"columns": 1}',
    ):
        bad.write_text(document)
        assert checked(capsys, str(good), "--mapping", str(bad))[0] == 2
    assert checked(capsys, str(tmp_path))[0] == 2
    assert checked(capsys, str(tmp_path / "nothing.csv"))[0] == 2
    assert checked(capsys, str(good), "--layout", "nothing")[0] == 2
    assert checked(capsys, str(good), "--layout", "nces_ccd")[0] == 2


def test_names_and_addresses_of_people_are_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "schools.csv"
    path.write_text(
        "School Name,City,State,Zip,Principal,Principal Email,Principal Phone\n"
        "Big Sky School,Missoula,MT,59801,Jane Doe,jane@example.org,406-555-0199\n"
    )
    for arguments in ((str(path),), (str(path), "--json")):
        _, out = checked(capsys, *arguments)
        assert "Jane" not in out
        assert "jane@" not in out
        assert "0199" not in out
