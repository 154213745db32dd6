"""Recognitions: rules as data, applied to a year's record when somebody asks. So nobody has to award anything."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, TypeAdapter

from chalicelib.engagement.models import Counter, EngagementRecord
from chalicelib.values import Kind, Line, Model

_RULES: Final = Path(__file__).with_name("recognitions.toml")


class Rule(Model):
    """What an organization has to do in a year to be recognized."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", examples=["engaged_school"])]
    title: Annotated[Line, Field(examples=["Engaged School"])]
    description: Annotated[Line, Field(examples=["Keeps its programs up to date and says what it needs."])]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1, examples=[["school"]])]
    at_least: Annotated[
        dict[Counter, Annotated[int, Field(ge=1)]],
        Field(min_length=1, examples=[{"program_updates": 1, "needs_opened": 3}]),
    ]
    """The counts of the engagement record that it takes, all of them."""

    def fulfilled(self, record: EngagementRecord) -> bool:
        """Whether a year's record is enough."""
        return all(record.count(counter) >= needed for counter, needed in self.at_least.items())


def parsed(text: str) -> tuple[Rule, ...]:
    """The rules of a TOML text. Raises ``ValueError`` for unknown counts or kinds, and for an id given twice."""
    rules = TypeAdapter(tuple[Rule, ...]).validate_python(tomllib.loads(text).get("rule", []))
    if len({rule.id for rule in rules}) != len(rules):
        raise ValueError("two rules have one id")
    return rules


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """The rules in force."""
    return parsed(_RULES.read_text(encoding="utf-8"))


def rules_for(kind: Kind) -> tuple[Rule, ...]:
    """The rules that a kind of organization can fulfill."""
    return tuple(rule for rule in rules() if kind in rule.kinds)
