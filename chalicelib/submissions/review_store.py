"""What waits for confirmation, in the table: an item per organization and topic, written by the night alone."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from chalicelib.errors import ConditionFailed
from chalicelib.readable import readable, text_of
from chalicelib.submissions.models import Review
from chalicelib.table import keys
from chalicelib.table.expressions import Delete, Item, Put, at_most, missing
from chalicelib.table.table import Table


class ReviewStore:
    """Reads and keeps reviews. They hold names of metrics, never figures."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self) -> list[Review]:
        """Every review, by organization and topic."""
        return list(readable(self._table.query_all(keys.REVIEWS), _review))

    def of_organization(self, organization_id: str) -> Iterator[Review]:
        """The reviews of an organization, by topic."""
        prefix = keys.review_prefix(organization_id)
        return readable(self._table.query_all(keys.REVIEWS, begins_with=prefix), _review)

    def page(self, limit: int, start: Item | None) -> tuple[list[Review], Item | None]:
        """Up to ``limit`` reviews, newest first, and where the next page starts."""
        page = self._table.query(
            keys.REVIEWS, index=keys.DIRECTORY, limit=limit, start=start, descending=True
        )
        return list(readable(page.items, _review)), page.next

    def put(self, review: Review, night: date) -> None:
        """Keeps a review as a night found it, unless a later night has said something else by now."""
        pk, sk = keys.review(review.organization_id, review.topic)
        item: dict[str, Any] = {
            "PK": pk,
            "SK": sk,
            **keys.review_entry(review.organization_id, review.topic, review.since.isoformat()),
            "organization_id": review.organization_id,
            "topic": review.topic,
            "number": review.number,
            "metrics": list(review.metrics),
            "since": review.since.isoformat(),
            "night": night.isoformat(),
        }
        try:
            self._table.write(Put(item, missing() | at_most("night", night.isoformat())))
        except ConditionFailed:
            return

    def remove(self, review: Review, night: date) -> None:
        """Drops what a night finds to wait no longer, unless a later night has said something else by now."""
        key = keys.review(review.organization_id, review.topic)
        try:
            self._table.write(Delete(key, missing() | at_most("night", night.isoformat())))
        except ConditionFailed:
            return


def _review(item: Item) -> Review:
    number = item["number"]
    if item["SK"] != f"{item['organization_id']}#{item['topic']}":
        raise ValueError("of nothing")
    return Review(
        organization_id=text_of(item, "organization_id"),
        topic=text_of(item, "topic"),
        number=None if number is None else int(number),
        metrics=tuple(map(_name, item["metrics"])),
        since=date.fromisoformat(item["since"]),
    )


def _name(metric: object) -> str:
    if not isinstance(metric, str):
        raise TypeError("no name of a metric")
    return metric
