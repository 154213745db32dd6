"""Every function has a recorded event, with which the deployed stack's is invoked (tests/e2e/test_package.py)."""

from pathlib import Path
from typing import Any

EVENTS = Path(__file__).parents[1] / "events"


def test_there_is_an_event_for_each_function(resources: dict[str, dict[str, Any]]) -> None:
    functions = {name for name, one in resources.items() if one["Type"] == "AWS::Serverless::Function"}
    assert {path.stem for path in EVENTS.iterdir()} == functions
