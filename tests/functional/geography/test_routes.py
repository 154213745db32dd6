"""Places over HTTP."""

import pytest

from tests.conftest import Http


def test_a_zip_code_is_answered_to_anybody_and_may_be_kept(client: Http) -> None:
    answer = client.get("/v1/geography/zip-codes/96910")
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.json == {
        "zip": "96910",
        "city": "Hagatna",
        "state": "GU",
        "state_name": "Guam",
        "county": None,
        "division": "island_areas",
        "latitude": 13.4762,
        "longitude": 144.7516,
        "area": "969-GU",
        "area_name": "ZIP codes 969 in Guam",
        "metro": None,
    }


@pytest.mark.parametrize("zip_code", ["99999", "5980", "ABCDE", "09001", "%EF%BC%95", "5" * 30, "59801%00"])
def test_a_wrong_zip_code_is_a_clear_field_error(client: Http, zip_code: str) -> None:
    answer = client.get(f"/v1/geography/zip-codes/{zip_code}")
    assert (answer.status, answer.problem) == (422, "invalid-input")
    (field,) = answer.json["errors"]
    assert (field["pointer"], field["source"]) == ("zip", "path")
