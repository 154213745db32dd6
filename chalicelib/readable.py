"""Lists with an item in them that cannot be read: it is set aside, counted and told, and hides no other.

What is read by itself fails instead, and what is decided by an item, such as a right, fails closed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

T = TypeVar("T")
S = TypeVar("S")

#: What reading something of another shape than its writer's raises; pydantic's errors are ValueErrors.
UNREADABLE: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def readable(items: Iterable[S], read: Callable[[S], T]) -> Iterator[T]:
    """What ``read`` makes of items, without those of which it makes nothing.

    An item is one of the table, a pair of its key and itself, or the text that it holds.
    """
    for item in items:
        try:
            thing = read(item)
        except UNREADABLE as error:
            set_aside(item, error)
        else:
            yield thing


def every(items: Iterable[S], read: Callable[[S], T]) -> Iterator[T]:
    """What ``read`` makes of items, for whoever may overlook none: tells of one it cannot read, and raises."""
    for item in items:
        try:
            thing = read(item)
        except UNREADABLE as error:
            set_aside(item, error)
            raise
        yield thing


def text_of(item: Mapping[str, Any], name: str) -> str:
    """An attribute that is a text. Raises ``TypeError`` for another type, ``KeyError`` where it is missing."""
    value = item[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    return value


def set_aside(item: object, error: Exception) -> None:
    """Counts an item that cannot be read, and says which: its key, or its id, nothing of what it holds."""
    from chalicelib.observability import MetricUnit, logger, metrics

    parts = item if isinstance(item, tuple) else (item,)
    whole = next((one for one in parts if isinstance(one, Mapping)), None)
    if whole is not None:
        told: object = {name: whole[name] for name in ("PK", "SK") if isinstance(whole.get(name), str)}
    else:
        told = item if isinstance(item, str) else {}
    logger.error("item set aside", extra={"item": told, "error": type(error).__name__})
    metrics.add_metric(name="ItemsSetAside", unit=MetricUnit.Count, value=1)
    metrics.flush_metrics()
