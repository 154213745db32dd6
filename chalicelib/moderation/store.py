"""Reports in the table: one item a person, and one that counts them and is in the directory while it waits."""

from typing import NamedTuple

from chalicelib.moderation.models import Report, ReportedPosting
from chalicelib.postings.models import Posting
from chalicelib.readable import readable
from chalicelib.table import keys
from chalicelib.table.expressions import Condition, Item, Put, Update, equals, missing
from chalicelib.table.table import Table
from chalicelib.values import Timestamp

_FIELDS = ("posting_id", "organization_id", "title", "reports", "latest_at")


class Summary(NamedTuple):
    """How often a posting was reported, and whether that waits for a decision."""

    reports: int
    waits: bool


class ReportStore:
    """Items to reports and back."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def find(self, posting_id: str, user_id: str) -> Report | None:
        """A person's report of a posting, or None."""
        item = self.table.get(keys.report(posting_id, user_id))
        return _report(item) if item is not None else None

    def summary(self, posting_id: str) -> Summary | None:
        """How often a posting was reported; None where it was not."""
        item = self.table.get(keys.reported_posting(posting_id))
        return Summary(int(item["reports"]), keys.DIRECTORY.pk in item) if item is not None else None

    def waiting(self, limit: int, start: Item | None) -> tuple[list[ReportedPosting], Item | None]:
        """One page of the postings that wait, the latest reported first; and where the next begins, or None."""
        page = self.table.query(
            keys.REPORTS, index=keys.DIRECTORY, limit=limit, start=start, descending=True, attributes=_FIELDS
        )
        return list(readable(page.items, _reported)), page.next

    def of_posting(self, posting_id: str, limit: int, start: Item | None) -> tuple[list[Report], Item | None]:
        """One page of the reports of a posting; and where the next one begins, or None."""
        page = self.table.query(
            keys.reports_pk(posting_id),
            begins_with=keys.REPORT_BY,
            limit=limit,
            start=start,
            attributes=("doc",),
        )
        return list(readable(page.items, _report)), page.next

    def of_person(self, user_id: str, limit: int, start: Item | None) -> tuple[list[Report], Item | None]:
        """One page of a person's reports; and where the next one begins, or None. A moment behind."""
        page = self.table.query(
            keys.person_pk(user_id),
            index=keys.DIRECTORY,
            begins_with=keys.REPORT,
            limit=limit,
            start=start,
            attributes=("doc",),
        )
        return list(readable(page.items, _report)), page.next

    def delete_of_person(self, user_id: str, limit: int) -> bool:
        """Deletes at most ``limit`` of a person's reports, whatever is in them. True where more is left."""
        page = self.table.query(
            keys.person_pk(user_id),
            index=keys.DIRECTORY,
            begins_with=keys.REPORT,
            limit=limit,
            attributes=("PK", "SK"),
        )
        self.table.delete_all(keys.Key(item["PK"], item["SK"]) for item in page.items)
        return page.next is not None


def report_put(report: Report) -> Put:
    """The write of a report. Its condition fails where the person has reported the posting before."""
    pk, sk = keys.report(report.posting_id, report.user_id)
    entry = keys.report_entry(report.user_id, report.posting_id)
    return Put({"PK": pk, "SK": sk, **entry, "doc": report.model_dump_json(exclude_none=True)}, missing())


def counted_update(posting: Posting, now: Timestamp) -> Update:
    """The write that counts a report of a posting, and has it wait for a decision."""
    moment = now.isoformat()
    return Update(
        keys.reported_posting(posting.id),
        set={
            "posting_id": posting.id,
            "organization_id": posting.organization_id,
            "title": posting.title,
            "latest_at": moment,
            **keys.reported_entry(moment, posting.id),
        },
        add={"reports": 1},
    )


def settled_update(posting_id: str, summary: Summary) -> Update:
    """The write that ends the wait. Its condition fails where the posting was reported again meanwhile."""
    condition: Condition = equals("reports", summary.reports)
    return Update(
        keys.reported_posting(posting_id),
        remove=(keys.DIRECTORY.pk, keys.DIRECTORY.sk),
        condition=condition,
    )


def _report(item: Item) -> Report:
    return Report.model_validate_json(item["doc"])


def _reported(item: Item) -> ReportedPosting:
    return ReportedPosting.model_validate({name: item[name] for name in _FIELDS})
