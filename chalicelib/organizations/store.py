"""Organizations in the table: a profile item with the entity as JSON and, beside it, what is asked of it.

The document is one attribute, because reading costs by the attribute. Attributes beside it: ``id``, ``name``,
``kind``, ``status`` and ``version`` for conditions and for those who need no more; ``closing`` while it is
being deleted; ``x``, the line for the Exchange (see ``exchange_line``); and the keys of the indexes it is in:

- *directory*, under its kind and state, while it is listed
- *nearby*, under its search class and cell, while it is listed
- *contributions*, if it is of a contributing kind; schools under their ZIP code, with ``x`` as in ``school_lines``
"""

from collections.abc import Iterable
from typing import Final

from chalicelib.errors import NotFound
from chalicelib.geography.service import PARTITION_CHARACTERS, NearbyRead, Point, Range, geohash_of, read_of
from chalicelib.organizations.models import CONTRIBUTING, Organization, Status
from chalicelib.organizations.school_lines import SchoolLine, read_school_line, school_line
from chalicelib.readable import every, readable
from chalicelib.table import keys
from chalicelib.table.expressions import (
    Check,
    Condition,
    Delete,
    Item,
    Put,
    Update,
    Write,
    equals,
    exists,
    missing,
    one_of,
    without,
)
from chalicelib.table.table import Table
from chalicelib.values import Kind

_TOPIC: Final = "organization"
_OPEN: Final = exists() & without("closing")


class OrganizationStore:
    """Items to organizations and back."""

    def __init__(self, table: Table) -> None:
        self.table = table

    # -- reads

    def get(self, organization_id: str) -> Organization:
        """An organization. Raises ``NotFound`` where there is none, and where it is being deleted."""
        organization = _organization(self.table.get(keys.organization(organization_id)))
        if organization is None:
            raise NotFound("There is no organization with this id.")
        return organization

    def get_many(self, organization_ids: Iterable[str]) -> dict[str, Organization]:
        """Those organizations that there are, by id; 100 a request."""
        found = self.table.batch_get(map(keys.organization, organization_ids))
        organizations = filter(None, readable(found.values(), _organization))
        return {one.id: one for one in organizations}

    def all_of(self, organization_ids: Iterable[str]) -> dict[str, Organization]:
        """As ``get_many``, for whoever may take none for gone that is there: raises where one cannot be read."""
        found = self.table.batch_get(map(keys.organization, organization_ids))
        return {one.id: one for one in filter(None, every(found.values(), _organization))}

    def statuses(self, organization_ids: Iterable[str]) -> dict[str, Status]:
        """The status of those organizations that there are, by id."""
        wanted = map(keys.organization, organization_ids)
        found = self.table.batch_get(wanted, attributes=("id", "status", "closing"))
        standing = [one for one in found.values() if "closing" not in one]
        return dict(readable(standing, lambda one: (str(one["id"]), Status(one["status"]))))

    def listed(
        self, kind: Kind, state: str, limit: int, start: Item | None
    ) -> tuple[list[Organization], tuple[str, str] | None]:
        """One page of a listing, by name, and what ``listing_start`` takes for the next one."""
        page = self.table.query(
            keys.listing(kind.value, state),
            index=keys.DIRECTORY,
            limit=limit,
            start=start,
            attributes=("PK", "SK", "doc"),
        )
        following = (page.next[keys.DIRECTORY.sk], page.next["PK"]) if page.next is not None else None
        return list(readable(page.items, lambda item: read_document(item["doc"]))), following

    def near(self, search_class: str, cells: Range, low: str, limit: int) -> NearbyRead:
        """At most ``limit`` organizations of a class in a range, from the sort key ``low`` on."""
        page = self.table.query(
            keys.near(search_class, cells.partition),
            index=keys.NEARBY,
            between=(low, cells.high),
            limit=limit,
            attributes=("doc", keys.NEARBY.sk),
        )
        entries = [(item[keys.NEARBY.sk], item.get("doc", "")) for item in page.items]
        return read_of(entries, more=page.next is not None)

    def schools_around(self, zip_code: str) -> list[SchoolLine]:
        """Every school of a three-digit ZIP area, by a few queries of one partition. Eventually consistent."""
        pages = self.table.column(keys.schools_of(zip_code), keys.CONTRIBUTIONS, "x")
        return list(readable((line for page in pages for line in page if line), read_school_line))

    # -- writes

    def transact(self, *writes: Write) -> None:
        """All of the writes or none. Raises ``ConditionFailed`` with the positions that did not hold."""
        self.table.transact(*writes)

    def replace(self, organization: Organization, expected_version: int) -> None:
        """Writes a changed organization. Raises ``ConditionFailed`` if the version is not current."""
        self.table.write(changed_put(organization, expected_version))

    def owned(
        self, owner_group_id: str, limit: int, after: str | None
    ) -> tuple[list[Organization], str | None]:
        """One page of an owner group's organizations, by id; and the id ``after`` which the next begins, or None."""
        pk = keys.owner_group_pk(owner_group_id)
        start: Item | None = None
        if after is not None:
            start = {"PK": pk, "SK": keys.owner_group_organization(owner_group_id, after).sk}
        page = self.table.query(pk, begins_with=keys.organization_pk(""), limit=limit, start=start)
        ids = [item["SK"].removeprefix(keys.organization_pk("")) for item in page.items]
        found = self.get_many(ids)
        following = ids[-1] if page.next is not None and ids else None
        return [found[one] for one in ids if one in found], following

    def mark_closing(self, organization_id: str, expected_version: int, *alongside: Write) -> None:
        """Takes an organization from every reader and index, once and for all; again does no harm.

        What is done ``alongside`` is done once. Raises ``ConditionFailed`` where there is none of the expected version.
        """
        condition = equals("version", expected_version)
        if alongside:
            condition &= without("closing")
        indexes = (keys.DIRECTORY, keys.NEARBY, keys.CONTRIBUTIONS)
        self.table.transact(
            Update(
                keys.organization(organization_id),
                set={"closing": True},
                remove=(*(name for index in indexes for name in (index.pk, index.sk)), "x"),
                condition=condition,
            ),
            *alongside,
        )

    def erase(self, organization_id: str, last_member: str) -> None:
        """Deletes all that belongs to an organization that is being deleted; the profile comes last.

        The membership of ``last_member`` goes together with the profile, so that who began can go on after a
        crash.
        """
        pk = keys.organization_pk(organization_id)
        kept = {keys.organization(organization_id), keys.member(organization_id, last_member)}
        found = (
            keys.Key(item["PK"], item["SK"]) for item in self.table.query_all(pk, attributes=("PK", "SK"))
        )
        self.table.delete_all(key for key in found if key not in kept)
        self.table.transact(*(Delete(key) for key in sorted(kept)))


