"""Links that stop mails: signed, so that nobody stops another's, and without an address, so that they tell nothing.

They never expire, because a mail is kept for as long as its reader likes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from itsdangerous import BadData, URLSafeSerializer

from chalicelib.errors import InvalidInput
from chalicelib.outbox.models import NoticeKind


@dataclass(frozen=True, slots=True)
class FromKinds:
    """A person gets no more mails of some kinds."""

    user_id: str
    kinds: tuple[NoticeKind, ...]


@dataclass(frozen=True, slots=True)
class FromAll:
    """An address, known by its hash, gets no more mails."""

    address_hash: str


Wish = FromKinds | FromAll


class Unsubscriber:
    """Makes and reads the links."""

    def __init__(self, key: str, public_base_url: str) -> None:
        self._serializer = URLSafeSerializer(key, salt="connects.unsubscribe")
        self._base = public_base_url.rstrip("/")

    def link_from_kinds(self, user_id: str, kinds: Iterable[NoticeKind]) -> str:
        """Stops mails of these kinds to a person. Empty where the settings do not say where the API is."""
        return self._link({"u": user_id, "k": [kind.value for kind in kinds]})

    def link_from_all(self, address_hash: str) -> str:
        """Stops all mail to an address. Empty where the settings do not say where the API is."""
        return self._link({"a": address_hash})

    def read(self, token: str) -> Wish:
        """What a link's token says. Raises ``InvalidInput`` unless one of the above made it."""
        try:
            said = self._serializer.loads(token)
        except BadData as error:
            raise InvalidInput(
                "The link is not whole. Open it from the mail again, or copy all of it."
            ) from error
        if "a" in said:
            return FromAll(said["a"])
        known = set(NoticeKind)
        return FromKinds(said["u"], tuple(NoticeKind(kind) for kind in said["k"] if kind in known))

    def _link(self, said: dict[str, object]) -> str:
        if not self._base:
            return ""
        return f"{self._base}/v1/unsubscribe?{urlencode({'token': self._serializer.dumps(said)})}"
