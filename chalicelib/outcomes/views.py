"""Pages and queries around outcomes, records and recognitions."""

from typing import Annotated

from pydantic import Field

from chalicelib.engagement.models import Year
from chalicelib.outcomes.models import Outcome
from chalicelib.outcomes.recognition import Rule
from chalicelib.values import Id, Model


class OutcomePage(Model):
    """A page of outcomes, those of the newest responses first."""

    items: tuple[Outcome, ...]
    next_cursor: str | None
    """Where the next page begins; null at the end of the list."""


class OutcomesQuery(Model):
    """How many outcomes to list, and from where."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str | None, Field(max_length=1000)] = None
    """``next_cursor`` of the page before, with all else unchanged."""


class YearQuery(Model):
    """Of which year."""

    year: Year | None = None
    """A calendar year (UTC); the present one where it is left out."""


class RuleList(Model):
    """What organizations are recognized for."""

    items: tuple[Rule, ...]


class Recognition(Model):
    """A rule, and whether an organization fulfilled it."""

    rule: Rule
    fulfilled: Annotated[bool, Field(examples=[True])]


class Recognitions(Model):
    """What an organization of its kind can be recognized for in a year."""

    organization_id: Id
    year: Year
    items: tuple[Recognition, ...]
