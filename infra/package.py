"""Packages the application: ``python -m infra.package [--target local|aws]`` makes ``build/<target>/``.

``template.yaml`` is what `chalice package` makes of the code, with infra/template.yaml merged over it; each function's
``CodeUri`` names one of the zips beside it (infra/zips.py): modules of the application, Chalice's runtime files and the
locked dependencies, all of them compiled. Only what changed is made again, and the same input makes the same bytes.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from chalice.package import YAMLTemplateSerializer

from infra import BUILD, ROOT, Stop, alarms, reach, say, vendor, verification, zips
from infra.isolation import without_aws_account
from infra.vendor import TARGETS, Target

TEMPLATE: Final = ROOT / "infra" / "template.yaml"
FRAGMENTS: Final = (ROOT / "infra" / "edge.yaml", ROOT / "infra" / "observing.yaml")
"""What is merged into the template after Chalice has made it."""
_CHALICE_STAGE: Final = "dev"


@dataclass(frozen=True, slots=True)
class Package:
    """A finished package: its folder, and what changes when any of it changes."""

    directory: Path
    fingerprint: str

    @property
    def template(self) -> Path:
        """The deployable template, with code at relative paths."""
        return self.directory / "template.yaml"


def package(target: Target, directory: Path | None = None) -> Package:
    """Makes what is out of date in ``build/<target>``. Raises ``Stop`` where it cannot be made or would not run."""
    out = directory or BUILD / target.name
    out.mkdir(parents=True, exist_ok=True)
    _vendor(target, out)
    fingerprint = _fingerprint(target)
    mark = out / "package.json"
    if _read(mark).get("fingerprint") == fingerprint:
        return Package(out, fingerprint)
    mark.unlink(missing_ok=True)
    template, application = _chalice(target, out)
    handlers = list(_handlers(template))
    unzipped = {}
    for module in zips.EXTRAS:
        name = zips.zip_of(module)
        unzipped[name] = zips.write_zip(out, module, application)
        verification.content(out / name, vendor.locked().keys() - set(zips.without(module)))
    for fragment in FRAGMENTS:
        _merge(
            template,
            YAMLTemplateSerializer().load_template(fragment.read_text(encoding="utf-8")),
            fragment.name,
        )
    alarms.add_to(template)
    for _, function in _functions(template):
        function["CodeUri"] = f"./{zips.zip_of(_module(function['Handler']))}"
        # Chalice's own tag names the one stage it knows, which is none of a deployment's.
        function.get("Tags", {}).pop("aws-chalice", None)
    text = yaml.dump(template, Dumper=_WithoutAliases, sort_keys=False)
    (out / "template.yaml").write_text(text, encoding="utf-8")
    if target == vendor.LOCAL_TARGET:
        verification.imports(out, handlers, lambda module: zips.modules_of(application, module))
    mark.write_text(json.dumps({"fingerprint": fingerprint, "unzipped": unzipped}), encoding="utf-8")
    return Package(out, fingerprint)


class _WithoutAliases(yaml.SafeDumper):
    """Writes what is shared in full wherever it is: CloudFormation refuses a template with YAML aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - whatever it is
        return True


def sizes(made: Package) -> Iterator[tuple[str, int, int]]:
    """Each zip's name, its bytes, and its content's bytes."""
    for name, unzipped in sorted(_read(made.directory / "package.json")["unzipped"].items()):
        yield name, (made.directory / name).stat().st_size, unzipped


def handlers_of(made: Package) -> Iterator[verification.Handler]:
    """The functions of a package."""
    return _handlers(yaml.safe_load(made.template.read_text(encoding="utf-8")))


def _vendor(target: Target, out: Path) -> None:
    """Makes the dependencies' part of each zip. It is most of the work, and changes with the lock only."""
    mark = out / "vendor.json"
    fingerprint = vendor.fingerprint(target) + repr(
        [(module, zips.without(module)) for module in zips.EXTRAS]
    )
    if _read(mark).get("fingerprint") == fingerprint:
        return
    mark.unlink(missing_ok=True)
    owned = vendor.fill(target, out / "vendor")
    for module in zips.EXTRAS:
        zips.write_dependencies(out, module, owned)
    mark.write_text(json.dumps({"fingerprint": fingerprint}), encoding="utf-8")


def _fingerprint(target: Target) -> str:
    seen = hashlib.sha256(vendor.fingerprint(target).encode())
    inputs = [ROOT / "app.py", ROOT / ".chalice" / "config.json", TEMPLATE, *FRAGMENTS, *_modules()]
    inputs += [Path(__file__), Path(alarms.__file__), Path(reach.__file__), Path(zips.__file__)]
    for path in [*inputs, ROOT / "infra" / "requirements" / "run.txt"]:
        seen.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return seen.hexdigest()


