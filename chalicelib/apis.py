"""The features' routes, in the order in which the API's document shows them, and the functions besides the API."""

from chalicelib.approvals.routes import api as approvals
from chalicelib.audit.jobs import jobs as audit_jobs
from chalicelib.audit.routes import api as audit
from chalicelib.auth import tokens
from chalicelib.claims.routes import api as claims
from chalicelib.documentation.routes import documentation
from chalicelib.events.administration_routes import api as events_administration
from chalicelib.events.routes import api as events
from chalicelib.exchange.jobs import jobs as exchange_jobs
from chalicelib.exchange.participant_routes import api as exchange_participants
from chalicelib.exchange.release_routes import api as exchange_releases
from chalicelib.exchange.routes import api as exchange
from chalicelib.geography.routes import api as geography
from chalicelib.memberships.group_routes import api as group_members
from chalicelib.memberships.member_routes import api as members
from chalicelib.memberships.routes import about_the_caller
from chalicelib.moderation.routes import api as moderation
from chalicelib.needs.jobs import jobs as needs_jobs
from chalicelib.needs.routes import api as needs
from chalicelib.notifications.jobs import jobs as notification_jobs
from chalicelib.notifications.routes import api as notifications
from chalicelib.organizations.directory_routes import api as directory
from chalicelib.organizations.routes import api as organizations
from chalicelib.outcomes.routes import api as outcomes
from chalicelib.pages.routes import api as pages
from chalicelib.people.routes import api as people
from chalicelib.postings.routes import api as postings
from chalicelib.postings.saved_routes import api as saved_searches
from chalicelib.postings.search_routes import api as posting_search
from chalicelib.postings.suggestion_routes import api as suggestions
from chalicelib.privacy.routes import api as privacy
from chalicelib.responses.routes import api as responses
from chalicelib.school_lists.jobs import jobs as school_list_jobs
from chalicelib.school_lists.routes import api as school_lists
from chalicelib.submissions.review_routes import api as reviews
from chalicelib.submissions.routes import api as submissions

_FEATURES = (
    people,
    privacy,
    notifications,
    organizations,
    members,
    group_members,
    claims,
    directory,
    geography,
    postings,
    posting_search,
    suggestions,
    pages,
    saved_searches,
    approvals,
    responses,
    outcomes,
    events,
    events_administration,
    needs,
    submissions,
    reviews,
    exchange,
    exchange_releases,
    exchange_participants,
    school_lists,
    moderation,
    audit,
)
ME = about_the_caller(_FEATURES)
APIS = (ME, *_FEATURES)
DOCUMENTATION = documentation(APIS)
FUNCTIONS = (tokens, exchange_jobs, school_list_jobs, notification_jobs, needs_jobs, audit_jobs)
