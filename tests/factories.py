"""What tests are made of: the table as the template declares it, and valid examples of what people send."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TEMPLATE: Final = Path(__file__).parents[1] / "infra" / "template.yaml"


class _Template(yaml.SafeLoader):
    """Reads a CloudFormation template; what its functions would give is left out."""


_Template.add_multi_constructor("!", lambda *_: None)


@lru_cache(maxsize=1)
def template() -> dict[str, Any]:
    """The deployable template."""
    loaded: dict[str, Any] = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Template)  # noqa: S506 - a safe loader
    return loaded


def create_table(client: "DynamoDBClient", name: str) -> None:
    """Creates the table with the keys and indexes that the template gives it."""
    declared = template()["Resources"]["Table"]["Properties"]
    wanted = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    client.create_table(TableName=name, **{part: declared[part] for part in wanted})


def shop(**changes: object) -> dict[str, object]:
    """The body that registers a shop."""
    return {
        "kind": "shop",
        "name": "Cedar Auto Repair",
        "shop_type": "independent",
        "sectors": ["automotive"],
        "address": {"street": "100 Main St", "city": "Missoula", "zip": "59801"},
        "contact": {"name": "Front desk", "email": "desk@connects.example"},
        **changes,
    }
