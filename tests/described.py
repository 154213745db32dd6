"""Holds answers against the API's own document: nothing is answered that it does not describe."""

import json
import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

from jsonschema import Draft202012Validator

from chalicelib.apis import APIS
from chalicelib.openapi import document


class Document:
    """The document, as a judge of answers."""

    @cached_property
    def _document(self) -> dict[str, Any]:
        return document(chain.from_iterable(api.operations for api in APIS), "test")

    @cached_property
    def _paths(self) -> list[tuple[re.Pattern[str], dict[str, Any]]]:
        # Paths without parameters come first: they win where both fit.
        described = sorted(self._document["paths"].items(), key=lambda one: "{" in one[0])
        return [(re.compile(re.sub(r"{\w+}", "[^/]+", path)), methods) for path, methods in described]

    @lru_cache(maxsize=256)  # noqa: B019 - there is one for a whole run
    def _validator(self, name: str) -> Draft202012Validator:
        return Draft202012Validator({"$ref": name, "components": self._document["components"]})

    def check(self, method: str, target: str, status: int, headers: Mapping[str, str], text: str) -> None:
        """Raises ``AssertionError`` where an answer of a described operation is not what is described."""
        path = target.partition("?")[0]
        operation = next((methods for fits, methods in self._paths if fits.fullmatch(path)), {}).get(
            method.lower()
        )
        if operation is None:
            return
        if any(name.lower() == "x-amzn-errortype" for name in headers):
            # The client of the tests plays the gateway here, in words of its own.
            return
        assert str(status) in operation["responses"], (
            f"{method} {path} answers {status}, which is not described"
        )
        content = operation["responses"][str(status)].get("content", {})
        if not content:
            assert not text, f"{method} {path} answers a body with {status}"
            return
        media_type = headers["Content-Type"]
        assert media_type in content, f"{method} {path} answers {status} as {media_type}"
        if "$ref" not in content[media_type]["schema"]:
            return
        errors = self._validator(content[media_type]["schema"]["$ref"]).iter_errors(json.loads(text))
        assert [f"{error.json_path}: {error.message}" for error in errors] == [], f"{method} {path} {status}"
