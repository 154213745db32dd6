"""What joins an organization to an owner group and parts it from one: writes for the transactions that do it."""

from datetime import datetime

from chalicelib.audit.service import entry_write
from chalicelib.auth import Caller
from chalicelib.errors import FieldError, InvalidInput, NotPermitted
from chalicelib.memberships import service as memberships
from chalicelib.memberships.service import MembershipStore
from chalicelib.organizations.models import Organization
from chalicelib.organizations.store import owned_delete, owned_put, owned_update
from chalicelib.table.expressions import Write
from chalicelib.values import Role


def joining_writes(caller: Caller, owner_group_id: str, organization_id: str) -> list[Write]:
    """The writes that put an organization into a group; they fail where there is none, or it is not the caller's."""
    writes: list[Write] = [owned_update(owner_group_id, 1), owned_put(owner_group_id, organization_id)]
    if not caller.admin:
        writes.append(memberships.group_role_check(caller.user_id, owner_group_id, Role.MANAGER))
    return writes


def leaving_writes(owner_group_id: str, organization_id: str) -> list[Write]:
    """The writes that take an organization out of its group."""
    return [owned_update(owner_group_id, -1), owned_delete(owner_group_id, organization_id)]


def regrouping_writes(
    members: MembershipStore, caller: Caller, before: Organization, after: Organization, now: datetime
) -> list[Write]:
    """The writes of another owner group, or none. Raises ``NotPermitted`` where the caller is no owner."""
    if not caller.admin and memberships.role_of(members, caller.user_id, after.id) is not Role.OWNER:
        raise NotPermitted(
            "Only an owner of the organization, or an administrator, may change its owner group."
        )
    change = f"{before.owner_group_id or 'none'} -> {after.owner_group_id or 'none'}"
    writes: list[Write] = [entry_write(caller.user_id, "organization.regrouped", after.id, now, change)]
    if before.owner_group_id is not None:
        writes += leaving_writes(before.owner_group_id, before.id)
    if after.owner_group_id is not None:
        writes += joining_writes(caller, after.owner_group_id, after.id)
    return writes


def group_refusal(caller: Caller) -> InvalidInput | NotPermitted:
    """The error of writes that did not put an organization into a group."""
    if caller.admin:
        detail = "There is no such owner group."
        return InvalidInput(detail, [FieldError("/owner_group_id", detail)])
    return NotPermitted("Only owners and managers of an owner group may put organizations into it.")
