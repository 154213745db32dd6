"""The issuer's public keys, kept between requests and fetched anew when a token names one that is not among them."""

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jwt import PyJWK

_KEPT_SECONDS: Final = 3600
_PAUSE_SECONDS: Final = 30
"""Between two fetches for keys that are not known: made-up key names would otherwise be a fetch each."""


class IssuerKeys:
    """The keys at one address. A new key of the issuer is found with the first token that it signed."""

    def __init__(self, url: str, clock: Callable[[], float] = monotonic) -> None:
        from jwt import PyJWKClient

        self._client = PyJWKClient(url, cache_keys=False, lifespan=_KEPT_SECONDS, timeout=5)
        self._clock = clock
        self._fetched = float("-inf")

    def of_token(self, token: str) -> "PyJWK":
        """The key that a token names. Raises ``jwt.PyJWTError`` where the issuer has none of that name."""
        from jwt import InvalidKeyError, get_unverified_header

        kid = get_unverified_header(token).get("kid")
        if not isinstance(kid, str):
            raise InvalidKeyError("the token names no key")
        found = self._client.match_kid(self._client.get_signing_keys(), kid)
        if found is None and self._clock() - self._fetched >= _PAUSE_SECONDS:
            found = self._client.match_kid(self._client.get_signing_keys(refresh=True), kid)
            self._fetched = self._clock()
        if found is None:
            raise InvalidKeyError("the issuer has no key of that name")
        return found
