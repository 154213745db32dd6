"""Use cases of the API that an operator starts: the deployed function is asked as the gateway asks it.

So the same code runs with the same rights and leaves the same trail as for anybody else. Whoever may invoke the
function may do this; nobody else can.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from infra import Stop
from infra.ops.deployment import Deployed

OPERATOR: Final = "operator"
_FOREVER: Final = "4102444800"


def event(
    method: str,
    resource: str,
    parameters: dict[str, str] | None = None,
    *,
    user_id: str,
    admin: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """A request as API Gateway hands it to the function, of a person whose token it has verified."""
    return {
        "httpMethod": method,
        "path": resource.format(**(parameters or {})),
        "resource": resource,
        "headers": {"Content-Type": "application/json"},
        "multiValueQueryStringParameters": None,
        "pathParameters": parameters,
        "body": None,
        "isBase64Encoded": False,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": resource,
            "requestId": OPERATOR,
            "authorizer": {
                "principalId": user_id,
                "email": "",
                "email_verified": "false",
                "admin": "true" if admin else "false",
                "expires_at": _FOREVER,
            },
        },
        **more,
    }


def call(deployed: Deployed, asked: dict[str, Any]) -> Any:
    """What the API answers. Raises ``Stop`` with its problem."""
    answer = deployed.client("lambda").invoke(
        FunctionName=deployed.function("APIHandler"), Payload=json.dumps(asked).encode()
    )
    content = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise Stop(f"The API failed: {content.get('errorMessage', content)}")
    body = json.loads(content["body"]) if content.get("body") else None
    if content["statusCode"] >= 300:
        raise Stop(f"{content['statusCode']}: {(body or {}).get('detail', body)}")
    return body


def undo(deployed: Deployed, import_id: str) -> Iterator[str]:
    """Sets back what an import did, as far as nobody has built on it."""
    path = "/v1/imports/{import_id}/undoing"
    asked = event("POST", path, {"import_id": import_id}, user_id=OPERATOR, admin=True)
    yield f"{import_id}: {call(deployed, asked)['status']}; status shows how far it is"
