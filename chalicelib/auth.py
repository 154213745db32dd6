"""Who is calling, and the permissions that need nothing but that.

The authorizer is a Lambda function of its own, ``chalicelib.auth.verify_token``: API Gateway asks it before any
handler runs. It accepts bearer JWTs of one OIDC issuer for one audience, signed with RS256 by a key of the issuer's
JWKS. What it passes on is the only identity that handlers know.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from time import time
from typing import TYPE_CHECKING, Any, Final, Protocol

from chalice.app import AuthRequest, AuthResponse, Blueprint

from chalicelib.config import Config, config
from chalicelib.errors import NotAuthenticated, NotPermitted

if TYPE_CHECKING:
    from chalicelib.issuer import IssuerKeys

tokens = Blueprint(__name__)

_CACHED_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Caller:
    """A person whose token was verified."""

    user_id: str
    email: str
    admin: bool
    email_verified: bool = False
    """Whether the issuer has seen the person read mail at that address."""


@lru_cache(maxsize=4)
def _issuer_keys(url: str) -> "IssuerKeys":
    from chalicelib.issuer import IssuerKeys

    return IssuerKeys(url)


def verified_claims(token: str, settings: Config) -> Mapping[str, Any]:
    """The claims of a token whose signature, issuer, audience and times are right.

    Raises ``jwt.PyJWTError`` for every other token; its kind ``PyJWKClientConnectionError`` where the issuer's keys
    cannot be had.
    """
    import jwt

    key = _issuer_keys(settings.keys_url).of_token(token)
    claims: Mapping[str, Any] = jwt.decode(
        token,
        key.key,
        algorithms=["RS256"],
        audience=settings.token_audience,
        issuer=settings.token_issuer,
        leeway=settings.token_leeway_seconds,
        options={"require": ["exp", "iat", "iss", "aud", "sub"]},
    )
    if claims.get("token_use", "id") != "id":
        raise jwt.InvalidTokenError("an access token was sent where the ID token belongs")
    return claims


# The answer is kept by API Gateway for a minute per token, so a burst of calls costs one verification.
@tokens.authorizer(ttl_seconds=_CACHED_SECONDS)
def verify_token(request: AuthRequest) -> AuthResponse:
    """Lets a request through where its bearer token is good; refuses it otherwise.

    Raises where that cannot be told because the issuer does not answer: a refusal would be kept for a minute, and send
    people to sign in again who need not. The gateway answers 503 then.
    """
    from jwt import PyJWKClientConnectionError, PyJWTError

    settings = config()
    try:
        claims = verified_claims(_bearer(request.token), settings)
    except PyJWKClientConnectionError:
        raise
    except (PyJWTError, ValueError) as error:
        _log_refusal(error)
        return AuthResponse(routes=[], principal_id="refused")
    groups = claims.get("cognito:groups")
    return AuthResponse(
        routes=["*"],
        principal_id=str(claims["sub"]),
        context={
            "email": str(claims.get("email", "")),
            # In a text, the name could be a part of another group's.
            "admin": "true" if isinstance(groups, list) and settings.admin_group in groups else "false",
            "email_verified": "true" if _verified(claims.get("email_verified")) else "false",
            "expires_at": str(int(claims["exp"]) + settings.token_leeway_seconds),
        },
    )


def _verified(claim: object) -> bool:
    """Issuers send it as a boolean or as a text."""
    return claim is True or claim == "true"


def _bearer(header: str) -> str:
    from jwt import InvalidTokenError

    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise InvalidTokenError("not a bearer token")
    return token.strip()


def _log_refusal(error: Exception) -> None:
    from chalicelib.observability import logger

    # The kind of the error only: its text may quote the token.
    logger.info("token refused", extra={"reason": type(error).__name__})


def caller_of(context: Mapping[str, Any]) -> Caller:
    """The caller whom the authorizer put into a request's context. Raises ``NotAuthenticated`` where there is none."""
    verified = context.get("authorizer") or {}
    user_id = verified.get("principalId")
    if not user_id or user_id == "refused":
        raise NotAuthenticated(
            "This needs a bearer token: sign in and send it as Authorization: Bearer <ID token>."
        )
    if int(verified.get("expires_at", 0)) < time():
        raise NotAuthenticated("The token has expired. Refresh it or sign in again.")
    return Caller(
        user_id,
        verified.get("email", ""),
        admin=verified.get("admin") == "true",
        email_verified=verified.get("email_verified") == "true",
    )


class Permission(Protocol):
    """Who may use a route. ``check`` raises ``NotPermitted``; ``meaning`` is what the API's document says of it."""

    @property
    def meaning(self) -> str:
        """A sentence for the API's document."""

    def check(self, caller: Caller, path: Mapping[str, str]) -> None:
        """Raises ``NotPermitted`` unless the caller may use the route with these path parameters."""


@dataclass(frozen=True, slots=True)
class _SignedIn:
    meaning: str = "Anyone who is signed in."

    def check(self, caller: Caller, path: Mapping[str, str]) -> None:
        """A verified caller is all that is asked."""


@dataclass(frozen=True, slots=True)
class _Administrators:
    meaning: str = "Platform administrators."

    def check(self, caller: Caller, path: Mapping[str, str]) -> None:  # noqa: ARG002 - the protocol's
        """Administrators are a group of the user pool."""
        if not caller.admin:
            raise NotPermitted("Only platform administrators may do this.")


PUBLIC: Final[Permission | None] = None
"""No token is asked for and none is looked at."""
SIGNED_IN: Final[Permission] = _SignedIn()
ADMINISTRATORS: Final[Permission] = _Administrators()
