"""botocore's data, cut down to what the application asks of AWS.

Making a client is mostly reading JSON: the models of its service, all endpoints of all services. What stays is what
the code calls, without documentation; what it says is not changed. Two clients are then made in a quarter of the time.
"""

import gzip
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from botocore import xform_name
from botocore.loaders import Loader

from infra import ROOT

AWS_MODELS: Final = frozenset({"dynamodb", "s3", "sesv2"})
"""The services whose models stay in botocore's data. Asking for another raises ``UnknownServiceError``: add it here."""


#: What botocore itself asks for: where a bucket is, how a form for uploads is addressed, sessions of express buckets.
_ASKED_BY_BOTOCORE: Final = frozenset({"CreateBucket", "CreateSession", "DescribeEndpoints", "HeadBucket"})


def operations() -> dict[str, list[str]]:
    """The operations that stay, by service: those whose method's name stands anywhere in the application's code."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "chalicelib").rglob("*.py")))
    words = frozenset(re.findall(r"\w+", code))
    loader = Loader()
    return {
        service: sorted(
            name
            for name in loader.load_service_model(service, "service-2")["operations"]
            if name in _ASKED_BY_BOTOCORE or xform_name(name) in words
        )
        for service in sorted(AWS_MODELS)
    }


def trim(directory: Path) -> None:
    """Cuts down the data of the botocore that is installed in a folder."""
    data = directory / "botocore" / "data"
    for path in data.iterdir():
        if path.is_dir() and path.name not in AWS_MODELS:
            shutil.rmtree(path)
    _rewrite(data / "endpoints.json", _endpoints(json.loads((data / "endpoints.json").read_bytes())))
    for path in data.rglob("examples-*.json"):
        path.unlink()
    for path in data.rglob("*.json.gz"):
        _rewrite(path.with_suffix(""), _undocumented(json.loads(gzip.decompress(path.read_bytes()))))
        path.unlink()
    for service, kept in operations().items():
        for path in (data / service).rglob("service-2.json"):
            _rewrite(path, _only(json.loads(path.read_bytes()), kept))


def _endpoints(content: dict[str, Any]) -> dict[str, Any]:
    for partition in content["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in sorted(AWS_MODELS & services.keys())}
    return content


def _undocumented(content: Any) -> Any:
    """The same with empty texts for documentation; a part of a service that is called so is no text, and stays."""
    if isinstance(content, dict):
        return {
            name: "" if name == "documentation" and isinstance(value, str) else _undocumented(value)
            for name, value in content.items()
        }
    return [_undocumented(value) for value in content] if isinstance(content, list) else content


def _only(model: dict[str, Any], kept: list[str]) -> dict[str, Any]:
    """A service's model with these operations alone, and the shapes that they are made of."""
    chosen = {name: model["operations"][name] for name in kept}
    shapes: dict[str, Any] = {}
    waiting = list(_shapes_of(chosen))
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            waiting += _shapes_of(shapes[name])
    # In the model's own order, so that the same input makes the same bytes.
    ordered = {name: shape for name, shape in model["shapes"].items() if name in shapes}
    return {**model, "operations": chosen, "shapes": ordered}


def _shapes_of(content: Any) -> Iterator[str]:
    """The names of all shapes that a part of a model refers to."""
    if isinstance(content, Mapping):
        name = content.get("shape")
        if isinstance(name, str):
            yield name
        for value in content.values():
            yield from _shapes_of(value)
    elif isinstance(content, list):
        for value in content:
            yield from _shapes_of(value)


def _rewrite(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")
