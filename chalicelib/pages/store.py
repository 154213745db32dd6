"""Presentations in the table: one item beside all else of an organization."""

from chalicelib.pages.presentation import Presentation
from chalicelib.table import keys
from chalicelib.table.expressions import Put, Write, equals, missing
from chalicelib.table.table import Table


class PresentationStore:
    """Items to presentations and back."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, organization_id: str) -> Presentation:
        """What an organization tells of itself; of version 0 where it has told nothing."""
        item = self.table.get(keys.presentation(organization_id))
        return Presentation() if item is None else Presentation.model_validate_json(item["doc"])

    def transact(self, *writes: Write) -> None:
        """All of the writes or none. Raises ``ConditionFailed`` with the positions that did not hold."""
        self.table.transact(*writes)


def presentation_put(organization_id: str, presentation: Presentation) -> Put:
    """The write of a presentation; it fails unless the version before is the current one."""
    pk, sk = keys.presentation(organization_id)
    item = {"PK": pk, "SK": sk, "version": presentation.version, "doc": presentation.model_dump_json()}
    before = presentation.version - 1
    return Put(item, equals("version", before) if before else missing())
