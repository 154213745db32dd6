"""Prints an ID token of the local stack: ``python -m infra.token admin`` makes admin@connects.example where missing.

A name without @ gets the domain connects.example. The user called ``admin`` is put into the group of administrators.
Nothing but the token goes to standard output, so that a shell can use it: ``TOKEN=$(make -s token USER=admin)``.
"""

import sys
from typing import TYPE_CHECKING, Final

from infra import Stop, command, local, say
from infra.stack import StackInfo

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

PASSWORD: Final = "Local-stack-only-1"  # noqa: S105 - opens nothing but the emulated user pool on this machine
DOMAIN: Final = "connects.example"
ADMIN: Final = "admin"


def id_token(stack: StackInfo, name: str) -> str:
    """An ID token for ``name``, who is made and confirmed where there is none. Lasts an hour."""
    client: CognitoIdentityProviderClient = stack.client("cognito-idp")
    email = name if "@" in name else f"{name}@{DOMAIN}"
    _ensure_user(client, stack.outputs["UserPoolId"], email, admin=name == ADMIN)
    signed_in = client.initiate_auth(
        ClientId=stack.outputs["UserPoolClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
    )
    return signed_in["AuthenticationResult"]["IdToken"]


def _ensure_user(client: "CognitoIdentityProviderClient", pool: str, email: str, *, admin: bool) -> None:
    try:
        client.admin_create_user(
            UserPoolId=pool,
            Username=email,
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            MessageAction="SUPPRESS",
        )
    except client.exceptions.UsernameExistsException:
        return
    finally:
        # Repeated, in case an earlier run was cut off between the two.
        client.admin_set_user_password(UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True)
        if admin:
            client.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=ADMIN)


def main() -> None:
    """The command line."""
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        raise Stop("Say whose token: make token USER=admin")
    say(id_token(local.running(), sys.argv[1].strip()))


if __name__ == "__main__":
    command.run(main)
