"""Asks an emulated AWS what it runs functions with, so that they are packaged for just that.

Lambda has the runtime that the template names. An emulator takes what it has: its own interpreter, or a container.
Compiled dependencies that do not fit would show only at the first request, as an answer 502.
"""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from infra import Stop
from infra.command import refusal
from infra.vendor import AWS, LOCAL_TARGET, Target, here

_SOURCE: Final = """\
import json, platform, sys

def handler(event, context):
    return {
        "python": "%d.%d" % sys.version_info[:2],
        "system": sys.platform,
        "machine": platform.machine(),
        "libc": platform.libc_ver()[0],
    }
"""
_RUNTIME: Final = "python3.13"
_ASSUMED: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def target(client: Callable[[str], Any], place: str) -> Target:
    """What to package for, by a function that is made for the question and removed.

    ``client`` makes clients of services there. Raises ``Stop`` where no function runs, or nothing can be packaged.
    """
    try:
        said = _ask(client("iam"), client("lambda"), f"connects-probe-{uuid4().hex[:12]}")
    except ClientError as error:
        raise Stop(f"{place} runs no functions. {refusal(error)}") from None
    except BotoCoreError as error:
        raise Stop(f"{place} does not answer: {error}") from None
    if not isinstance(said, dict) or "python" not in said:
        raise Stop(f"{place} runs no functions. One that was made to try it answered: {said}")
    return fitting(said, place)


def _ask(iam: Any, functions: Any, name: str) -> Any:
    """What the function says; what is wrong with it, where it does not run."""
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_ASSUMED))["Role"]["Arn"]
    try:
        code = {"ZipFile": _zip()}
        functions.create_function(
            FunctionName=name, Runtime=_RUNTIME, Handler="probe.handler", Role=role, Timeout=30, Code=code
        )
        try:
            return json.loads(functions.invoke(FunctionName=name)["Payload"].read() or b"null")
        finally:
            functions.delete_function(FunctionName=name)
    finally:
        iam.delete_role(RoleName=name)


def fitting(said: dict[str, str], place: str) -> Target:
    """The target for an interpreter as it described itself. Raises ``Stop`` where there is none."""
    if said == here():
        return LOCAL_TARGET
    if said["system"] != "linux":
        raise Stop(
            f"{place} runs functions with Python {said['python']} on {said['system']}, and this is "
            f"{LOCAL_TARGET.python}. Deploy with the same: make deploy PYTHON=python{said['python']}"
        )
    if (said["python"], said["machine"], said["libc"]) == (AWS.python, "x86_64", "glibc"):
        return AWS
    platforms = AWS.platforms if said["libc"] == "glibc" else ("musllinux_1_2_x86_64", "musllinux_1_1_x86_64")
    return Target(
        f"python{said['python']}-{said['libc'] or 'musl'}-{said['machine']}",
        said["python"],
        tuple(platform.replace("x86_64", said["machine"]) for platform in platforms),
    )


def _zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("probe.py", _SOURCE)
    return content.getvalue()
