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
    """What ``read`` makes of items, without those of which it makes nothing."""
    for item in items:
        try:
            thing = read(item)
        except UNREADABLE as error:
            set_aside(item, error)
        else:
            yield thing


def set_aside(item: object, error: Exception) -> None:
    """Counts an item that cannot be read, and says which: its key, or its id, nothing of what it holds."""
    from chalicelib.observability import MetricUnit, logger, metrics

    key: Any = item if isinstance(item, str) else {}
    if isinstance(item, Mapping):
        key = {name: item[name] for name in ("PK", "SK") if isinstance(item.get(name), str)}
    logger.error("item set aside", extra={"item": key, "error": type(error).__name__})
    metrics.add_metric(name="ItemsSetAside", unit=MetricUnit.Count, value=1)
    metrics.flush_metrics()
