"""What may become of a response, whatever is tried in whatever order."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import MoveNotAllowed
from chalicelib.postings.models import Category, Direction
from chalicelib.responses.models import MOVES, OPEN, Response, ResponseStatus, moved

NOW = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
ID = "00000000-0000-7000-8000-00000000000{}"


def response(status: ResponseStatus = ResponseStatus.PENDING) -> Response:
    return Response(
        id=ID.format(1),
        posting_id=ID.format(2),
        posting_organization_id=ID.format(3),
        organization_id=ID.format(4),
        direction=Direction.NEED,
        category=Category.TOOLS,
        posting_title="Scan tools",
        status=status,
        created_at=NOW,
        updated_at=NOW,
    )


@given(st.lists(st.sampled_from(ResponseStatus)))
def test_whatever_is_tried_a_response_goes_only_where_it_may(tried: list[ResponseStatus]) -> None:
    one = response()
    for status in tried:
        before = one
        try:
            one = moved(before, status, NOW)
        except MoveNotAllowed:
            assert status not in MOVES[before.status]
            continue
        if status is before.status:
            assert one is before
        else:
            assert status in MOVES[before.status]
            assert (one.status, one.version) == (status, before.version + 1)


def test_what_is_not_open_leads_nowhere_and_nothing_leads_back() -> None:
    assert {status for status, after in MOVES.items() if after} == OPEN
    assert not any(ResponseStatus.PENDING in after for after in MOVES.values())


@pytest.mark.parametrize("status", [ResponseStatus.ACCEPTED, ResponseStatus.DECLINED])
def test_the_moment_of_the_decision_is_kept(status: ResponseStatus) -> None:
    later = datetime(2026, 7, 1, tzinfo=UTC)
    decided = moved(response(), status, later)
    assert decided.decided_at == later
    if status is ResponseStatus.ACCEPTED:
        assert moved(decided, ResponseStatus.WITHDRAWN, NOW).decided_at == later
