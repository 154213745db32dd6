"""The settings of one deployment: the only place that reads the environment.

Every setting is an environment variable with the prefix ``CONNECTS_``; the deployable template sets them all. A missing
one stops the function at its first use with the variable's name, so that a wrong deployment cannot half work.
"""

import os
from functools import lru_cache
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

PREFIX: Final = "CONNECTS_"


class Config(BaseModel):
    """What differs between deployments. Immutable once read."""

    # What is wrong is told by name: the settings hold a secret, and the error is logged.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    table_name: str
    uploads_bucket: str
    releases_bucket: str
    state_bucket: str
    """What the Exchange remembers between nights. Private: readers and the API never get at it."""
    token_issuer: str
    """The ``iss`` every accepted token must carry: an OIDC issuer, here a Cognito user pool."""
    token_audience: str
    """The ``aud`` every accepted token must carry: the application client's id."""
    jwks_url: str = ""
    """Where the issuer's public keys are; empty means ``<issuer>/.well-known/jwks.json``."""
    token_leeway_seconds: Annotated[int, Field(ge=0, le=300)] = 30
    admin_group: str = "admin"
    cursor_key: SecretStr
    """Signs the cursors of lists, so that a client can carry one but not make one."""
    cors_origin: Annotated[str, Field(pattern=r"\S")] = "*"
    """The origins, separated by spaces, whose pages may read answers; ``*`` for all."""
    upload_max_bytes: Annotated[int, Field(gt=0)] = 100 * 1024 * 1024
    body_max_bytes: Annotated[int, Field(gt=0)] = 256 * 1024
    exchange_access: Literal["public", "participants"] = "public"
    """Who reads the statistics: everyone, or members of organizations that have submitted something themselves."""
    latest_release_seconds: Annotated[int, Field(ge=0)] = 60
    """How long a warm reader may go on serving the release it knows before it looks for a newer one."""

    mail_from: str = ""
    """Who mail is from: an address that the mail service may send for, or ``Name <address>``. Empty: none is sent."""
    mail_configuration_set: str = ""
    """Tells the mail service where to report bounces and complaints."""
    administrators_mail: str = ""
    """Where administrators read what they are told by mail. Empty: in their inbox alone."""
    public_base_url: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    """Where the API is, for links in mails. Empty: mails have no link to unsubscribe, and none may be sent."""
    client_url: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    """Where people use the application, for links in mails. Empty: mails have no such links."""

    @property
    def keys_url(self) -> str:
        """The JWKS document's address."""
        return self.jwks_url or f"{self.token_issuer.rstrip('/')}/.well-known/jwks.json"


@lru_cache(maxsize=1)
def config() -> Config:
    """The process's settings, read once. Raises ``pydantic.ValidationError`` naming what is missing or wrong."""
    given = {name: os.environ.get(f"{PREFIX}{name.upper()}") for name in Config.model_fields}
    return Config.model_validate({name: text for name, text in given.items() if text is not None})
