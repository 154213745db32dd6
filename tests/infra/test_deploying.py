"""How a deployment begins and ends: packaged for what runs there, and told in a sentence where it cannot be."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.errors import NotFound
from infra import Stop, command, probe, vendor
from infra.deploy import settings_of
from infra.emulated import for_emulator
from infra.local import packaged

HERE = vendor.here()


def refused() -> ClientError:
    return ClientError(
        {"Error": {"Code": "AccessDenied", "Message": "ann may not do this"}}, "CreateChangeSet"
    )


@pytest.mark.parametrize(
    ("described", "name", "platform"),
    [
        (HERE, "local", None),
        ({"python": "3.13", "system": "linux", "machine": "x86_64", "libc": "glibc"}, None, "_x86_64"),
        ({"python": "3.12", "system": "linux", "machine": "aarch64", "libc": "glibc"}, None, "_aarch64"),
        ({"python": "3.12", "system": "linux", "machine": "x86_64", "libc": ""}, None, "musllinux"),
    ],
    ids=["here", "lambda", "arm", "musl"],
)
def test_the_package_fits_what_runs_it(
    described: dict[str, str], name: str | None, platform: str | None
) -> None:
    fits = probe.fitting(described, "http://127.0.0.1:1")
    assert fits.python == described["python"]
    if name is not None:
        assert fits.name == name
    if platform is not None and fits != vendor.LOCAL_TARGET:
        assert all(platform in one for one in fits.platforms)


def test_another_system_is_refused_with_what_would_do() -> None:
    described = {**HERE, "system": "darwin", "python": "3.12"}
    with pytest.raises(Stop, match=r"make deploy PYTHON=python3\.12"):
        probe.fitting(described, "http://127.0.0.1:1")


class Service:
    """A service of an emulator of which some operations fail."""

    def __init__(self, *failing: str, answer: bytes = b"null") -> None:
        self.asked: list[str] = []
        self._failing = failing
        self._answer = answer

    def __call__(self, _: str) -> "Service":
        return self

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def ask(**_: Any) -> Any:
            self.asked.append(operation)
            if operation in self._failing:
                raise refused()
            payload = type("Payload", (), {"read": lambda _: self._answer})()
            return {"Role": {"Arn": "arn"}, "Payload": payload}

        return ask


def test_nothing_of_the_question_stays() -> None:
    emulator = Service(answer=json.dumps(HERE).encode())
    assert probe.target(emulator, "http://127.0.0.1:1") == vendor.LOCAL_TARGET
    made, removed = (
        [one.partition("_")[2] for one in emulator.asked if one.startswith(verb)]
        for verb in ("create", "delete")
    )
    assert sorted(made) == sorted(removed) == ["function", "role"]


@pytest.mark.parametrize(
    "emulator",
    [Service("create_function"), Service("invoke"), Service(answer=b'{"errorMessage": "no docker"}')],
    ids=["no functions", "none starts", "fails"],
)
def test_an_emulator_that_runs_no_functions_is_told_of(emulator: Service) -> None:
    with pytest.raises(Stop, match=r"^http://127\.0\.0\.1:1 runs no functions"):
        probe.target(emulator, "http://127.0.0.1:1")
    assert "delete_role" in emulator.asked


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (Stop("There is no stack connects-dev."), "There is no stack connects-dev."),
        (NotFound("No release of that id."), "No release of that id."),
        (refused(), "AWS refused CreateChangeSet: ann may not do this (AccessDenied)"),
        (
            EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
            "AWS cannot be asked: Could not connect",
        ),
    ],
    ids=["stop", "domain", "refused", "unreachable"],
)
def test_a_command_fails_with_a_sentence(raised: Exception, said: str) -> None:
    def main() -> None:
        raise raised

    with pytest.raises(SystemExit) as ended:
        command.run(main)
    assert str(ended.value.code).startswith(said)


def test_a_command_that_is_interrupted_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    def main() -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as ended:
        command.run(main)
    assert ended.value.code == command.INTERRUPTED
    assert "Interrupted" in capsys.readouterr().err


def test_the_template_has_no_aliases_and_room_to_grow() -> None:
    """CloudFormation refuses a template with YAML aliases, and one of more than a megabyte."""
    text = packaged().template.read_text(encoding="utf-8")
    assert "&id0" not in text
    assert "*id0" not in text
    assert len(text.encode()) < 900_000


def test_stages_are_given_only_what_the_template_has(template: dict[str, Any]) -> None:
    for stage in ("dev", "prod"):
        assert settings_of(stage).keys() <= template["Parameters"].keys()


def test_the_emulated_api_is_where_its_output_says(template: dict[str, Any]) -> None:
    adapted = for_emulator(template, "http://127.0.0.1:4566")
    address = "http://127.0.0.1:4566/_aws/execute-api/${RestAPI}/api"
    assert adapted["Outputs"]["EndpointURL"]["Value"] == {"Fn::Sub": address}
    assert template["Outputs"]["EndpointURL"]["Value"]["Fn::Sub"].startswith("https://")
