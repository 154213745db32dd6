"""What a package carries that was made beforehand is what would be made from the code."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.model import ServiceModel

from chalicelib.packaged import DOCUMENT, ROUTES
from chalicelib.registration import entries
from infra import aws_models, contract
from infra.local import packaged


@pytest.fixture(scope="module")
def package() -> Path:
    return packaged().directory


@pytest.fixture(scope="module", params=sorted(aws_models.AWS_MODELS))
def model(request: pytest.FixtureRequest, package: Path) -> dict[str, Any]:
    (path,) = (package / "vendor" / "botocore" / "data" / request.param).rglob("service-2.json")
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content


def test_the_document_and_the_routes_are_those_of_the_code(package: Path) -> None:
    modules = package / "application" / "chalicelib"
    assert json.loads((modules / DOCUMENT.name).read_bytes()) == contract.current()
    assert json.loads((modules / ROUTES.name).read_bytes()) == [list(one) for one in entries()]


def test_what_the_code_asks_of_aws_can_be_asked(model: dict[str, Any]) -> None:
    service = ServiceModel(model)
    assert service.operation_names
    for name in service.operation_names:
        operation = service.operation_model(name)
        for shape in (operation.input_shape, operation.output_shape, *operation.error_shapes):
            if shape is not None:
                assert list(_within(shape, set())), name


def test_the_tables_and_the_buckets_methods_stay() -> None:
    kept = {service: set(map(xform_name, names)) for service, names in aws_models.operations().items()}
    assert {"get_item", "batch_get_item", "query", "transact_write_items", "batch_write_item"} <= kept[
        "dynamodb"
    ]
    # A form for uploads is addressed as a bucket is made.
    assert {"get_object", "put_object", "create_bucket"} <= kept["s3"]


def _within(shape: Any, seen: set[str]) -> Iterator[Any]:
    """A shape and all that it is made of. Raises where one of them is missing."""
    if shape.name in seen:
        return
    seen.add(shape.name)
    yield shape
    parts: list[Any] = []
    match shape.type_name:
        case "structure":
            parts = list(shape.members.values())
        case "list":
            parts = [shape.member]
        case "map":
            parts = [shape.key, shape.value]
    for part in parts:
        yield from _within(part, seen)
