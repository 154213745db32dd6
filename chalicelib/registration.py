"""How the application gets its routes: all at once, or each feature when it is first asked.

A package (infra/package.py) carries ``routes.json``, which says which module answers what. With it a cold start imports
what the one request needs; most of an import is other features' models. Without it, as in tests, all are imported.
"""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from chalice.app import Chalice, Response

from chalicelib.http import CORS, Api
from chalicelib.packaged import ROUTES


class Entry(NamedTuple):
    """A route: its method and path, the module and the name there of the ``Api`` it is of, and its place in that."""

    method: str
    path: str
    module: str
    name: str
    number: int


def register(app: Chalice, index: Path = ROUTES) -> None:
    """Gives the application its routes."""
    if index.exists():
        for entry in map(Entry._make, json.loads(index.read_text(encoding="utf-8"))):
            _register_later(app, entry)
        return
    from chalicelib.apis import APIS, DOCUMENTATION, FUNCTIONS

    for blueprint in (*FUNCTIONS, *APIS, DOCUMENTATION):
        app.register_blueprint(blueprint)


def entries() -> Iterator[Entry]:
    """Every route there is, and where it is defined."""
    from chalicelib import apis

    for api in (*apis.APIS, apis.DOCUMENTATION):
        module, name = _home(api)
        for number, operation in enumerate(api.operations):
            yield Entry(operation.method, operation.path, module, name, number)


def _home(api: Api) -> tuple[str, str]:
    """The module and the name under which an ``Api`` can be imported: its own, or else this package's list of all."""
    own = import_module(api.module)
    name = next((name for name, value in vars(own).items() if value is api), None)
    if name is not None:
        return own.__name__, name
    from chalicelib import apis

    return apis.__name__, next(name for name, value in vars(apis).items() if value is api)


def _register_later(app: Chalice, entry: Entry) -> None:
    def answer(**path_arguments: str) -> Response:
        api: Api = getattr(import_module(entry.module), entry.name)
        return api.answer(app, api.operations[entry.number], path_arguments)

    # Who may call is the gateway's to check, and was told it when the package was made.
    app.route(
        entry.path, methods=[entry.method], cors=CORS, content_types=[], name=f"{entry.method} {entry.path}"
    )(answer)
