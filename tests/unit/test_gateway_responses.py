"""What the gateway answers without asking a function: the same problems in the same words."""

import json

import pytest

from chalicelib.openapi import _GATEWAY_REFUSAL
from chalicelib.problems import KINDS, UNEXPECTED, Problem
from tests.factories import template

KNOWN = {kind.type: kind for kind in (*KINDS.values(), UNEXPECTED, _GATEWAY_REFUSAL)}
RESPONSES = template()["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
PROBLEMS = {
    name: Problem.model_validate(json.loads(response["ResponseTemplates"]["application/json"]))
    for name, response in RESPONSES.items()
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_each_is_a_problem_with_the_status_it_is_sent_with(name: str) -> None:
    assert RESPONSES[name]["StatusCode"] == str(PROBLEMS[name].status)
    assert RESPONSES[name]["ResponseParameters"]["Headers"]["Content-Type"] == "'application/problem+json'"


def test_a_type_that_functions_answer_too_has_the_same_status_and_title_here() -> None:
    common = [one for one in PROBLEMS.values() if one.type in KNOWN]
    assert len(common) >= 5
    for one in common:
        assert (one.status, one.title) == (KNOWN[one.type].status.value, KNOWN[one.type].title), one.type
