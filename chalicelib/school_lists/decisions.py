"""What an administrator decides on a row that may be a school we have."""

from datetime import datetime
from typing import Final

from chalicelib.audit import service as audit
from chalicelib.auth import Caller
from chalicelib.clock import Clock, new_id, utc_now
from chalicelib.errors import ConditionFailed, Conflict, FieldError, InvalidInput
from chalicelib.organizations.service import Telling
from chalicelib.school_lists import matches
from chalicelib.school_lists.directory import SchoolDirectory, new_schools
from chalicelib.school_lists.identity import other_identities
from chalicelib.school_lists.identity_store import IdentityStore, Known, Said
from chalicelib.school_lists.matches import MatchStatus, MatchStore, SchoolMatch
from chalicelib.table.expressions import Write

_ATTEMPTS: Final = 3


def decide(
    found: MatchStore,
    directory: SchoolDirectory,
    caller: Caller,
    match_id: str,
    decision: MatchStatus,
    organization_id: str | None = None,
    *,
    clock: Clock = utc_now,
) -> SchoolMatch:
    """Decides that a row is one of the schools it was put beside, is another one, or that this is for later.

    The same decision again changes nothing. Raises ``NotFound``, ``InvalidInput`` where the school is none of the
    candidates, and ``Conflict`` where it was decided otherwise, or where a newer list took the row back.
    """
    for _ in range(_ATTEMPTS):
        match = found.get(match_id)
        chosen = _chosen(match, organization_id) if decision is MatchStatus.SAME else None
        if match.decided:
            if match.status is decision and (chosen is None or chosen == match.organization_id):
                return match
            raise Conflict(f"It was decided already: {match.status.value}.")
        if match.status is decision:
            return match
        now = clock()
        after, writes = _decided(found, directory, match, decision, chosen, now)
        detail = f"{match.source} row {match.row}: {decision.value} {after.organization_id or ''}".strip()
        writes.append(audit.entry_write(caller.user_id, "school_match.decided", match.id, now, detail))
        try:
            found.table.transact(matches.changed_write(after, match.status), *writes)
        except ConditionFailed:
            continue
        return after
    raise Conflict("The school or the row was changed at this very moment. Look at it and decide again.")


def _chosen(match: SchoolMatch, organization_id: str | None) -> str:
    candidates = [one.organization_id for one in match.candidates]
    if organization_id is None and len(candidates) == 1:
        return candidates[0]
    if organization_id not in candidates:
        detail = f"Say which school it is: one of {', '.join(candidates)}."
        raise InvalidInput(detail, [FieldError("/organization_id", detail)])
    return organization_id


def _decided(
    found: MatchStore,
    directory: SchoolDirectory,
    match: SchoolMatch,
    decision: MatchStatus,
    chosen: str | None,
    now: datetime,
) -> tuple[SchoolMatch, list[Write]]:
    if decision is MatchStatus.LATER:
        return match.with_(status=MatchStatus.LATER), []
    identities = IdentityStore(found.table, match.source)
    others = other_identities(match.record, match.identity)
    known = identities.known([match.identity, *others])
    waiting = known.get(match.identity)
    if waiting is None or waiting.match_id != match.id:
        raise Conflict("A newer list took this row back: there is nothing to decide.")
    telling = Telling(match.source, match.list_date, match.id)
    school_id, writes = _school(directory, match, chosen, telling, now)
    outcome = "created" if chosen is None else "changed"
    said = Said(match.digest, match.list_date, match.id, outcome)
    writes.append(identities.next(match.identity, Known(school_id, said), waiting))
    writes += [identities.first(one, Known(school_id)) for one in others if one not in known]
    after = match.with_(status=decision, organization_id=school_id, decided_at=now)
    return after, writes


def _school(
    directory: SchoolDirectory, match: SchoolMatch, chosen: str | None, telling: Telling, now: datetime
) -> tuple[str, list[Write]]:
    if chosen is None:
        school_id = new_id()
        return school_id, list(new_schools([school_id], [match.record], telling, now))
    school = directory.current([chosen]).get(chosen)
    if school is None:
        raise Conflict("This school is no more. Decide that the row is a different one.")
    after = directory.changed(school, match.record, telling, now, {}).organization
    return after.id, [] if after is school else [directory.change_write(after, school)]
