"""Every key shape of the table. What is not listed here is not read.

It is one module, however long: features share partitions and indexes, so whether a new key gets in another's way is
seen only where all of them stand side by side. It holds names and the functions that make them, and no rules.

=====================================  ==================================  =============================================
what is asked                          how it is read                      key
=====================================  ==================================  =============================================
an organization                        Get                                 ORG#<id> / PROFILE
all that belongs to an organization    Query                               ORG#<id> / *
my role in an organization             Get                                 ORG#<id> / MEMBER#<user>
members of an organization             Query                               ORG#<id> / MEMBER#*
how many members and owners it has     in transactions alone               ORG#<id> / ROSTER
my organizations                       Query directory                     USER#<user> / ORG#<id>
my owner groups                        Query directory                     USER#<user> / GROUP#<id>
invitations to an organization         Query                               ORG#<id> / INVITATION#<id>
how often I did something on a day     in transactions alone               USER#<user> / DAY#<date>#<what>
invitations to an address              Query directory                     ADDRESS#<digest> / <party>#<id>
invitations that I sent                Query                               USER#<user> / INVITATION#<party>#<id>
the claim of a school                  Get                                 ORG#<id> / CLAIM
claims to be decided, oldest first     Query directory                     CLAIMS / <moment>#<org>
my claims                              Query                               USER#<user> / CLAIM#<org>
organizations of a kind in a state     Query directory                     KIND#<kind>#<state> / <name>#<id>
organizations near a point             Query nearby, a range a cell        NEAR#<class>#<cell> / <geohash>#<id>
an owner group                         Get                                 GROUP#<id> / PROFILE
my role in an owner group              Get                                 GROUP#<id> / MEMBER#<user>
members and invitations of a group     as of an organization               GROUP#<id> / *
organizations of an owner group        Query                               GROUP#<id> / ORG#<org>
a submission in force                  Get                                 ORG#<id> / SUBMISSION#<topic>
all submissions of an organization     Query                               ORG#<id> / SUBMISSION#*
versions of a submission               Query, newest first                 ORG#<id> / VERSION#<topic>#<n>
what waits for confirmation            Query                               REVIEWS / *
what waits of an organization          Query                               REVIEWS / <org>#*
what waits, newest first               Query directory                     REVIEWS / <since>#<org>#<topic>
contributions in force                 Query contributions, one per shard  CONTRIBUTION#<shard> / <org>#<topic>
a notice to be sent                    the table's stream                  OUTBOX#<id> / NOTICE
notices not sent yet, oldest first     Query directory                     OUTBOX / <moment>#<id>
who was sent a notice                  Get                                 OUTBOX#<id> / DELIVERY#<hash>
a person                               Get                                 USER#<user> / PROFILE
why an address takes no mail           Get                                 ADDRESS#<hash> / SUPPRESSION
a person's inbox, newest first         Query                               USER#<user> / INBOX#<notice>
the administrators' inbox              Query                               ADMINISTRATORS / INBOX#<notice>
up to when an inbox is read             Get                                 USER#<user> / INBOX
what the next digests hold             Query directory                     DIGESTS / <user>#<notice>
until when a person got digests        Get                                 USER#<user> / DIGESTS
until when all got digests             Get                                 DIGESTS / DONE
the audit trail of a month             Query, newest first                 AUDIT#<yyyy-mm> / <id>
the audit trail of a thing             Query directory, newest first       AUDIT#<subject> / <id>
reports of a posting                   Query                               REPORTS#<posting> / BY#<user>
postings reported, latest first        Query directory                     REPORTS / <moment>#<posting>
my reports                             Query directory                     USER#<user> / REPORT#<posting>
what an organization did in a year     Get                                 ORG#<id> / ENGAGEMENT#<year>
outcomes of an organization            Query, newest first                 ORG#<id> / OUTCOME#<response>
whom an organization worked with       Query                               ORG#<id> / PARTNER#<org>
how a school approves of employers     Get                                 ORG#<id> / APPROVAL_POLICY
what a school decided of an employer   Get                                 ORG#<id> / EMPLOYER#<org>
what a school decided of employers     Query                               ORG#<id> / EMPLOYER#*
what schools decided of an employer    Query directory                     EMPLOYER#<org> / <school>
a posting of an organization           Get                                 ORG#<id> / POSTING#<id>
postings of an organization            Query, newest first                 ORG#<id> / POSTING#*
whose a posting is                     Get                                 POSTING#<id> / POSTING
open postings near a point             Query nearby, a range a cell        POSTED#<direction>#<cell> / <geohash>#<id>
open postings around, newest first     Query directory, one a cell         NEWEST#<direction>#<cell> / <moment>#<id>
open postings, newest first            Query directory                     NEWEST#<direction> / <moment>#<id>
the same of a category                 Query nearby                        NEWEST#<direction>#<category> / <moment>#<id>
what an organization tells of itself   Get                                 ORG#<id> / PRESENTATION
what an organization posted, counted   BatchGet                            ORG#<id> / HISTORY
a person's saved searches              Query                               USER#<user> / SEARCH#<id>
how many there are                     in transactions alone               USER#<user> / SEARCHES
saved searches to be looked at         Query directory                     SEARCHES / <moment>#<user>#<id>
a response                             Get                                 POSTING#<id> / RESPONSE#<id>
responses to a posting                 Query, newest first                 POSTING#<id> / RESPONSE#*
an organization's open response        in transactions alone               POSTING#<id> / ANSWERER#<org>
responses of an organization           Query directory, newest first       RESPONSES#<org> / <id>
responses that an organization got     Query, newest first                 ORG#<id> / RECEIVED#<id>
the messages of a response             Query                               RESPONSE#<id> / MESSAGE#<id>
messages of a person                   Query directory                     USER#<user> / MESSAGE#<id>
openings of a shop                     Query                               ORG#<id> / OPENING#<position>
openings in force                      Query contributions, one per shard  OPENINGS#<shard> / <org>#<position>
the latest demand                      Get                                 DEMAND / LATEST
the demand in a state by subject       Get                                 DEMAND#<release> / <state>#<subject>
an event                               Get                                 EVENT#<id> / PROFILE
registrations for an event             Query                               EVENT#<id> / REGISTRATION#<registrant>
who waits for a seat, first come       Query                               EVENT#<id> / WAITING#<place>
registrations of a person              Query directory                     USER#<user> / REGISTRATION#<event>
published events by their beginning    Query directory                     EVENTS / <moment>#<id>
events' drafts and the rest            Query nearby, newest first          EVENTS / <id>
events of which people are to be told  Query contributions                 EVENTS-DUE / <moment>#<id>
the outcome of an idempotent request   Get                                 IDEMPOTENCY#<user> / <key>
an import                              Get                                 IMPORT#<id> / IMPORT
imports, newest first                  Query directory                     IMPORTS / <id>
the import that runs now               in conditional writes alone         IMPORT#RUNNING / LOCK
what is known of a source of lists     Get                                 IMPORT#SOURCE#<source> / SOURCE
sources of lists                       Query directory                     SOURCES / <source>
a saved column mapping                 Get                                 IMPORT#MAPPING#<name> / MAPPING
saved column mappings                  Query directory                     MAPPINGS / <name>
schools of a three-digit ZIP area      Query contributions                 SCHOOLS#<zip3> / <zip>#<id>
which school an identifier names       BatchGet                            IDENTITY#<scheme>#<value> / SCHOOL
which schools have an OPE id           Query directory                     OPE#<id> / <scheme>#<value>
a row that may be a school we have     Get                                 MATCH#<id> / MATCH
rows that wait for a decision          Query directory                     MATCHES / <id>
the delineation of metropolitan areas  Get                                 GEOGRAPHY / DELINEATION
the latest release                     Get                                 EXCHANGE / LATEST
the release of a night                 Get                                 EXCHANGE / RELEASE#<night>
releases, newest first                 Query                               EXCHANGE / RELEASE#*
releases taken back                    Query                               EXCHANGE / ROLLBACK#*
=====================================  ==================================  =============================================

Index ``directory`` is GSI1, ``nearby`` GSI2, ``contributions`` GSI3 (projects only the compact attribute ``x``).
A topic is ``pay#<position>``, ``labor_rates`` or ``benefits``.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple
from zlib import crc32

PROFILE: Final = "PROFILE"
SUBMISSION: Final = "SUBMISSION#"
VERSION: Final = "VERSION#"
MEMBER: Final = "MEMBER#"
INBOX: Final = "INBOX#"
OUTBOX: Final = "OUTBOX"
"""Directory partition of the notices that are not sent yet."""
DIGEST: Final = "DIGEST#"
DIGESTS: Final = "DIGESTS"
"""Directory partition of what waits for the next digests."""
ADMINISTRATORS: Final = "ADMINISTRATORS"
"""The partition of what administrators share."""
INVITATION: Final = "INVITATION#"
DAY: Final = "DAY#"
CLAIM: Final = "CLAIM#"
CLAIMS: Final = "CLAIMS"
REPORTS: Final = "REPORTS"
REPORT: Final = "REPORT#"
REPORT_BY: Final = "BY#"
IMPORTS: Final = "IMPORTS"
SOURCES: Final = "SOURCES"
MAPPINGS: Final = "MAPPINGS"
MATCHES: Final = "MATCHES"
REVIEWS: Final = "REVIEWS"
"""The partition of all submissions that wait for confirmation, in the table and in the directory. They are not in the
partitions of their organizations: a role can be held to partitions alone, and the night that writes them shall be able
to write nothing else of an organization."""
OUTCOME: Final = "OUTCOME#"
PARTNER: Final = "PARTNER#"
EMPLOYER: Final = "EMPLOYER#"
RESPONSE: Final = "RESPONSE#"
RECEIVED: Final = "RECEIVED#"
MESSAGE: Final = "MESSAGE#"
POSTING: Final = "POSTING#"
SEARCH: Final = "SEARCH#"
SEARCHES: Final = "SEARCHES"
"""Directory partition of all saved searches, in the order in which they are due."""
OPENING: Final = "OPENING#"
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

    @property
    def attributes(self) -> dict[str, str]:
        """The key as its item holds it, and as a query takes where a page begins."""
        return {"PK": self.pk, "SK": self.sk}


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


def person_pk(user_id: str) -> str:
    """The partition of what a person has, in the table; and in the directory of what else is theirs."""
    return f"USER#{user_id}"


def memberships_of(user_id: str) -> str:
    """Directory partition: the organizations and owner groups of a person."""
    return person_pk(user_id)


def party_pk(kind: str, party_id: str) -> str:
    """The partition of what has members: an ``organization`` or an ``owner_group``."""
    return organization_pk(party_id) if kind == "organization" else owner_group_pk(party_id)


def party_member(party: str, user_id: str) -> Key:
    """A person's membership of the party with this partition."""
    return Key(party, f"{MEMBER}{user_id}")


