"""School lists through the deployed stack: several sources, decisions, undoing, interruptions, and what is no list."""

import io
import os
import signal
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import requests

from infra.stack import StackInfo
from tests.e2e.conftest import Api
from tests.unit.geography.delineations import table as delineation
from tests.unit.geography.delineations import workbook

pytestmark = pytest.mark.e2e
Person = Callable[[str | None], Api]
_ENDS = ("done", "refused", "failed", "cancelled", "undone")
_HD = (
    "UNITID,INSTNM,ADDR,CITY,STABBR,ZIP,GENTELE,CHFNM,OPEID\n"
    "480197,Yellowstone Valley College,777 Grandview Dr,Billings,MT,59101,4065550199,Pat Example,00692600\n"
    "480461,Rimrock Institute of Technology,1205 Poly Dr,Billings,MT,59102,4065550142,Lee Example,00253601\n"
)
_STATE = (
    "name,street,city,state,zip,email,level,programs\n"
    "YELLOWSTONE VALLEY COLL.,777 Grandview Drive,Billings,MT,59101,head@school.example,postsecondary,47.0604\n"
    "Rimrock Career Training,1205 Poly Drive,Billings,MT,59102,,postsecondary,47.0605\n"
    "Skyview Trades High School,1775 High Sierra Blvd,Billings,MT,59105,,secondary,47.0604\n"
)
_DAPIP = (
    "DapipId,OpeId,IpedsUnitIds,LocationName,ParentName,ParentDapipId,LocationType,Address,GeneralPhone\n"
    '917001,00692600,480197,Yellowstone Valley,-,-,Institution,"777 Grandview Dr, Billings, MT 59101",-\n'
)


class Lists:
    """Puts lists into the bucket and follows their imports."""

    def __init__(self, stack: StackInfo, admin: Api, eventually: Callable[..., Any]) -> None:
        self.stack = stack
        self.admin = admin
        self._eventually = eventually

    def put(self, name: str, content: str | bytes, **remarks: str) -> None:
        """Puts a list into the bucket."""
        self.stack.client("s3").put_object(
            Bucket=self.stack.outputs["UploadsBucketName"],
            Key=f"uploads/{name}",
            Body=content,
            Metadata={key.replace("_", "-"): value for key, value in remarks.items()},
        )

    def find(self, name: str, *, rows: int = 0) -> dict[str, Any] | None:
        """The newest import of a file, once it has read so many rows."""
        listed = self.admin("GET", "/v1/imports?limit=100").json()["items"]
        found = next((one for one in listed if one["filename"] == name), None)
        return found if found and found["rows_read"] >= rows else None

    def ended(self, name: str, ends: tuple[str, ...] = _ENDS, seconds: float = 90) -> dict[str, Any]:
        """The whole import of a file, when it is over."""

        def over() -> dict[str, Any] | None:
            found = self.find(name)
            return found if found and found["status"] in ends else None

        shown: dict[str, Any] = self.admin(
            "GET", f"/v1/imports/{self._eventually(over, seconds)['id']}"
        ).json()
        return shown

    def load(self, name: str, content: str | bytes, **remarks: str) -> dict[str, Any]:
        """Puts a list into the bucket and waits for its import's end."""
        self.put(name, content, **remarks)
        return self.ended(name)


@pytest.fixture
def lists(stack: StackInfo, person: Person, eventually: Callable[..., Any]) -> Lists:
    return Lists(stack, person("admin"), eventually)


