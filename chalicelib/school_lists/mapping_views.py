"""What the API takes and gives of column mappings."""

from typing import Annotated

from pydantic import ConfigDict, Field

from chalicelib.school_lists.mapping import NAME
from chalicelib.school_lists.models import ColumnMapping
from chalicelib.values import WHOLE, Model

MappingName = Annotated[str, Field(pattern=rf"^{NAME}$", examples=["montana-high-schools"])]
_Cells = dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=300)]]


class MappingDraft(Model):
    """Which column of a list holds what."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "columns": {"name": "School", "street": "Address", "city": "Town", "zip": "Postal"},
                    "constants": {"state": "MT"},
                }
            ]
        }
    )

    columns: Annotated[_Cells, Field(max_length=60, examples=[{"name": "School", "zip": "Postal"}])]
    """By field of the plain layout, the column's header, or its place as `#3`."""
    constants: Annotated[_Cells, Field(default_factory=dict, max_length=20, examples=[{"state": "MT"}])]
    """By field, what holds for every row whose own cell is blank."""
    header_row: Annotated[int | None, Field(strict=True, ge=0, le=200, examples=[3]), WHOLE] = None
    """The header's row, as a spreadsheet counts; 0 where there is none. Without it, the header is looked for."""


class MappingView(MappingDraft):
    """A saved mapping."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "montana-high-schools",
                    "columns": {"name": "School", "street": "Address", "city": "Town", "zip": "Postal"},
                    "constants": {"state": "MT"},
                    "header_row": None,
                }
            ]
        }
    )

    name: MappingName


class MappingPage(Model):
    """One page of the saved mappings, by name."""

    items: tuple[MappingView, ...]
    next_cursor: str | None


def mapping_view(saved: ColumnMapping) -> MappingView:
    """The view of a saved mapping."""
    return MappingView(
        name=saved.name,
        columns=dict(saved.columns),
        constants=dict(saved.constants),
        header_row=saved.header_row,
    )