def roster(party: str) -> Key:
    """How many members and owners a party has."""
    return Key(party, "ROSTER")


def invitation(party: str, invitation_id: str) -> Key:
    """An invitation to a party."""
    return Key(party, f"{INVITATION}{invitation_id}")


def daily(user_id: str, what: str, day: date) -> Key:
    """How often a person did something on a day."""
    return Key(person_pk(user_id), f"{DAY}{day.isoformat()}#{what}")


def invitations_to(address_digest: str) -> str:
    """Directory partition: the invitations to an e-mail address."""
    return f"ADDRESS#{address_digest}"


def invitation_sent(user_id: str, party: str, invitation_id: str) -> Key:
    """Says that a person sent an invitation."""
    return Key(person_pk(user_id), f"{INVITATION}{party}#{invitation_id}")


def claim(organization_id: str) -> Key:
    """The latest claim of a school."""
    return Key(organization_pk(organization_id), "CLAIM")


def claim_entry(moment: str, organization_id: str) -> dict[str, str]:
    """Puts a claim into the directory, among those to be decided."""
    return DIRECTORY.entry(CLAIMS, f"{moment}#{organization_id}")


def claim_of(user_id: str, organization_id: str) -> Key:
    """Says that a person claimed a school."""
    return Key(person_pk(user_id), f"{CLAIM}{organization_id}")


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