def _counts(done: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return (done["status"], *(done[name] for name in names))


def test_three_lists_of_the_same_schools_make_each_once_and_ask_where_nobody_can_be_sure(
    lists: Lists, person: Person
) -> None:
    admin = lists.admin
    first = lists.load("hd2024.csv", _HD)
    assert _counts(first, "created", "rejected") == ("done", 2, 0), first
    state = lists.load("billings.csv", _STATE, list_date="2025-06-01")
    assert _counts(state, "created", "changed", "to_review") == ("done", 1, 1, 1), state
    third = lists.load("accredited.csv", _DAPIP, list_date="2020-01-01")
    assert _counts(third, "rows_read", "created", "to_review") == ("done", 1, 0, 0), third

    (match,) = [
        one for one in admin("GET", "/v1/school-matches").json()["items"] if one["import_id"] == state["id"]
    ]
    assert (match["row"]["name"], match["candidates"][0]["name"]) == (
        "Rimrock Career Training",
        "Rimrock Institute of Technology",
    )
    decision = f"/v1/school-matches/{match['id']}/decision"
    decided = admin("PUT", decision, json={"decision": "same"})
    assert (decided.status_code, decided.json()["status"]) == (200, "same"), decided.text
    again = lists.load("billings-again.csv", _STATE, list_date="2025-06-01", source="file_billings")
    assert _counts(again, "created", "changed", "unchanged", "to_review") == ("done", 0, 0, 3, 0), again

    school = decided.json()["organization_id"]
    told = admin("GET", f"/v1/organizations/{school}/provenance").json()["fields"]
    assert {one["source"] for one in told} >= {"ipeds_hd", "file_billings"}
    shown = person(None)("GET", f"/v1/directory/organizations/{school}")
    assert shown.json()["name"] == "Rimrock Career Training"
    listed = person(None)("GET", "/v1/directory/organizations?kind=school&state=MT&limit=100").text
    assert "Pat Example" not in listed
    assert "head@school.example" not in listed


def test_an_import_is_undone_and_the_same_file_brings_it_back(lists: Lists) -> None:
    content = "name,street,city,state,zip\nMiles City Auto School,1 Main St,Miles City,MT,59301\n"
    done = lists.load("miles.csv", content)
    assert _counts(done, "created") == ("done", 1)
    path = f"/v1/imports/{done['id']}"
    assert lists.admin("POST", f"{path}/undoing").json()["status"] == "undoing"
    undone = lists.ended("miles.csv", ("undone",))
    assert undone["undone"] == {"removed": 1, "restored": 0, "kept": 0}
    refused = lists.admin("POST", f"{path}/cancellation")
    assert refused.status_code == 409
    assert _counts(lists.load("miles-2.csv", content, source="file_miles"), "created") == ("done", 1)


def test_a_list_is_read_with_a_mapping_that_was_saved_for_it(lists: Lists) -> None:
    content = "Where;Post\nGlendive Trades;59330\n"
    refused = lists.load("mapped.csv", content)
    assert refused["status"] == "refused"
    assert refused["mapping_skeleton"]["columns"]
    mapping = {"columns": {"name": "Where", "zip": "Post"}}
    saved = lists.admin("PUT", "/v1/import-mappings/glendive", json=mapping)
    assert saved.status_code == 200, saved.text
    done = lists.load("mapped-2.csv", content, mapping_name="glendive")
    assert _counts(done, "created", "source") == ("done", 1, "glendive")


def test_metropolitan_areas_arrive_as_a_list_does(lists: Lists) -> None:
    done = lists.load("delineation.xlsx", workbook(delineation()))
    assert _counts(done, "layout") == ("done", "census_delineation"), done
    assert done["notes"][0].startswith("Metropolitan areas as delineated")


def test_an_import_whose_process_dies_goes_on_and_ends_with_the_same_counts(
    lists: Lists, stack: StackInfo, eventually: Callable[..., Any]
) -> None:
    rows = 1600
    content = "name,street,city,state,zip,nces_id\n" + "".join(
        f"School {number:04d},{number} Elm St,Havre,MT,59501,{309000000000 + number}\n"
        for number in range(rows)
    )
    lists.put("cut.csv", content)
    eventually(lambda: lists.find("cut.csv", rows=500))
    _end_workers(stack)
    # The platform hands the event in again; the emulated one does not, so the file is put once more.
    lists.put("cut.csv", content)
    done = lists.ended("cut.csv")
    assert _counts(done, "rows_read", "created", "rejected", "to_review") == ("done", rows, rows, 0, 0), done
    again = lists.load("cut-again.csv", content, source="file_cut")
    assert _counts(again, "created", "changed", "unchanged") == ("done", 0, 0, rows), again


def _end_workers(stack: StackInfo) -> None:
    """Ends the processes that run the import function of this stack."""
    name = stack.outputs["ImportFunctionName"].encode()
    port = stack.endpoint_url.rpartition(":")[2].encode()
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal():
            continue
        try:
            program = (process / "cmdline").read_bytes().split(b"\0")[1:2]
            ours = port in (process / "environ").read_bytes()
        except OSError:
            continue
        if ours and program and name in program[0] and program[0].endswith(b"_worker.py"):
            os.kill(int(process.name), signal.SIGKILL)


def _bomb() -> bytes:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("schools.csv", "w", force_zip64=True) as file,
    ):
        piece = b"Bomb School,Havre,MT,59501\n" * 40_000
        file.write(b"name,city,state,zip\n")
        for _ in range(1100):
            file.write(piece)
    return packed.getvalue()


def _protected() -> bytes:
    """The beginning of an encrypted workbook: a compound file that names its encryption."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(1016)
        + "EncryptedPackage".encode("utf-16-le")
        + bytes(1024)
    )


def test_what_is_no_list_is_refused_with_a_reason_and_the_function_lives_on(
    lists: Lists, stack: StackInfo
) -> None:
    wanted = {
        "photo.csv": (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 8, "JPEG"),
        "page.csv": (b"<!DOCTYPE html><html><body>503 Service Unavailable</body></html>", "web page"),
        "bomb.zip": (_bomb(), "bytes"),
        "protected.xlsx": (_protected(), "password"),
        "wide.csv": (b",".join(b"c%d" % number for number in range(20_000)) + b"\n", "columns"),
    }
    for name, (content, _) in wanted.items():
        lists.put(name, content)
    for name, (_, word) in wanted.items():
        refused = lists.ended(name)
        assert refused["status"] == "refused", (name, refused)
        assert word in refused["reason"], (name, refused["reason"])
        assert refused["remedy"]
    failed = stack.client("sqs").receive_message(
        QueueUrl=stack.outputs["FailedEventsQueueUrl"], WaitTimeSeconds=0
    )
    assert not failed.get("Messages")


def test_formulas_and_a_row_that_is_cut_off_are_left_out_and_reported(lists: Lists) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ("name", "street", "city", "state", "zip"),
        ("Chinook Motor School", "+cmd|' /C calc'!A0", "Chinook", "MT", 59523),
        ("@SUM(1+1)*cmd", "2 Main St", "Chinook", "MT", 59523),
        ("Sweetgrass Diesel School", "3 Main St", "Chinook", "MT", 59523),
        ("Bear Paw Career Center", "4 Main St", "Chinook", "MT", 59523),
    ):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    done = lists.load("formulas.xlsx", stream.getvalue())
    assert _counts(done, "created", "rejected", "doubtful") == ("done", 3, 1, 1), done
    report = requests.get(done["report_url"], timeout=60)
    assert report.status_code == 200
    cells = [line.split(",") for line in report.text.splitlines()[1:]]
    assert not [cell for line in cells for cell in line if cell.startswith(("=", "+", "@", "-"))]

    cut = lists.load(
        "cut-off.csv",
        "name,street,city,state,zip\nFort Benton Auto,1 Main St,Fort Benton,MT,59442\nFort Ben",
    )
    assert _counts(cut, "created", "rejected") == ("done", 1, 1), cut
    assert "ends in the middle" in cut["problems"][0]["reason"]
