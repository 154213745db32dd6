"""Routes of submissions: for members of the organization alone; not even administrators read its figures."""

from typing import Final

from chalicelib.auth import Caller
from chalicelib.errors import Conflict, NotFound
from chalicelib.http import Api
from chalicelib.memberships.permissions import member_of_organization
from chalicelib.organizations.service import OrganizationStore
from chalicelib.submissions import service
from chalicelib.submissions.benefits import Benefits
from chalicelib.submissions.labor_rates import LaborRates
from chalicelib.submissions.models import BENEFITS, LABOR_RATES, PaySubmission, Record, Submission, pay_topic
from chalicelib.submissions.store import SubmissionStore
from chalicelib.submissions.views import (
    BenefitsInForce,
    BenefitsVersion,
    BenefitsVersions,
    LaborRatesInForce,
    LaborRatesVersion,
    LaborRatesVersions,
    PayInForce,
    PayVersion,
    PayVersions,
    SubmissionsInForce,
    VersionsQuery,
    all_in_force,
    filed_view,
    version_view,
)
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.table import connect
from chalicelib.values import Id, Position, Role

api = Api(__name__, tag="Submissions")

_WRITERS: Final = member_of_organization(Role.CONTRIBUTOR)
_READERS: Final = member_of_organization(Role.VIEWER)


@api.get(
    "/v1/organizations/{organization_id}/submissions",
    permission=_READERS,
    summary="All own submissions",
    errors=(NotFound,),
)
def list_submissions(organization_id: Id) -> SubmissionsInForce:
    """Everything that the organization has in force."""
    return all_in_force(*service.in_force(_submissions(), _organizations(), organization_id))


@api.put(
    "/v1/organizations/{organization_id}/pay/{position}",
    permission=_WRITERS,
    summary="Submit a position's pay",
    errors=(NotFound, Conflict),
)
def put_pay(caller: Caller, organization_id: Id, position: Position, body: PaySubmission) -> PayInForce:
    """Replaces what was said before; the same again changes nothing. Every version is kept."""
    return filed_view(PayInForce, _submit(caller, organization_id, pay_topic(position), body))


@api.get(
    "/v1/organizations/{organization_id}/pay/{position}",
    permission=_READERS,
    summary="Read a position's pay",
    errors=(NotFound,),
)
def read_pay(organization_id: Id, position: Position) -> PayInForce:
    """What is in force, and what it comes to."""
    return filed_view(PayInForce, _read(organization_id, pay_topic(position)))


@api.delete(
    "/v1/organizations/{organization_id}/pay/{position}",
    permission=_WRITERS,
    summary="Withdraw a position's pay",
    errors=(NotFound, Conflict),
)
def withdraw_pay(caller: Caller, organization_id: Id, position: Position) -> None:
    """Takes it out of force, so that it no longer takes part in the statistics. Earlier versions are kept."""
    _withdraw(caller, organization_id, pay_topic(position))


@api.get(
    "/v1/organizations/{organization_id}/pay/{position}/versions",
    permission=_READERS,
    summary="List the versions of a position's pay",
)
def list_pay_versions(organization_id: Id, position: Position, query: VersionsQuery) -> PayVersions:
    """Every version there was, newest first, withdrawals included."""
    records, next_cursor = _versions(organization_id, pay_topic(position), query)
    items = tuple(version_view(PayVersion, record) for record in records)
    return PayVersions(items=items, next_cursor=next_cursor)


@api.put(
    "/v1/organizations/{organization_id}/labor-rates",
    permission=_WRITERS,
    summary="Submit the labor rates",
    errors=(NotFound, Conflict),
)
def put_labor_rates(caller: Caller, organization_id: Id, body: LaborRates) -> LaborRatesInForce:
    """Replaces what was said before; the same again changes nothing. Every version is kept."""
    return filed_view(LaborRatesInForce, _submit(caller, organization_id, LABOR_RATES, body))