def owner_group_pk(group_id: str) -> str:
    """The partition that holds all that belongs to an owner group."""
    return f"GROUP#{group_id}"


def owner_group(group_id: str) -> Key:
    """An owner group."""
    return Key(owner_group_pk(group_id), PROFILE)


def owner_group_member(group_id: str, user_id: str) -> Key:
    """A person's membership of an owner group."""
    return party_member(owner_group_pk(group_id), user_id)


def owner_group_organization(group_id: str, organization_id: str) -> Key:
    """Says that an organization belongs to an owner group."""
    return Key(owner_group_pk(group_id), organization_pk(organization_id))


def reports_pk(posting_id: str) -> str:
    """The partition of the reports of a posting."""
    return f"REPORTS#{posting_id}"


def report(posting_id: str, user_id: str) -> Key:
    """A person's report of a posting."""
    return Key(reports_pk(posting_id), f"{REPORT_BY}{user_id}")


def reported_posting(posting_id: str) -> Key:
    """A posting that was reported: how often, since when, and what was decided."""
    return Key(reports_pk(posting_id), "SUMMARY")


def report_entry(user_id: str, posting_id: str) -> dict[str, str]:
    """Puts a report into the directory, among those of a person."""
    return DIRECTORY.entry(person_pk(user_id), f"{REPORT}{posting_id}")


