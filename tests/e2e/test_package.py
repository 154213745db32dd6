"""Every function of the deployed stack, invoked with an event as AWS sends it.

The emulated AWS runs functions in an interpreter with nothing installed (infra/emulator.py): what runs is what is in
the function's zip. The stack is one of its own: a night that is published here would be the latest of other tests.
"""

import json
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Any

import pytest

from infra.demo import SAMPLE_SCHOOLS
from infra.local import destination, throwaway_stack
from infra.ops.deployment import Deployed
from infra.stack import StackInfo
from infra.token import id_token
from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e
EVENTS = Path(__file__).parents[1] / "events"


def _drop_a_list(stack: StackInfo, eventually: Callable[..., Any]) -> str:
    """Puts the list there that an event tells of, and waits until it was imported for having come. Gives its ETag."""
    put = stack.client("s3").put_object(
        Bucket=stack.outputs["UploadsBucketName"],
        Key="uploads/schools.csv",
        Body=SAMPLE_SCHOOLS.read_bytes(),
    )
    admin = Api(stack, id_token(stack, "admin"))
    assert eventually(
        lambda: [one for one in admin("GET", "/v1/imports").json()["items"] if one["status"] == "done"]
    )
    return str(put["ETag"]).strip('"')


def test_every_function_answers_a_recorded_event(eventually: Callable[..., Any]) -> None:
    wrong = {}
    with throwaway_stack() as stack:
        deployed = Deployed(stack.stack_name, destination(stack.endpoint_url))
        known = {
            **stack.outputs,
            "ETag": _drop_a_list(stack, eventually),
            "IdToken": id_token(stack, "ann"),
        }
        for logical_id, name in deployed.functions.items():
            recorded = (EVENTS / f"{logical_id}.json").read_text(encoding="utf-8")
            answer = stack.client("lambda").invoke(
                FunctionName=name, Payload=Template(recorded).substitute(known).encode()
            )
            said = answer["Payload"].read().decode()
            if "FunctionError" in answer or not _is_right(json.loads(said)):
                wrong[logical_id] = said
        assert deployed.functions
    assert wrong == {}


def _is_right(answer: Any) -> bool:
    """Whether an answer says that all went well, where it is one that can say otherwise."""
    if not isinstance(answer, dict):
        return True
    if answer.get("statusCode", 200) >= 300 or answer.get("status") in ("failed", "refused", "not an upload"):
        return False
    if answer.get("batchItemFailures"):
        return False
    statements = answer.get("policyDocument", {}).get("Statement", [])
    return all(one["Effect"] == "Allow" and one["Resource"] for one in statements)
