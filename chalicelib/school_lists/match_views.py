"""What the API takes and gives of rows that may be a school we have."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chalicelib.organizations.service import Organization, own_fields, read_provenance
from chalicelib.school_lists.matches import MatchStatus, SchoolMatch
from chalicelib.values import Id, Model, Timestamp


class RowView(Model):
    """What a row says of its school."""

    name: Annotated[str, Field(examples=["Bitterroot Tech"])]
    street: Annotated[str | None, Field(examples=["100 Main St"])]
    city: Annotated[str, Field(examples=["Missoula"])]
    state: Annotated[str, Field(examples=["MT"])]
    zip: Annotated[str, Field(examples=["59801"])]
    phone: Annotated[str | None, Field(examples=["+14065550123"])]
    website: Annotated[str | None, Field(examples=["https://school.example.org"])]
    ipeds_unit_id: Annotated[str | None, Field(examples=["180197"])]
    nces_id: Annotated[str | None, Field(examples=["300000100001"])]
    ope_id: Annotated[str | None, Field(examples=["00253300"])]


class CandidateView(Model):
    """A school that the row may be, as it was when the row came."""

    organization_id: Id
    name: Annotated[str, Field(examples=["Bitterroot Technical College"])]
    address: Annotated[str, Field(examples=["100 Main St, Missoula, 59801"])]
    confidence: Annotated[float, Field(ge=0, le=1, examples=[0.79])]
    reason: Annotated[str, Field(examples=["the same address, but another name"])]


class MatchView(Model):
    """A row of a list that may be a school we have."""

    id: Id
    status: Annotated[MatchStatus, Field(examples=["open"])]
    import_id: Id
    source: Annotated[str, Field(examples=["dapip"])]
    row_number: Annotated[int, Field(examples=[17])]
    row: RowView
    candidates: tuple[CandidateView, ...]
    """The likeliest first."""
    organization_id: Id | None
    """The school that the row was decided to be."""
    created_at: Timestamp
    decided_at: Timestamp | None


class MatchPage(Model):
    """One page of the rows that wait for a decision, the oldest first."""

    items: tuple[MatchView, ...]
    next_cursor: str | None


class MatchQuery(Model):
    """Which page."""

    limit: Annotated[int, Field(ge=1, le=100)] = 25
    cursor: Annotated[str | None, Field(min_length=1, max_length=2000)] = None


class Decision(Model):
    """What the row is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"decision": "different"}]})

    decision: Annotated[
        Literal[MatchStatus.SAME, MatchStatus.DIFFERENT, MatchStatus.LATER], Field(examples=["same"])
    ]
    """`same`: one of the candidates, which takes over what the row says. `different`: a school of its own. `later`:
    not decided yet."""
    organization_id: Annotated[Id | None, Field(examples=[None])] = None
    """For `same`, which candidate; needed where there are several."""


class ToldView(Model):
    """Which list said a field of a school."""

    field: Annotated[str, Field(examples=["phone"])]
    """A field of the school; `place` is city and ZIP code, `point` the coordinates."""
    source: Annotated[str, Field(examples=["ipeds_hd"])]
    list_date: Annotated[str, Field(examples=["2024-10-01"])]
    import_id: Id
    changed_by_people: bool
    """Whether people have changed it since: then no list changes it any more."""


class AbsenceView(Model):
    """A source whose latest whole list lacks the school."""

    source: Annotated[str, Field(examples=["nces_ccd"])]
    list_date: Annotated[str, Field(examples=["2025-10-01"])]
    import_id: Id


class ProvenanceView(Model):
    """Which lists said what of a school."""

    fields: tuple[ToldView, ...]
    """Fields that are not here were entered by people, or are not known."""
    not_in_latest_list: tuple[AbsenceView, ...]


def provenance_view(school: Organization) -> ProvenanceView:
    """The view of what lists said of a school. A decision on a row stands under the row's own id."""
    said = read_provenance(school.provenance)
    own = own_fields(school)
    return ProvenanceView(
        fields=tuple(
            ToldView(
                field=name,
                source=told.by.source,
                list_date=told.by.date,
                import_id=told.by.import_id,
                changed_by_people=name in own,
            )
            for name, told in sorted(said.fields.items())
        ),
        not_in_latest_list=tuple(
            AbsenceView(source=source, list_date=by.date, import_id=by.import_id)
            for source, by in sorted(said.absent.items())
        ),
    )


def match_view(match: SchoolMatch) -> MatchView:
    """The view of a match."""
    return MatchView(
        id=match.id,
        status=match.status,
        import_id=match.import_id,
        source=match.source,
        row_number=match.row,
        row=RowView(**{name: getattr(match.record, name) for name in RowView.model_fields}),
        candidates=tuple(CandidateView(**one._asdict()) for one in match.candidates),
        organization_id=match.organization_id,
        created_at=match.created_at,
        decided_at=match.decided_at,
    )