def reported_entry(moment: str, posting_id: str) -> dict[str, str]:
    """Puts a reported posting into the directory, among those to be looked at."""
    return DIRECTORY.entry(REPORTS, f"{moment}#{posting_id}")


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


def engagement(organization_id: str, year: int) -> Key:
    """What an organization did in a year, counted."""
    return Key(organization_pk(organization_id), f"ENGAGEMENT#{year}")


def outcome(organization_id: str, response_id: str) -> Key:
    """What came of a response, for one of the two organizations."""
    return Key(organization_pk(organization_id), f"{OUTCOME}{response_id}")


def partner(organization_id: str, other_id: str) -> Key:
    """What an organization did together with another, counted."""
    return Key(organization_pk(organization_id), f"{PARTNER}{other_id}")


def approval_policy(school_id: str) -> Key:
    """Whether a school decides of each employer first."""
    return Key(organization_pk(school_id), "APPROVAL_POLICY")


def approval(school_id: str, employer_id: str) -> Key:
    """What a school decided of an employer."""
    return Key(organization_pk(school_id), f"{EMPLOYER}{employer_id}")


def approvals_of_employer(employer_id: str) -> str:
    """Directory partition: what schools decided of an employer."""
    return f"{EMPLOYER}{employer_id}"


def posting_pk(posting_id: str) -> str:
    """The partition of the responses to a posting, and of where it is."""
    return f"POSTING#{posting_id}"


def posting(organization_id: str, posting_id: str) -> Key:
    """A posting, beside all else that is its organization's: it goes when that goes."""
    return Key(organization_pk(organization_id), f"{POSTING}{posting_id}")


def posting_pointer(posting_id: str) -> Key:
    """Whose a posting is."""
    return Key(posting_pk(posting_id), "POSTING")


def listing_here(organization_id: str, posting_id: str) -> Key:
    """What finds an open posting around a place."""
    return Key(organization_pk(organization_id), f"LISTED#{posting_id}#HERE")


def listing_everywhere(organization_id: str, posting_id: str) -> Key:
    """What finds an open posting wherever one is."""
    return Key(organization_pk(organization_id), f"LISTED#{posting_id}#EVERYWHERE")


def posted_near(direction: str, cell: str) -> str:
    """Nearby partition: open postings of a direction in a coarse cell."""
    return f"POSTED#{direction}#{cell}"


def newest(direction: str, within: str = "") -> str:
    """Partition of the open postings of a direction by age: all, of a coarse cell, or (in nearby) of a category."""
    return f"NEWEST#{direction}#{within}" if within else f"NEWEST#{direction}"