def _modules() -> list[Path]:
    files = (ROOT / "chalicelib").rglob("*")
    return sorted(path for path in files if path.is_file() and "__pycache__" not in path.parts)


def _chalice(target: Target, out: Path) -> tuple[dict[str, Any], Path]:
    """The merged template, and a folder with the application's modules as Chalice packs them, compiled."""
    stage, made, application = out / "stage", out / "chalice", out / "application"
    for folder in (stage, made, application):
        shutil.rmtree(folder, ignore_errors=True)
    (stage / ".chalice").mkdir(parents=True)
    shutil.copy(ROOT / ".chalice" / "config.json", stage / ".chalice")
    shutil.copy(ROOT / "app.py", stage)
    shutil.copytree(ROOT / "chalicelib", stage / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    command = [
        sys.executable,
        "-c",
        "import sys; from chalice.cli import main; sys.exit(main())",
        "--project-dir",
        str(stage),
        "package",
    ]
    command += [
        "--stage",
        _CHALICE_STAGE,
        "--template-format",
        "yaml",
        "--merge-template",
        str(TEMPLATE),
        str(made),
    ]
    environment = {
        **without_aws_account(os.environ),
        "AWS_DEFAULT_REGION": "us-east-1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Stop(f"chalice package failed:\n{done.stdout}{done.stderr}")
    template: dict[str, Any] = yaml.safe_load((made / "sam.yaml").read_text(encoding="utf-8"))
    with zipfile.ZipFile(made / "deployment.zip") as packed:
        packed.extractall(application)
    nameless = [
        logical_id for logical_id, resource in template["Resources"].items() if "Type" not in resource
    ]
    if nameless:
        raise Stop(f"infra/template.yaml speaks of {', '.join(nameless)}, which the code does not define.")
    _prepare(application / "chalicelib")
    vendor.replace_sources(target, application / "chalice")
    vendor.compile_tree(target, application)
    return template, application


def _prepare(modules: Path) -> None:
    """Writes down which module answers what, and the API's document.

    With the one a cold start imports no more than its request needs; with the other no model has to be described.
    """
    from chalicelib.apis import APIS, DOCUMENTATION
    from chalicelib.documentation.routes import document_text
    from chalicelib.packaged import DOCUMENT, ROUTES
    from chalicelib.registration import entries

    described = document_text(operation for api in (*APIS, DOCUMENTATION) for operation in api.operations)
    (modules / ROUTES.name).write_text(json.dumps(list(entries()), separators=(",", ":")), encoding="utf-8")
    (modules / DOCUMENT.name).write_text(described, encoding="utf-8")


def _merge(into: dict[str, Any], fragment: Mapping[str, Any], where: str) -> None:
    """Adds what a fragment says: mappings join, lists go behind one another. Raises ``Stop`` on a contradiction."""
    for name, value in fragment.items():
        here = into.setdefault(name, value)
        if here is value or here == value:
            continue
        if isinstance(here, dict) and isinstance(value, Mapping):
            _merge(here, value, f"{where}: {name}")
        elif isinstance(here, list) and isinstance(value, list):
            here.extend(value)
        else:
            raise Stop(f"{where}: {name} is {here!r} already; it cannot be {value!r} too.")


def _module(handler: str) -> str:
    return handler.rpartition(".")[0]


def _functions(template: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            yield logical_id, resource["Properties"]


def _handlers(template: Mapping[str, Any]) -> Iterator[verification.Handler]:
    for logical_id, function in _functions(template):
        module = _module(function["Handler"])
        yield verification.Handler(
            logical_id,
            function["Handler"],
            zips.zip_of(module),
            tuple(zips.without(module)),
            zips.late(module),
        )


def _read(path: Path) -> dict[str, Any]:
    """A JSON object on disk; empty where there is none or a run was cut off while it wrote."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return content


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.package", description="Package the application.")
    parser.add_argument("--target", choices=sorted(TARGETS), default="aws")
    made = package(TARGETS[parser.parse_args().target])
    say(f"{made.template.relative_to(ROOT)}")
    for name, zipped, unzipped in sizes(made):
        say(f"  {name:24} {zipped / 1e6:7.1f} MB, {unzipped / 1e6:7.1f} MB unzipped")


if __name__ == "__main__":
    try:
        main()
    except Stop as stop:
        sys.exit(str(stop))
