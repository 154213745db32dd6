"""What tests are made of: the table as the template declares it, and valid examples of what people send."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def create_table(client: "DynamoDBClient", name: str) -> None:
    """Creates the table with its three indexes."""
    attributes = ("PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK", "GSI3PK", "GSI3SK")
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in attributes],
        KeySchema=[
            {"AttributeName": "PK", "KeyType": "HASH"},
            {"AttributeName": "SK", "KeyType": "RANGE"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": f"GSI{number}PK", "KeyType": "HASH"},
                    {"AttributeName": f"GSI{number}SK", "KeyType": "RANGE"},
                ],
                "Projection": (
                    {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]}
                    if index == "contributions"
                    else {"ProjectionType": "ALL"}
                ),
            }
            for number, index in enumerate(("directory", "nearby", "contributions"), start=1)
        ],
    )


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