def newest_sort(moment: datetime, posting_id: str) -> str:
    """Sorts by the moment, to the second; the id makes it unique."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}#{posting_id}"


def presentation(organization_id: str) -> Key:
    """What an organization tells of itself on its page."""
    return Key(organization_pk(organization_id), "PRESENTATION")


def posting_history(organization_id: str) -> Key:
    """What an organization posted and answered, counted by category."""
    return Key(organization_pk(organization_id), "HISTORY")


def saved_search(user_id: str, search_id: str) -> Key:
    """A saved search of a person."""
    return Key(person_pk(user_id), f"{SEARCH}{search_id}")


def saved_searches(user_id: str) -> Key:
    """How many saved searches a person has."""
    return Key(person_pk(user_id), "SEARCHES")


def saved_search_entry(due: datetime, user_id: str, search_id: str) -> dict[str, str]:
    """Puts a saved search into the directory, by the moment from which on it is to be looked at."""
    return DIRECTORY.entry(SEARCHES, f"{due:%Y-%m-%dT%H:%M:%SZ}#{user_id}#{search_id}")


def response(posting_id: str, response_id: str) -> Key:
    """A response to a posting."""
    return Key(posting_pk(posting_id), f"{RESPONSE}{response_id}")


def answerer(posting_id: str, organization_id: str) -> Key:
    """Says that an organization has an open response to a posting."""
    return Key(posting_pk(posting_id), f"ANSWERER#{organization_id}")


def responses_of(organization_id: str) -> str:
    """Directory partition: the responses that an organization gave."""
    return f"RESPONSES#{organization_id}"


def received(organization_id: str, response_id: str) -> Key:
    """Says that an organization got a response to one of its postings."""
    return Key(organization_pk(organization_id), f"{RECEIVED}{response_id}")


def messages_pk(response_id: str) -> str:
    """The partition of the messages of a response."""
    return f"RESPONSE#{response_id}"


def message(response_id: str, message_id: str) -> Key:
    """A message. Ids are in the order of time."""
    return Key(messages_pk(response_id), f"{MESSAGE}{message_id}")


def message_of(user_id: str, message_id: str) -> dict[str, str]:
    """Puts a message into the directory, among those of a person."""
    return DIRECTORY.entry(person_pk(user_id), f"{MESSAGE}{message_id}")


def opening(organization_id: str, position: str) -> Key:
    """A shop's openings in a position."""
    return Key(organization_pk(organization_id), f"{OPENING}{position}")


def openings(shard: int) -> str:
    """Contributions partition of the openings of a shard."""
    return f"OPENINGS#{shard:02d}"


def opening_entry(organization_id: str, position: str) -> dict[str, str]:
    """Puts a shop's openings into the contributions index."""
    return CONTRIBUTIONS.entry(openings(contribution_shard(organization_id)), f"{organization_id}#{position}")


def latest_demand() -> Key:
    """The pointer to the published demand."""
    return Key("DEMAND", "LATEST")


def demand(release: str, state: str, subject: str) -> Key:
    """The demand in a state for what teaches a subject."""
    return Key(f"DEMAND#{release}", f"{state}#{subject}")


EVENTS: Final = "EVENTS"
"""Directory partition of published events; in the index ``nearby``, of all."""
EVENTS_DUE: Final = "EVENTS-DUE"
"""Partition, in the index ``contributions``, of the events of which people are to be told something."""
REGISTRATION: Final = "REGISTRATION#"
WAITING: Final = "WAITING#"


def event_pk(event_id: str) -> str:
    """The partition that holds all that belongs to an event."""
    return f"EVENT#{event_id}"


def event(event_id: str) -> Key:
    """An event."""
    return Key(event_pk(event_id), PROFILE)


def registration(event_id: str, registrant: str) -> Key:
    """Somebody's registration for an event."""
    return Key(event_pk(event_id), f"{REGISTRATION}{registrant}")


