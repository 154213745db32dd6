"""What a route declares: the one description that binding, authorization and the API's document all read."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NewType, get_type_hints

from pydantic import BaseModel, TypeAdapter

from chalicelib.auth import Permission
from chalicelib.errors import ConnectsError

Version = NewType("Version", int)
"""The version of a thing that a caller means to change: what stands in ``If-Match``."""


@dataclass(frozen=True)
class Operation:
    """One method on one path: the function, and all that is said of it."""

    method: str
    path: str
    function: Callable[..., Any]
    permission: Permission | None
    summary: str
    status: int
    tag: str
    errors: tuple[type[ConnectsError], ...]
    query_example: Mapping[str, str] = field(default_factory=dict)
    media_type: str = ""
    """Of an answer that is no JSON model; empty where it is one, or where it differs."""

    @cached_property
    def hints(self) -> dict[str, Any]:
        """The annotations of the function, resolved."""
        return get_type_hints(self.function, include_extras=True)

    @cached_property
    def path_parameters(self) -> dict[str, TypeAdapter[Any]]:
        """Name and type of every parameter in the path."""
        return {name: TypeAdapter(self.hints[name]) for name in re.findall(r"{(\w+)}", self.path)}

    @cached_property
    def takes(self) -> frozenset[str]:
        """The names of the function's parameters."""
        return frozenset(inspect.signature(self.function).parameters)

    @property
    def body_model(self) -> type[BaseModel] | None:
        """The model of the JSON body."""
        return self.hints.get("body")

    @property
    def query_model(self) -> type[BaseModel] | None:
        """The model of the query parameters."""
        return self.hints.get("query")
