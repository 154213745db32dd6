"""``/openapi.json``, and ``/docs``: the document in a viewer served from here, so no page of ours asks another host."""

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from chalicelib.auth import PUBLIC
from chalicelib.errors import NotFound
from chalicelib.http import Api, RawReply
from chalicelib.operation import Operation
from chalicelib.packaged import DOCUMENT

API_VERSION: Final = "1.0.0"

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Connects API</title>
<link rel="stylesheet" href="docs/viewer.css">
</head>
<body>
<div id="viewer"></div>
<script src="docs/viewer.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START: Final = """SwaggerUIBundle({
  url: new URL("openapi.json", document.baseURI).href,
  dom_id: "#viewer",
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: true,
  tryItOutEnabled: true,
});
"""
_ASSETS: Final = {
    "viewer.js": ("swagger-ui-bundle.min.js", "text/javascript; charset=utf-8"),
    "viewer.css": ("swagger-ui.min.css", "text/css; charset=utf-8"),
}


def documentation(described: Iterable[Api]) -> Api:
    """The routes that show the given features' routes, and themselves."""
    api = Api(__name__, tag="Documentation")

    @lru_cache(maxsize=1)
    def text() -> str:
        if DOCUMENT.exists():
            return DOCUMENT.read_text(encoding="utf-8")
        return document_text(operation for one in (*described, api) for operation in one.operations)

    @api.get("/openapi.json", permission=PUBLIC, summary="This document")
    def read_openapi() -> RawReply:
        """The OpenAPI 3.1 document of this API."""
        return _kept(text(), "application/json")

    @api.get("/docs", permission=PUBLIC, summary="The documentation page")
    def read_documentation() -> RawReply:
        """This document in a viewer."""
        return _kept(_PAGE, "text/html; charset=utf-8")

    @api.get(
        "/docs/{asset}", permission=PUBLIC, summary="A part of the documentation page", errors=(NotFound,)
    )
    def read_documentation_asset(asset: str) -> RawReply:
        """A script or style sheet of the documentation page."""
        if asset == "start.js":
            return _kept(_START, "text/javascript; charset=utf-8")
        if asset not in _ASSETS:
            parts = ", ".join((*_ASSETS, "start.js"))
            raise NotFound(f"The documentation page has no part of that name; it has {parts}.")
        name, media_type = _ASSETS[asset]
        return _kept((_viewer() / name).read_text(encoding="utf-8"), media_type)

    return api


def document_text(operations: Iterable[Operation]) -> str:
    """The API's document as it is served."""
    from chalicelib.openapi import document

    return json.dumps(document(operations, API_VERSION), separators=(",", ":"), ensure_ascii=False)


def _viewer() -> Path:
    """The folder of the viewer that Powertools carries: found, not imported, which would cost every cold start."""
    package = find_spec("aws_lambda_powertools")
    if package is None or package.origin is None:
        raise FileNotFoundError(
            "aws_lambda_powertools, which carries the documentation viewer, is not installed"
        )
    return Path(package.origin).parent / "event_handler" / "openapi" / "swagger_ui"


def _kept(body: str, media_type: str) -> RawReply:
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    return RawReply(body, media_type, etag=etag, cache_control="public, max-age=300")