def organization_item(organization: Organization) -> Item:
    """The profile item of an organization."""
    pk, sk = keys.organization(organization.id)
    item: Item = {
        "PK": pk,
        "SK": sk,
        "id": organization.id,
        "name": organization.name,
        "kind": organization.kind.value,
        "status": organization.status.value,
        "version": organization.version,
        "doc": organization.model_dump_json(exclude_none=True),
    }
    if organization.listed:
        geohash = geohash_of(Point(organization.latitude, organization.longitude))
        item |= keys.DIRECTORY.entry(
            keys.listing(organization.kind.value, organization.address.state),
            keys.listing_sort(organization.name, organization.id),
        )
        item |= keys.NEARBY.entry(
            keys.near(organization.search_class.value, geohash[:PARTITION_CHARACTERS]),
            keys.near_sort(geohash, organization.id),
        )
    if organization.kind in CONTRIBUTING:
        item |= {"x": exchange_line(organization), **keys.contribution_entry(organization.id, _TOPIC)}
    if organization.kind is Kind.SCHOOL:
        item |= {
            "x": school_line(organization),
            **keys.school_entry(organization.address.zip, organization.id),
        }
    return item


def listing_start(kind: Kind, state: str, sort: str, pk: str) -> Item:
    """Where a page of the directory begins: behind the item with this sort key and partition key."""
    return {"PK": pk, "SK": keys.PROFILE, **keys.DIRECTORY.entry(keys.listing(kind.value, state), sort)}


def exchange_line(organization: Organization) -> str:
    """What the Exchange needs of a contributor: ``o2|<id>|<owner group>|<state>|<ZIP code>|<shop type>|<0/1>``.

    The owner group is the organization's own id where it belongs to none. The night leads the ZIP code to an area.
    The last field is 1 where it is verified, which alone makes its figures count. (``o1``, which is still read, has
    the area in place of the ZIP code.)
    """
    shop_type = organization.shop_type.value if organization.shop_type else ""
    verified = "1" if organization.status is Status.VERIFIED else "0"
    parts = (
        "o2",
        organization.id,
        organization.unit_of_protection,
        organization.address.state,
        organization.address.zip,
        shop_type,
        verified,
    )
    return "|".join(parts)


def new_put(organization: Organization) -> Put:
    """The write of a new organization. Its condition fails where there is one of that id."""
    return Put(organization_item(organization), missing())


def changed_put(organization: Organization, expected_version: int, statuses: Iterable[Status] = ()) -> Put:
    """The write of a changed organization: on the expected version and, if given, one of these statuses."""
    condition: Condition = equals("version", expected_version) & without("closing")
    allowed = [status.value for status in statuses]
    if allowed:
        condition &= one_of("status", allowed)
    return Put(organization_item(organization), condition)


def removal(organization_id: str, expected_version: int, statuses: Iterable[Status]) -> Delete:
    """The write that deletes a profile alone: on the expected version and one of these statuses."""
    condition = equals("version", expected_version) & without("closing")
    return Delete(
        keys.organization(organization_id),
        condition & one_of("status", [status.value for status in statuses]),
    )


def open_check(organization_id: str) -> Check:
    """Fails a transaction unless the organization exists and is not being deleted."""
    return Check(keys.organization(organization_id), _OPEN)


def verified_check(organization_id: str) -> Check:
    """Fails a transaction unless the organization is verified and not being deleted."""
    verified = equals("status", Status.VERIFIED.value)
    return Check(keys.organization(organization_id), verified & without("closing"))


def owned_put(owner_group_id: str, organization_id: str) -> Put:
    """The write that says that an organization belongs to an owner group."""
    pk, sk = keys.owner_group_organization(owner_group_id, organization_id)
    return Put({"PK": pk, "SK": sk, "organization_id": organization_id})


def owned_delete(owner_group_id: str, organization_id: str) -> Delete:
    """The write that ends that an organization belongs to an owner group."""
    return Delete(keys.owner_group_organization(owner_group_id, organization_id))


def owned_update(owner_group_id: str, more: int) -> Update:
    """The write that counts an owner group's organizations. Its condition fails where there is no such group."""
    return Update(keys.owner_group(owner_group_id), add={"organizations": more}, condition=exists())


def read_document(document: str) -> Organization:
    """The organization of a profile item's document."""
    return Organization.model_validate_json(document)


def _organization(item: Item | None) -> Organization | None:
    return None if item is None or "closing" in item else read_document(item["doc"])
