"""What clients rely on: ``python -m infra.contract`` writes the API's document beside this file, as ``openapi.json``.

It refuses where a client written against the document of before could break; ``--breaking`` writes it all the same, and
belongs into a new version of the paths. A test holds the code to the document that is written here.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra import ROOT, Stop, say

WRITTEN: Final = ROOT / "infra" / "openapi.json"
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch"})
#: Bounds, and whether a greater number lets more through.
_BOUNDS: Final = {
    "maximum": True,
    "maxLength": True,
    "maxItems": True,
    "exclusiveMaximum": True,
    "minimum": False,
    "minLength": False,
    "minItems": False,
    "exclusiveMinimum": False,
}


def current() -> dict[str, Any]:
    """The document that the code has now."""
    from chalicelib.apis import APIS, DOCUMENTATION
    from chalicelib.documentation.routes import API_VERSION
    from chalicelib.openapi import document

    operations = [operation for api in (*APIS, DOCUMENTATION) for operation in api.operations]
    made: dict[str, Any] = json.loads(json.dumps(document(operations, API_VERSION)))
    return made


def written(path: Path = WRITTEN) -> dict[str, Any]:
    """The document that clients were given."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def breaking(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Every change that a client of the document before could trip over, as sentences."""
    return sorted(set(_Comparison(before, after).findings()))


@dataclass(frozen=True)
class _Comparison:
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    def findings(self) -> Iterator[str]:
        for path, methods in self.before["paths"].items():
            for method in methods.keys() & _METHODS:
                where = f"{method.upper()} {path}"
                now = self.after["paths"].get(path, {}).get(method)
                if now is None:
                    yield f"{where} is gone"
                else:
                    yield from self._operation(where, methods[method], now)

    def _operation(self, where: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
        if not before.get("security") and after.get("security"):
            yield f"{where} needs a token now"
        yield from self._parameters(where, before, after)
        body, new_body = _content(before.get("requestBody")), _content(after.get("requestBody"))
        if new_body is not None and body is None:
            yield f"{where} takes a body now"
        elif body is not None and new_body is not None:
            yield from self._sent(f"{where} body", body, new_body, frozenset())
        for status, response in before["responses"].items():
            if not status.startswith("2"):
                continue
            if status not in after["responses"]:
                yield f"{where} does not answer {status} any more"
                continue
            schema, new = _content(response), _content(after["responses"][status])
            if schema is not None and new is not None:
                yield from self._given(f"{where} {status}", schema, new, frozenset())
            elif schema is not None:
                yield f"{where} {status} has no body any more"

    def _parameters(self, where: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
        old = {(one["in"], one["name"]): one for one in before.get("parameters", ())}
        new = {(one["in"], one["name"]): one for one in after.get("parameters", ())}
        for key, one in new.items():
            if one.get("required") and not old.get(key, {}).get("required"):
                yield f"{where} needs the parameter {key[1]} now"
        for key, one in old.items():
            if key not in new:
                yield f"{where} does not know the parameter {key[1]} any more"
            else:
                place = f"{where} parameter {key[1]}"
                yield from self._sent(place, one["schema"], new[key]["schema"], frozenset())

    def _sent(self, where: str, before: Any, after: Any, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
        """What clients send: nothing that was good may be refused."""
        pair = (before.get("$ref", ""), after.get("$ref", ""))
        if all(pair) and pair in seen:
            return
        seen |= {pair}
        old, new = _resolved(self.before, before), _resolved(self.after, after)
        yield from _kinds(where, old, new, wider=True)
        for name in set(new.get("required", ())) - set(old.get("required", ())):
            yield f"{where}: {name} is needed now"
        for name, schema in old.get("properties", {}).items():
            if name not in new.get("properties", {}):
                yield f"{where}: {name} is not known any more"
            else:
                yield from self._sent(f"{where}/{name}", schema, new["properties"][name], seen)
        if "items" in old and "items" in new:
            yield from self._sent(f"{where}/items", old["items"], new["items"], seen)
        if "enum" in old and "enum" in new:
            for value in _missing(old["enum"], new["enum"]):
                yield f"{where}: {value!r} is refused now"
        yield from _tighter(where, old, new)

    def _given(self, where: str, before: Any, after: Any, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
        """What clients read: nothing that was there may be missing, and nothing may be of another kind."""
        pair = (before.get("$ref", ""), after.get("$ref", ""))
        if all(pair) and pair in seen:
            return
        seen |= {pair}
        old, new = _resolved(self.before, before), _resolved(self.after, after)
        yield from _kinds(where, old, new, wider=False)
        for name, schema in old.get("properties", {}).items():
            if name not in new.get("properties", {}):
                yield f"{where}: {name} is gone"
                continue
            if name in old.get("required", ()) and name not in new.get("required", ()):
                yield f"{where}: {name} may be missing now"
            yield from self._given(f"{where}/{name}", schema, new["properties"][name], seen)
        if "items" in old and "items" in new:
            yield from self._given(f"{where}/items", old["items"], new["items"], seen)


def _content(part: Mapping[str, Any] | None) -> Any:
    """The JSON schema of a body, or None where it has none."""
    media = (part or {}).get("content", {}).get("application/json")
    return None if media is None else media["schema"]


def _resolved(document: Mapping[str, Any], schema: Any) -> Mapping[str, Any]:
    """A schema with its reference followed; of alternatives, what each property may be is left open."""
    while "$ref" in schema:
        node: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            node = node[step]
        schema = node
    found: Mapping[str, Any] = schema
    return found


def _types(document_schema: Mapping[str, Any]) -> frozenset[str]:
    """The JSON types that a schema names, in itself or in its alternatives; empty where it names none."""
    named = document_schema.get("type")
    types = {named} if isinstance(named, str) else set(named or ())
    for word in ("anyOf", "oneOf"):
        for one in document_schema.get(word, ()):
            types |= _types(one)
    return frozenset(types)


def _kinds(where: str, old: Mapping[str, Any], new: Mapping[str, Any], *, wider: bool) -> Iterator[str]:
    before, after = _types(old), _types(new)
    if not before or not after:
        return
    lost = before - after if wider else after - before
    if lost:
        yield f"{where}: {'takes no' if wider else 'may be'} {', '.join(sorted(lost))} {'any more' if wider else 'now'}"


def _tighter(where: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Bounds and patterns that refuse what was let through."""
    for name, greater_is_wider in _BOUNDS.items():
        bound, limit = old.get(name), new.get(name)
        if limit is not None and (bound is None or (limit < bound if greater_is_wider else limit > bound)):
            yield f"{where}: {name} is {limit} now"
    if new.get("pattern") not in (None, old.get("pattern")):
        yield f"{where}: the pattern is another one"


def _missing(old: list[Any], new: list[Any]) -> list[Any]:
    return [value for value in old if value not in new]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.contract", description="Write the API's document.")
    parser.add_argument("--breaking", action="store_true", help="write it though clients may break")
    given, made = parser.parse_args(), current()
    found = breaking(written(), made) if WRITTEN.exists() else []
    if found and not given.breaking:
        raise Stop("\n  ".join(["Clients could break, so nothing was written:", *found]))
    WRITTEN.write_text(
        json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    say(f"{WRITTEN.relative_to(ROOT)}: {len(made['paths'])} paths")


if __name__ == "__main__":
    try:
        main()
    except Stop as stop:
        sys.exit(str(stop))
