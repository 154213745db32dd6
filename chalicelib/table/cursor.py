"""Cursors of lists: opaque to clients, signed, and good only for the list they were made for."""

from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from chalicelib.errors import InvalidCursor


class CursorSigner:
    """Makes and reads cursors.

    ``scope`` names the list with all its filters: a cursor carried over to another list is refused, so a client cannot
    read from a partition that its request does not name.
    """

    def __init__(self, key: str) -> None:
        self._key = key

    def sign(self, scope: str, position: Any) -> str:
        """The cursor of a JSON-able position in a list."""
        return str(self._serializer(scope).dumps(position))

    def read(self, scope: str, cursor: str) -> Any:
        """The position that a cursor holds. Raises ``InvalidCursor`` unless ``sign`` made it for the same scope."""
        try:
            return self._serializer(scope).loads(cursor)
        except BadData as error:
            raise InvalidCursor(
                "The cursor was not made for this list. Start again without one, and repeat the other parameters "
                "unchanged with every cursor."
            ) from error

    def _serializer(self, scope: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._key, salt=f"connects.cursor.{scope}")


def page_start(scope: str, cursor: str | None) -> Any:
    """Where the asked page of a list begins: what ``next_cursor`` was given, or None for the first page.

    Raises ``InvalidCursor`` unless this deployment made the cursor for the same scope.
    """
    return None if cursor is None else deployed_signer().read(scope, cursor)


def next_cursor(scope: str, following: Any) -> str | None:
    """What a page says of the next one, which begins at ``following``. None where that is None: there is no more."""
    return None if following is None else deployed_signer().sign(scope, following)


def deployed_signer() -> CursorSigner:
    """The deployment's signer."""
    from chalicelib.config import config

    return CursorSigner(config().cursor_key.get_secret_value())
