"""A stack of the application in the emulated AWS: the one that is kept for `make run`, and others for tests."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3

from infra import BUILD, Stop, cloudformation, stack
from infra.cloudformation import Progress
from infra.deploy import APPLICATION, Deployment, Destination, artifact_bucket, deploy
from infra.emulated import MAIL
from infra.isolation import ACCESS_KEY, REGION, SECRET_KEY, isolate
from infra.package import Package, package
from infra.stack import Emulator, StackInfo
from infra.vendor import LOCAL_TARGET

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

STACK_NAME: Final = f"{APPLICATION}-local"
PARAMETERS: Final = {"Stage": "local", **MAIL}


def bring_up(emulator: Emulator, made: Package, progress: Progress) -> StackInfo:
    """Deploys a package there, unless what is deployed says that it is just this one."""
    place = destination(emulator.endpoint_url)
    deployment = Deployment(made, STACK_NAME, PARAMETERS)
    existing = cloudformation.find(place.client("cloudformation"), STACK_NAME)
    if existing and existing.get("Description") == deployment.description(place):
        return at(emulator.endpoint_url)
    outputs = deploy(deployment, place, progress)
    # The functions have their code by now: what was uploaded would only pile up in the state folder.
    s3: S3Client = place.client("s3")
    bucket = artifact_bucket(place)
    for item in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        s3.delete_object(Bucket=bucket, Key=item["Key"])
    return _info(emulator.endpoint_url, STACK_NAME, outputs)


def running() -> StackInfo:
    """The stack that `make run` serves. Raises ``Stop`` where none is served."""
    emulator = stack.find(stack.STATE)
    if emulator is None:
        raise Stop("The local stack is not running. Start it in another terminal: make run")
    return at(emulator.endpoint_url)


def at(endpoint_url: str, stack_name: str = STACK_NAME) -> StackInfo:
    """A stack that is deployed in the emulated AWS at an address. Raises ``Stop`` where there is none of that name."""
    place = destination(endpoint_url)
    return _info(endpoint_url, stack_name, cloudformation.outputs(place.client("cloudformation"), stack_name))


@contextlib.contextmanager
def throwaway_stack(shared: Path | None = None) -> Iterator[StackInfo]:
    """A fresh deployed stack on a free port, gone afterwards.

    Processes that name the same ``shared`` folder (the workers of one test run) share one: the first to come starts it,
    the last to leave stops it.
    """
    folder = shared or Path(tempfile.mkdtemp(prefix="connects-"))
    state, users = folder / "stack", folder / "stack-users"
    try:
        with stack.lock(folder / "stack-lock"):
            users.mkdir(exist_ok=True)
            (users / str(os.getpid())).touch()
            emulator = stack.find(state) or stack.start(state, stack.free_port(), keep=False)
            deployed = bring_up(emulator, packaged(), lambda _: None)
        yield deployed
    finally:
        with stack.lock(folder / "stack-lock"):
            (users / str(os.getpid())).unlink(missing_ok=True)
            if not any(_lives(int(user.name)) for user in users.iterdir()):
                stack.stop(state)
                shutil.rmtree(state, ignore_errors=True)
        if shared is None:
            shutil.rmtree(folder, ignore_errors=True)


def destination(endpoint_url: str) -> Destination:
    """The emulated AWS at an address, as a place to deploy to and to speak to."""
    # A profile that the shell names would be looked up even though credentials are given.
    isolate(os.environ)
    return Destination(boto3.Session(ACCESS_KEY, SECRET_KEY, region_name=REGION), endpoint_url)


def _info(endpoint_url: str, stack_name: str, outputs: Mapping[str, str]) -> StackInfo:
    # The API's address names it in the path, so that no host name must resolve.
    stage = outputs["EndpointURL"].rstrip("/").rpartition("/")[2]
    api_url = f"{endpoint_url}/_aws/execute-api/{outputs['ApiId']}/{stage}"
    return StackInfo(endpoint_url, REGION, api_url, outputs, stack_name)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def packaged() -> Package:
    """The package for this machine, made where it is out of date."""
    # One at a time: several test runs of one checkout build into the same folder.
    with stack.lock(BUILD / "lock"):
        return package(LOCAL_TARGET)
