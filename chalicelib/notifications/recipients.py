"""Who a notice is for, and what each of them is to get."""

from dataclasses import dataclass

from chalicelib.memberships import service as memberships
from chalicelib.memberships.service import MembershipStore
from chalicelib.outbox.models import Notice, ToAddress, ToAdministrators, ToOrganization, ToPerson
from chalicelib.people import service as people
from chalicelib.people.models import TRANSACTIONAL, Delivery, MailStatus, address_hash
from chalicelib.people.service import PersonStore
from chalicelib.table import keys


@dataclass(frozen=True, slots=True)
class Recipient:
    """One who is told. ``inbox`` is empty for an address without an account, ``email`` where no mail may go."""

    hash: str
    inbox: str = ""
    email: str = ""
    user_id: str = ""
    delivery: Delivery = Delivery.IMMEDIATELY


def recipients_of(
    notice: Notice, members: MembershipStore, persons: PersonStore, administrators_mail: str
) -> list[Recipient]:
    """Everybody whom a notice is for, in a fixed order."""
    match notice.audience:
        case ToOrganization(organization_id=organization_id, role=role):
            found = memberships.members(members, organization_id)
            return _people(notice, persons, [one.user_id for one in found if one.role.covers(role)])
        case ToPerson(user_id=user_id):
            return _people(notice, persons, [user_id])
        case ToAddress(email=email):
            return [Recipient(address_hash(email), email=_open(persons, email))]
        case ToAdministrators():
            email = _open(persons, administrators_mail) if administrators_mail else ""
            return [Recipient("administrators", inbox=keys.ADMINISTRATORS, email=email)]


def _people(notice: Notice, persons: PersonStore, user_ids: list[str]) -> list[Recipient]:
    known = people.profiles(persons, user_ids)
    recipients = []
    for user_id in dict.fromkeys(user_ids):
        person = known.get(user_id)
        mailed = person is not None and person.mail_status is MailStatus.OK
        recipients.append(
            Recipient(
                address_hash(user_id),
                inbox=keys.person_pk(user_id),
                email=(person.email or "") if person is not None and mailed else "",
                user_id=user_id,
                delivery=person.delivery(notice.kind) if person is not None else Delivery.NEVER,
            )
        )
    return recipients


def _open(persons: PersonStore, email: str) -> str:
    return email if people.mail_status(persons, email) is MailStatus.OK else ""


def may_unsubscribe(notice: Notice, recipient: Recipient) -> bool:
    """Whether a recipient's mail offers a way out: an address without an account always has one."""
    if recipient.user_id:
        return notice.kind not in TRANSACTIONAL
    return not recipient.inbox