def registration_entry(user_id: str, event_id: str) -> dict[str, str]:
    """Puts a registration into the directory, among those of a person."""
    return DIRECTORY.entry(person_pk(user_id), f"{REGISTRATION}{event_id}")


def waiting(event_id: str, place: str) -> Key:
    """A place in the line for a seat."""
    return Key(event_pk(event_id), f"{WAITING}{place}")


def published_event(starts_at: datetime, event_id: str) -> dict[str, str]:
    """Puts an event among those that anybody can find, by its beginning."""
    return DIRECTORY.entry(EVENTS, f"{starts_at:%Y-%m-%dT%H:%M}#{event_id}")


def any_event(event_id: str) -> dict[str, str]:
    """Puts an event among all there are. Ids are in the order of time."""
    return NEARBY.entry(EVENTS, event_id)


def event_due(moment: datetime, event_id: str) -> dict[str, str]:
    """Puts an event among those of which people are to be told something."""
    return CONTRIBUTIONS.entry(EVENTS_DUE, f"{moment:%Y-%m-%dT%H:%M:%S}#{event_id}")


def idempotency(user_id: str, key: str) -> Key:
    """What became of a request that carried an idempotency key."""
    return Key(f"IDEMPOTENCY#{user_id}", key)


def notice(notice_id: str) -> Key:
    """Something that people are to be told."""
    return Key(f"OUTBOX#{notice_id}", "NOTICE")


def unsent_notice(moment: datetime, notice_id: str) -> dict[str, str]:
    """Puts a notice into the directory until it is sent."""
    return DIRECTORY.entry(OUTBOX, f"{moment.isoformat()}#{notice_id}")


def delivery(notice_id: str, recipient: str) -> Key:
    """What became of a notice for one recipient, known by a hash."""
    return Key(f"OUTBOX#{notice_id}", f"DELIVERY#{recipient}")


def person(user_id: str) -> Key:
    """A person."""
    return Key(person_pk(user_id), PROFILE)


def suppression(address_hash: str) -> Key:
    """Why no mail goes to an address."""
    return Key(f"ADDRESS#{address_hash}", "SUPPRESSION")


def inbox_entry(pk: str, notice_id: str) -> Key:
    """A notice in the inbox of a person, or of the administrators."""
    return Key(pk, f"{INBOX}{notice_id}")


def inbox_state(pk: str) -> Key:
    """Up to when an inbox is read."""
    return Key(pk, "INBOX")


def digest_entry(user_id: str, notice_id: str) -> Key:
    """A notice that waits for a person's next digest."""
    return Key(person_pk(user_id), f"{DIGEST}{notice_id}")


def digest_queue(user_id: str, notice_id: str) -> dict[str, str]:
    """Puts what waits for a digest into the directory, in the order of people."""
    return DIRECTORY.entry(DIGESTS, f"{user_id}#{notice_id}")


def digests_done() -> Key:
    """Up to which day all digests are out."""
    return Key(DIGESTS, "DONE")


def digest_state(user_id: str) -> Key:
    """Until when a person got digests."""
    return Key(person_pk(user_id), DIGESTS)


def audit_pk(month: str) -> str:
    """The partition of a month's audit trail, such as ``2026-06``. Ids are in the order of time."""
    return f"AUDIT#{month}"


def audit_entry(moment: datetime, entry_id: str) -> Key:
    """An entry of the audit trail."""
    return Key(audit_pk(f"{moment:%Y-%m}"), entry_id)


def audit_subject(subject: str) -> str:
    """Directory partition: the entries about a thing."""
    return f"AUDIT#{subject}"


def audit_of(subject: str, entry_id: str) -> dict[str, str]:
    """Puts an entry into the directory, under what it is about."""
    return DIRECTORY.entry(audit_subject(subject), entry_id)


def school_import(import_id: str) -> Key:
    """An import of a school list."""
    return Key(f"IMPORT#{import_id}", "IMPORT")


def identity(scheme: str, value: str) -> Key:
    """The school that an identifier of a scheme names."""
    return Key(f"IDENTITY#{scheme}#{value}", "SCHOOL")


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
