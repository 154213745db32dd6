"""Every key shape of the table. What is not listed here is not read.

=====================================  ==========================================  ===============================
what is asked                          how it is read                              key
=====================================  ==========================================  ===============================
an organization                        Get                                         ORG#<id> / PROFILE
all that belongs to an organization    Query                                       ORG#<id> / *
my role in an organization             Get                                         ORG#<id> / MEMBER#<user>
my organizations                       Query directory                             USER#<user> / ORG#<id>
organizations of a kind in a state     Query directory                             KIND#<kind>#<state> / <name>#<id>
organizations near a point             Query nearby, one range per covering cell   NEAR#<class>#<cell> / <geohash>#<id>
an owner group                         Get                                         GROUP#<id> / PROFILE
my role in an owner group              Get                                         GROUP#<id> / MEMBER#<user>
a submission in force                  Get                                         ORG#<id> / SUBMISSION#<topic>
all submissions of an organization     Query                                       ORG#<id> / SUBMISSION#*
versions of a submission               Query, newest first                         ORG#<id> / VERSION#<topic>#<n>
what waits for confirmation            Query                                       REVIEWS / *
what waits of an organization          Query                                       REVIEWS / <org>#*
what waits, newest first               Query directory                             REVIEWS / <since>#<org>#<topic>
contributions in force                 Query contributions, one per shard          CONTRIBUTION#<shard> / <org>#<topic>
schools of a three-digit ZIP area      Query contributions                         SCHOOLS#<zip3> / <zip>#<id>
a notice to be sent                    the table's stream                          OUTBOX#<id> / NOTICE
the audit trail of a month             Query, newest first                         AUDIT#<yyyy-mm> / <id>
the audit trail of a thing             Query directory, newest first               AUDIT#<subject> / <id>
the outcome of an idempotent request   Get                                         IDEMPOTENCY#<user> / <key>
an import                              Get                                         IMPORT#<id> / IMPORT
imports, newest first                  Query directory                             IMPORTS / <id>
the import that runs now               conditional write                           IMPORT#RUNNING / LOCK
what is known of a source of lists     Get                                         IMPORT#SOURCE#<source> / SOURCE
sources of lists                       Query directory                             SOURCES / <source>
a saved column mapping                 Get                                         IMPORT#MAPPING#<name> / MAPPING
saved column mappings                  Query directory                             MAPPINGS / <name>
which school an identifier names       BatchGet                                    IDENTITY#<scheme>#<value> / SCHOOL
which schools have an OPE id           Query directory                             OPE#<id> / <scheme>#<value>
a row that may be a school we have     Get                                         MATCH#<id> / MATCH
rows that wait for a decision          Query directory                             MATCHES / <id>
the delineation of metropolitan areas  Get                                         GEOGRAPHY / DELINEATION
the latest release                     Get                                         EXCHANGE / LATEST
the release of a night                 Get                                         EXCHANGE / RELEASE#<night>
releases, newest first                 Query                                       EXCHANGE / RELEASE#*
releases taken back                    Query                                       EXCHANGE / ROLLBACK#*
=====================================  ==========================================  ===============================

Index ``directory`` is GSI1, ``nearby`` GSI2, ``contributions`` GSI3 (projects only the compact attribute ``x``).
A topic is ``pay#<position>``, ``labor_rates`` or ``benefits``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from zlib import crc32

PROFILE: Final = "PROFILE"
SUBMISSION: Final = "SUBMISSION#"
VERSION: Final = "VERSION#"
MEMBER: Final = "MEMBER#"
IMPORTS: Final = "IMPORTS"
SOURCES: Final = "SOURCES"
MAPPINGS: Final = "MAPPINGS"
MATCHES: Final = "MATCHES"
REVIEWS: Final = "REVIEWS"
"""The partition of all submissions that wait for confirmation, in the table and in the directory. They are not in the
partitions of their organizations: a role can be held to partitions alone, and the night that writes them shall be able
to write nothing else of an organization."""
EXCHANGE: Final = "EXCHANGE"
"""The partition of all that is known of releases."""
RELEASE: Final = "RELEASE#"
ROLLBACK: Final = "ROLLBACK#"

CONTRIBUTION_SHARDS: Final = 16
"""Partitions of the contributions index. 16 x 3,000 read units a second is far past what one nightly reader can use."""


class Key(NamedTuple):
    """A primary key of the table."""

    pk: str
    sk: str


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index: its name and the two attributes that are its key."""

    name: str
    pk: str
    sk: str

    def entry(self, pk: str, sk: str) -> dict[str, str]:
        """The attributes that put an item into this index under that key."""
        return {self.pk: pk, self.sk: sk}


DIRECTORY: Final = Index("directory", "GSI1PK", "GSI1SK")
NEARBY: Final = Index("nearby", "GSI2PK", "GSI2SK")
CONTRIBUTIONS: Final = Index("contributions", "GSI3PK", "GSI3SK")


def organization_pk(organization_id: str) -> str:
    """The partition that holds all that belongs to an organization."""
    return f"ORG#{organization_id}"


def organization(organization_id: str) -> Key:
    """An organization."""
    return Key(organization_pk(organization_id), PROFILE)


def member(organization_id: str, user_id: str) -> Key:
    """A person's membership of an organization."""
    return Key(organization_pk(organization_id), f"{MEMBER}{user_id}")


def memberships_of(user_id: str) -> str:
    """Directory partition: the organizations of a person."""
    return f"USER#{user_id}"