@api.get(
    "/v1/organizations/{organization_id}/labor-rates",
    permission=_READERS,
    summary="Read the labor rates",
    errors=(NotFound,),
)
def read_labor_rates(organization_id: Id) -> LaborRatesInForce:
    """What is in force, and what it comes to."""
    return filed_view(LaborRatesInForce, _read(organization_id, LABOR_RATES))


@api.delete(
    "/v1/organizations/{organization_id}/labor-rates",
    permission=_WRITERS,
    summary="Withdraw the labor rates",
    errors=(NotFound, Conflict),
)
def withdraw_labor_rates(caller: Caller, organization_id: Id) -> None:
    """Takes it out of force, so that it no longer takes part in the statistics. Earlier versions are kept."""
    _withdraw(caller, organization_id, LABOR_RATES)


@api.get(
    "/v1/organizations/{organization_id}/labor-rates/versions",
    permission=_READERS,
    summary="List the versions of the labor rates",
)
def list_labor_rates_versions(organization_id: Id, query: VersionsQuery) -> LaborRatesVersions:
    """Every version there was, newest first, withdrawals included."""
    records, next_cursor = _versions(organization_id, LABOR_RATES, query)
    items = tuple(version_view(LaborRatesVersion, record) for record in records)
    return LaborRatesVersions(items=items, next_cursor=next_cursor)


@api.put(
    "/v1/organizations/{organization_id}/benefits",
    permission=_WRITERS,
    summary="Submit the benefits",
    errors=(NotFound, Conflict),
)
def put_benefits(caller: Caller, organization_id: Id, body: Benefits) -> BenefitsInForce:
    """Replaces what was said before; the same again changes nothing. Every version is kept."""
    return filed_view(BenefitsInForce, _submit(caller, organization_id, BENEFITS, body))


@api.get(
    "/v1/organizations/{organization_id}/benefits",
    permission=_READERS,
    summary="Read the benefits",
    errors=(NotFound,),
)
def read_benefits(organization_id: Id) -> BenefitsInForce:
    """What is in force, and what it comes to."""
    return filed_view(BenefitsInForce, _read(organization_id, BENEFITS))


@api.delete(
    "/v1/organizations/{organization_id}/benefits",
    permission=_WRITERS,
    summary="Withdraw the benefits",
    errors=(NotFound, Conflict),
)
def withdraw_benefits(caller: Caller, organization_id: Id) -> None:
    """Takes it out of force, so that it no longer takes part in the statistics. Earlier versions are kept."""
    _withdraw(caller, organization_id, BENEFITS)


@api.get(
    "/v1/organizations/{organization_id}/benefits/versions",
    permission=_READERS,
    summary="List the versions of the benefits",
)
def list_benefits_versions(organization_id: Id, query: VersionsQuery) -> BenefitsVersions:
    """Every version there was, newest first, withdrawals included."""
    records, next_cursor = _versions(organization_id, BENEFITS, query)
    items = tuple(version_view(BenefitsVersion, record) for record in records)
    return BenefitsVersions(items=items, next_cursor=next_cursor)


def _submissions() -> SubmissionStore:
    return SubmissionStore(connect())


def _organizations() -> OrganizationStore:
    return OrganizationStore(connect())


def _submit(caller: Caller, organization_id: str, topic: str, submission: Submission) -> service.Filed:
    return service.submit(
        _submissions(), _organizations(), organization_id, topic, submission, user_id=caller.user_id
    )


def _read(organization_id: str, topic: str) -> service.Filed:
    return service.read(_submissions(), _organizations(), organization_id, topic)


def _withdraw(caller: Caller, organization_id: str, topic: str) -> None:
    service.withdraw(_submissions(), _organizations(), organization_id, topic, user_id=caller.user_id)


def _versions(organization_id: str, topic: str, query: VersionsQuery) -> tuple[list[Record], str | None]:
    scope = f"versions#{organization_id}#{topic}"
    before = page_start(scope, query.cursor)
    records, last = service.versions(_submissions(), organization_id, topic, query.limit, before)
    return records, next_cursor(scope, last)
