"""The calendar file of an event (RFC 5545)."""

from icalendar import Calendar
from icalendar import Event as Entry

from chalicelib.events.models import Event, Stage

PRODUCT = "-//Connects//Events//EN"


def calendar_of(event: Event) -> str:
    """The event as a calendar file. Its times are in UTC, which every calendar shows by its reader's own clock.

    It says nothing that only those with a seat may know.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    entry = Entry()
    entry.add("uid", f"{event.id}@connects")
    entry.add("sequence", event.version)
    entry.add("dtstamp", event.updated_at)
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.ends_at)
    entry.add("summary", event.title)
    entry.add("description", event.text)
    entry.add("status", "CANCELLED" if event.stage is Stage.CANCELLED else "CONFIRMED")
    if event.recording_url:
        entry.add("url", event.recording_url)
    calendar.add_component(entry)
    return str(calendar.to_ical().decode("utf-8"))
