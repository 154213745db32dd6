"""The features' routes, in the order in which the API's document shows them, and the functions besides the API."""

from chalicelib.auth import tokens
from chalicelib.documentation.routes import documentation
from chalicelib.exchange.jobs import jobs as exchange_jobs
from chalicelib.exchange.participant_routes import api as exchange_participants
from chalicelib.exchange.release_routes import api as exchange_releases
from chalicelib.exchange.routes import api as exchange
from chalicelib.geography.routes import api as geography
from chalicelib.memberships.routes import api as memberships
from chalicelib.organizations.directory_routes import api as directory
from chalicelib.organizations.routes import api as organizations
from chalicelib.school_lists.jobs import jobs as school_list_jobs
from chalicelib.school_lists.routes import api as school_lists
from chalicelib.submissions.review_routes import api as reviews
from chalicelib.submissions.routes import api as submissions

APIS = (
    memberships,
    organizations,
    directory,
    geography,
    submissions,
    reviews,
    exchange,
    exchange_releases,
    exchange_participants,
    school_lists,
)
DOCUMENTATION = documentation(APIS)
FUNCTIONS = (tokens, exchange_jobs, school_list_jobs)
