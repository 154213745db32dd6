"""Routes of how the caller is told of things."""

from chalicelib.auth import SIGNED_IN, Caller
from chalicelib.http import Api, Reply, Version, version_etag
from chalicelib.people import service
from chalicelib.people.models import NotificationChoice, NotificationSettings
from chalicelib.people.store import PersonStore
from chalicelib.table.table import connect

api = Api(__name__, tag="Notifications")


@api.get("/v1/me/notification-settings", permission=SIGNED_IN, summary="How am I told of things")
def read_notification_settings(caller: Caller) -> Reply[NotificationSettings]:
    """For every kind of notice whether it is mailed at once, in one mail a day, or never.

    Invitations and what becomes of a registration for an event are always mailed. Everything is in the inbox at once.
    """
    settings, version = service.settings(PersonStore(connect()), caller)
    return Reply(settings, etag=version_etag(version))


@api.put("/v1/me/notification-settings", permission=SIGNED_IN, summary="Choose how I am told of things")
def choose_notification_settings(
    caller: Caller, if_match: Version, body: NotificationChoice
) -> Reply[NotificationSettings]:
    """Replaces all choices: a kind that is left out gets its default again."""
    settings, version = service.choose(PersonStore(connect()), caller, body.deliveries, if_match)
    return Reply(settings, etag=version_etag(version))
