"""Identities as items of the table: which organization an identifier names, and what each source said of it last.

What a source said is one attribute, so that lists of several sources take turns without writing anything: the digest of
its row, the date of the list, the import that brought it, and what that import did. A row that waits for somebody's
decision has an identity without an organization. An identity is also found by the OPE id of its row.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from chalicelib.readable import readable
from chalicelib.school_lists.identity import Identity
from chalicelib.table import keys
from chalicelib.table.expressions import Condition, Delete, Item, Put, Update, Write, equals, missing, without
from chalicelib.table.table import Table

_MOST_BY_OPE: Final = 25


class Said(NamedTuple):
    """What a source said of a school last: ``outcome`` is what the import ``import_id`` did with it."""

    digest: str
    date: str
    import_id: str
    outcome: str

    def text(self) -> str:
        """As it is kept."""
        return "|".join(self)


class Known(NamedTuple):
    """What is known under an identity. ``organization_id`` is empty while it waits for a decision."""

    organization_id: str
    said: Said | None = None
    match_id: str = ""


class IdentityStore:
    """Reads identities, for the lists of one source."""

    def __init__(self, table: Table, source: str) -> None:
        self._table = table
        self._slot = f"said_{source}"

    def known(self, identities: Iterable[Identity]) -> dict[Identity, Known]:
        """What is known under identities, 100 a request; those that nothing is known of are absent."""
        by_key = {keys.identity(*one): one for one in identities}
        wanted = ("organization_id", "match_id", self._slot)
        found = self._table.batch_get(by_key, attributes=wanted)
        return {by_key[key]: self._known_of(item) for key, item in found.items()}

    def with_ope(self, ope_id: str) -> list[str]:
        """Ids of organizations that lists named with an OPE id; eventually consistent."""
        page = self._table.query(
            keys.schools_of_ope(ope_id),
            index=keys.DIRECTORY,
            limit=_MOST_BY_OPE,
            attributes=("organization_id",),
        )
        named = readable(page.items, lambda item: item["organization_id"])
        return list(dict.fromkeys(one for one in named if isinstance(one, str) and one))

    def first(self, identity: Identity, known: Known, ope_id: str | None = None) -> Put:
        """Writes an identity that nothing is known of; fails where something is."""
        pk, sk = keys.identity(*identity)
        item: Item = {"PK": pk, "SK": sk, "organization_id": known.organization_id}
        if known.said is not None:
            item[self._slot] = known.said.text()
        if known.match_id:
            item["match_id"] = known.match_id
        if ope_id is not None:
            item |= keys.DIRECTORY.entry(keys.schools_of_ope(ope_id), "#".join(identity))
        return Put(item, missing())

    def next(self, identity: Identity, known: Known, before: Known) -> Update:
        """Writes what is known now; fails where it is no more what it was before."""
        change: dict[str, str] = {"organization_id": known.organization_id}
        if known.said is not None:
            change[self._slot] = known.said.text()
        if known.match_id:
            change["match_id"] = known.match_id
        return Update(
            keys.identity(*identity),
            set=change,
            remove=("match_id",) if before.match_id and not known.match_id else (),
            condition=self._unchanged(before),
        )

    def back(self, identity: Identity, known: Known, before: Known | None, *, others: bool) -> Write:
        """Writes what was known before an import. ``others``: other sources know the identity by now, so it stays."""
        if before is None and not others:
            return Delete(keys.identity(*identity), self._unchanged(known))
        then = before or Known(known.organization_id)
        return Update(
            keys.identity(*identity),
            set={"organization_id": then.organization_id}
            | ({self._slot: then.said.text()} if then.said else {})
            | ({"match_id": then.match_id} if then.match_id else {}),
            remove=(
                *(() if then.said else (self._slot,)),
                *(("match_id",) if known.match_id and not then.match_id else ()),
            ),
            condition=self._unchanged(known),
        )

    def _unchanged(self, known: Known) -> Condition:
        slot = without(self._slot) if known.said is None else equals(self._slot, known.said.text())
        return equals("organization_id", known.organization_id) & slot

    def whole(self, identities: Iterable[Identity]) -> dict[Identity, tuple[Known, bool]]:
        """What is known under identities, and whether other sources know them too."""
        by_key = {keys.identity(*one): one for one in identities}
        return {
            by_key[key]: (
                self._known_of(item),
                any(name.startswith("said_") and name != self._slot for name in item),
            )
            for key, item in self._table.batch_get(by_key).items()
        }

    def _known_of(self, item: Item) -> Known:
        text = item.get(self._slot)
        said = Said(*text.split("|")) if text else None
        return Known(item["organization_id"], said, item.get("match_id", ""))