def listing(kind: str, state: str) -> str:
    """Directory partition: organizations of a kind in a state."""
    return f"KIND#{kind}#{state}"


def listing_sort(name: str, organization_id: str) -> str:
    """Sorts a listing by name without regard to case; the id makes it unique."""
    return f"{name.casefold()[:80]}#{organization_id}"


def near(search_class: str, cell: str) -> str:
    """Nearby partition: organizations of a search class in a coarse cell."""
    return f"NEAR#{search_class}#{cell}"


def near_sort(geohash: str, organization_id: str) -> str:
    """Sorts a coarse cell by fine cell, so that any smaller cell is one range of it."""
    return f"{geohash}#{organization_id}"


def owner_group(group_id: str) -> Key:
    """An owner group."""
    return Key(f"GROUP#{group_id}", PROFILE)


def owner_group_member(group_id: str, user_id: str) -> Key:
    """A person's membership of an owner group."""
    return Key(f"GROUP#{group_id}", f"{MEMBER}{user_id}")


def submission(organization_id: str, topic: str) -> Key:
    """The submission in force on a topic."""
    return Key(organization_pk(organization_id), f"{SUBMISSION}{topic}")


def version_prefix(topic: str) -> str:
    """Begins the sort key of all versions of a submission."""
    return f"{VERSION}{topic}#"


def version(organization_id: str, topic: str, number: int) -> Key:
    """One version of a submission; padded, so that the order of keys is the order of versions."""
    return Key(organization_pk(organization_id), f"{version_prefix(topic)}{number:08d}")


def review_prefix(organization_id: str) -> str:
    """Begins the sort key of all that waits of an organization."""
    return f"{organization_id}#"


def review(organization_id: str, topic: str) -> Key:
    """The submission on a topic that waits for confirmation."""
    return Key(REVIEWS, f"{review_prefix(organization_id)}{topic}")


def review_entry(organization_id: str, topic: str, since: str) -> dict[str, str]:
    """Puts what waits into the directory, by the night since which it does."""
    return DIRECTORY.entry(REVIEWS, f"{since}#{organization_id}#{topic}")


def contribution_shard(organization_id: str) -> int:
    """The contributions partition of an organization: stable, and even over ids."""
    return crc32(organization_id.encode()) % CONTRIBUTION_SHARDS


def contributions(shard: int) -> str:
    """Contributions partition of a shard."""
    return f"CONTRIBUTION#{shard:02d}"


def contribution_entry(organization_id: str, topic: str) -> dict[str, str]:
    """Puts an item of an organization into the contributions index."""
    return CONTRIBUTIONS.entry(
        contributions(contribution_shard(organization_id)), f"{organization_id}#{topic}"
    )


def schools_of(zip_code: str) -> str:
    """Contributions partition: the schools of the three-digit ZIP area that a ZIP code is in."""
    return f"SCHOOLS#{zip_code[:3]}"


def school_entry(zip_code: str, organization_id: str) -> dict[str, str]:
    """Puts a school into its ZIP area's partition of the contributions index."""
    return CONTRIBUTIONS.entry(schools_of(zip_code), f"{zip_code}#{organization_id}")


def idempotency(user_id: str, key: str) -> Key:
    """What became of a request that carried an idempotency key."""
    return Key(f"IDEMPOTENCY#{user_id}", key)


def notice(notice_id: str) -> Key:
    """Something that people are to be told."""
    return Key(f"OUTBOX#{notice_id}", "NOTICE")


def audit_month(moment: datetime) -> str:
    """The partition of a month's audit trail. Ids are in the order of time."""
    return f"AUDIT#{moment:%Y-%m}"


def audit_entry(moment: datetime, entry_id: str) -> Key:
    """An entry of the audit trail."""
    return Key(audit_month(moment), entry_id)


def audit_of(subject: str, entry_id: str) -> dict[str, str]:
    """Puts an entry into the directory, under what it is about."""
    return DIRECTORY.entry(f"AUDIT#{subject}", entry_id)


def school_import(import_id: str) -> Key:
    """An import of a school list."""
    return Key(f"IMPORT#{import_id}", "IMPORT")


def running_import() -> Key:
    """The one import that runs now."""
    return Key("IMPORT#RUNNING", "LOCK")


def list_source(source: str) -> Key:
    """What is known of a source of lists."""
    return Key(f"IMPORT#SOURCE#{source}", "SOURCE")


def list_mapping(name: str) -> Key:
    """A column mapping that an administrator saved."""
    return Key(f"IMPORT#MAPPING#{name}", "MAPPING")


def schools_of_ope(ope_id: str) -> str:
    """Directory partition: the identities of schools with an OPE id."""
    return f"OPE#{ope_id}"


def school_match(match_id: str) -> Key:
    """A row of a list that may be a school we have."""
    return Key(f"MATCH#{match_id}", "MATCH")


def identity(scheme: str, value: str) -> Key:
    """The school that an identifier of a scheme names."""
    return Key(f"IDENTITY#{scheme}#{value}", "SCHOOL")


DELINEATION: Final = Key("GEOGRAPHY", "DELINEATION")
"""The delineation of metropolitan areas that is in force."""


def latest_release() -> Key:
    """The pointer to the published release."""
    return Key(EXCHANGE, "LATEST")


def release_entry(night: str) -> Key:
    """The release that a night published."""
    return Key(EXCHANGE, f"{RELEASE}{night}")


def rollback_entry(night: str) -> Key:
    """The rollback that took a night's place."""
    return Key(EXCHANGE, f"{ROLLBACK}{night}")
