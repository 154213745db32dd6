"""Invitations by themselves: their ids, their status, and the signed text."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidInput
from chalicelib.memberships.invitations import (
    Invitation,
    InvitationStatus,
    TicketSigner,
    invitation_id,
    same_address,
)
from chalicelib.memberships.models import organization_party, owner_group_party

ID = "01920000-0000-7000-8000-000000000001"
PARTY = organization_party(ID)
NOW = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
SIGNER = TicketSigner("a key")


def invitation(status: str = "pending") -> Invitation:
    return Invitation.model_validate(
        {
            "id": invitation_id(PARTY, "vic@connects.example"),
            "party_kind": "organization",
            "party_id": ID,
            "email": "vic@connects.example",
            "role": "viewer",
            "status": status,
            "invited_by": "ann",
            "created_at": NOW,
            "expires_at": NOW + timedelta(days=14),
            "version": 3,
        }
    )


def test_the_text_holds_what_it_is_for_and_no_address() -> None:
    text = SIGNER.sign(invitation())
    assert text == SIGNER.sign(invitation())
    ticket = SIGNER.read(text)
    assert (ticket.party, ticket.invitation_id, ticket.version) == (PARTY, invitation().id, 3)
    assert ticket.expires_at == int((NOW + timedelta(days=14)).timestamp())
    assert "vic" not in text
    with pytest.raises(InvalidInput):
        TicketSigner("another key").read(text)


@given(st.data())
def test_a_text_that_was_changed_is_none(data: st.DataObject) -> None:
    text = SIGNER.sign(invitation())
    position = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(codec="ascii"))
    changed = text[:position] + letter + text[position + 1 :]
    # The last letter has bits that count for nothing.
    if changed[:-1] != text[:-1]:
        with pytest.raises(InvalidInput):
            SIGNER.read(changed)


@given(st.text(max_size=200))
def test_whatever_else_is_sent_is_none(text: str) -> None:
    with pytest.raises(InvalidInput):
        SIGNER.read(text)


def test_the_status_follows_the_clock() -> None:
    end = NOW + timedelta(days=14)
    assert invitation().status_at(end - timedelta(microseconds=1)) is InvitationStatus.PENDING
    assert invitation().status_at(end) is InvitationStatus.EXPIRED
    for status in ("accepted", "revoked"):
        assert invitation(status).status_at(end).value == status


def test_an_address_has_one_invitation_of_a_party() -> None:
    assert invitation_id(PARTY, "Vic@Connects.example ") == invitation_id(PARTY, "vic@connects.example")
    assert invitation_id(PARTY, "vic@connects.example") != invitation_id(PARTY, "vi@connects.example")
    other = organization_party(ID.replace("1", "2"))
    assert invitation_id(PARTY, "vic@connects.example") != invitation_id(other, "vic@connects.example")
    assert invitation_id(PARTY, "a@b.example") == invitation_id(owner_group_party(ID), "a@b.example")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("vic@connects.example", "VIC@CONNECTS.EXAMPLE", True),
        ("vic@connects.example", "vic+x@connects.example", False),
        ("kim@connects.example", "\u212aim@connects.example", False),
        ("vic@connects.example", "", False),
        ("", "\u00e9", False),
    ],
)
def test_addresses_are_compared_without_regard_to_case_and_nothing_else(
    one: str, other: str, same: bool
) -> None:
    assert same_address(one, other) is same
