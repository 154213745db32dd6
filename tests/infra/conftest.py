"""The template as it is deployed, made once for a run."""

from typing import Any

import pytest
import yaml

from infra.local import packaged


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """The whole template: what Chalice makes of the code, and all that is merged with it."""
    content: dict[str, Any] = yaml.safe_load(packaged().template.read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="session")
def resources(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The template's resources by logical id."""
    found: dict[str, dict[str, Any]] = template["Resources"]
    return found
