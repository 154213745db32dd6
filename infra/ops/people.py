"""What a person may ask of an operator: all that they entered, or to be forgotten."""

import json
from collections.abc import Iterator
from typing import Any

from infra import Stop, note
from infra.ops.calls import call, event
from infra.ops.deployment import Deployed


def export(deployed: Deployed, who: str) -> Iterator[str]:
    """Everything that a person entered, one JSON object a line. Raises ``Stop`` for nobody known."""
    user_id, signs_in = find(deployed, who)
    count = 0
    for line in _entered(deployed, user_id):
        yield line
        count += 1
    if not count and not signs_in:
        raise _nobody(who)
    note(f"{user_id}: {count} entries")


def erase(deployed: Deployed, who: str) -> Iterator[str]:
    """Erases a person and then their sign-in. Raises ``Stop`` for nobody known, and where they must act first."""
    user_id, signs_in = find(deployed, who)
    if not signs_in and next(_entered(deployed, user_id), None) is None:
        raise _nobody(who)
    asked = event("DELETE", "/v1/me", user_id=user_id)
    while not call(deployed, asked)["complete"]:
        yield "more is left; going on"
    if signs_in:
        deployed.client("cognito-idp").admin_delete_user(
            UserPoolId=deployed.outputs["UserPoolId"], Username=signs_in
        )
        yield f"{user_id} is erased, and cannot sign in any more"
    else:
        yield f"{user_id} is erased; the user pool has no sign-in of theirs"


def find(deployed: Deployed, who: str) -> tuple[str, str | None]:
    """A person's id, and their user name in the pool where they have one, by e-mail address or id.

    The pool may know nothing of an id: the sign-in is gone, or tokens come from another issuer. Raises ``Stop`` for an
    address that it does not have.
    """
    attribute = "email" if "@" in who else "sub"
    quoted = who.replace("\\", "\\\\").replace('"', '\\"')
    users = deployed.client("cognito-idp").list_users(
        UserPoolId=deployed.outputs["UserPoolId"], Filter=f'{attribute} = "{quoted}"'
    )["Users"]
    if not users and attribute == "email":
        raise _nobody(who)
    if not users:
        return who, None
    (user, *others) = users
    if others:
        raise Stop(f"Several sign in as {who}. Name one by id: " + ", ".join(_sub(one) for one in users))
    return _sub(user), user["Username"]


def _sub(user: dict[str, Any]) -> str:
    return next(str(one.get("Value", "")) for one in user.get("Attributes", []) if one["Name"] == "sub")


def _entered(deployed: Deployed, user_id: str) -> Iterator[str]:
    cursor: str | None = None
    while True:
        query = {"cursor": [cursor]} if cursor else None
        asked = event("GET", "/v1/me/export", user_id=user_id, multiValueQueryStringParameters=query)
        page = call(deployed, asked)
        for item in page["items"]:
            yield json.dumps(item, ensure_ascii=False)
        cursor = page["next_cursor"]
        if cursor is None:
            return


def _nobody(who: str) -> Stop:
    return Stop(f"Nobody signs in as {who}, and nothing was entered under that id.")
