"""Whom a posting fits, and why. Pure: no table, no clock.

A school and an employer (a shop, a dealership, a sponsor) fit each other where what they are about meets: sectors, and
the sectors that subjects belong to. Who says nothing of that may fit anyone, but with less to be said for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from chalicelib.organizations.models import EMPLOYERS, Organization
from chalicelib.organizations.service import SECTOR_OF
from chalicelib.postings.details import Category
from chalicelib.values import Kind, Sector, Subject

NEAR_MILES: Final = 15.0


class Reason(StrEnum):
    """Why a posting and an organization fit."""

    SUBJECT = "subject"
    """It teaches what the posting is about."""
    SECTOR = "sector"
    """It is in the posting's part of the trade."""
    CATEGORY_HISTORY = "category_history"
    """It posted or answered the same category before."""
    NEAR = "near"
    """It is within 15 miles."""


_WEIGHTS: Final = {Reason.SUBJECT: 3, Reason.SECTOR: 2, Reason.CATEGORY_HISTORY: 2, Reason.NEAR: 1}


@dataclass(frozen=True, slots=True)
class Topic:
    """What something is about; nothing at all where that is not said."""

    sectors: frozenset[Sector]
    subjects: frozenset[Subject]

    @property
    def all_sectors(self) -> frozenset[Sector]:
        """The sectors, and those of the subjects."""
        return self.sectors | {SECTOR_OF[subject] for subject in self.subjects if subject in SECTOR_OF}

    def meets(self, other: "Topic") -> bool:
        """Whether two may have to do with each other: they share something, or one of them does not say."""
        mine, others = self.all_sectors, other.all_sectors
        return not mine or not others or bool(mine & others)


@dataclass(frozen=True, slots=True)
class Fit:
    """The reasons for which a posting and an organization fit, the weightiest first."""

    reasons: tuple[Reason, ...]

    @property
    def weight(self) -> int:
        """How much there is to be said for it."""
        return sum(_WEIGHTS[reason] for reason in self.reasons)


def topic_of(organization: Organization) -> Topic:
    """What an organization is about."""
    return Topic(frozenset(organization.sectors), organization.subjects)


def counterparts(kind: Kind) -> frozenset[Kind]:
    """The kinds that a posting of a kind is meant for: schools and employers look for each other."""
    return EMPLOYERS if kind is Kind.SCHOOL else frozenset({Kind.SCHOOL})


def fit_of(
    posting: Topic, category: Category, organization: Topic, history: Mapping[Category, int], miles: float
) -> Fit:
    """What there is to be said for a posting and an organization that meet, this many miles from each other."""
    holds = {
        Reason.SUBJECT: bool(posting.subjects & organization.subjects),
        Reason.SECTOR: bool(posting.all_sectors & organization.all_sectors),
        Reason.CATEGORY_HISTORY: history.get(category, 0) > 0,
        Reason.NEAR: miles <= NEAR_MILES,
    }
    return Fit(tuple(reason for reason in Reason if holds[reason]))
