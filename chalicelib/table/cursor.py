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
