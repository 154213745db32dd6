"""Finds separator or sheet, header row and layout of a list, or says what was seen and what is lacking."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress
from typing import Final

from chalicelib.school_lists import layouts, mapping
from chalicelib.school_lists.evidence import simplified
from chalicelib.school_lists.fitting import Shape
from chalicelib.school_lists.layouts import Mapped
from chalicelib.school_lists.models import ListOptions, UnusableList
from chalicelib.school_lists.reading import MAX_COLUMNS, Sample, Table

HEADER_ROWS: Final = 30
"""How far down the header row may be: above it are titles."""
_PLAIN: Final = "plain"
_WIDE: Final = 500
_DIGITS: Final = 5
_VALUES_AT_LEAST: Final = 0.15
_SHOWN_PLACES: Final = 200
_PLACED: Final = frozenset(("zip", "address", "award_level"))
"""Fields of which a whole list has one."""
_PARTS: Final = frozenset(
    ("name", "code", "id", "number", "address", "street", "city", "state", "zip", "zipcode", "phone")
)
"""What columns are called below the name of a group."""


@dataclass(frozen=True, slots=True)
class Found:
    """How a list is read and what its columns hold. ``others`` are sheets that hold a list as well."""

    shape: Shape
    mapped: Mapped
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A row that may be the header, in one of the ways a file may be read. ``score`` says how much it looks like it."""

    score: float
    shape: Shape
    below: list[list[str]]
    repeats_below: bool = False


def find(table: Table, options: ListOptions) -> Found:
    """Finds how a list is to be read. Raises ``UnusableList`` where that is not sure."""
    samples = list(table.samples())
    singles = [_candidates(sample, options) for sample in samples]
    # Text is the same list read by several separators, of which the likeliest comes first; the sheets of a
    # workbook are different lists.
    groups = [sorted(one, key=_score, reverse=True) for one in singles]
    twos = [list(_of_two_rows(sample)) for sample in samples]
    if samples and not samples[0].sheet:
        groups = [sorted((one for group in groups for one in group), key=_score, reverse=True)]
        twos = [[one for two in twos for one in two]]
    if not any(groups):
        return _without_header(samples, options) or _no_rows()
    _check_width(max(groups, key=lambda group: group[0].score if group else 0.0)[0])
    # "Name" twice in a row, below "District" and "School", is told by the row above alone.
    likely = [
        [*(one for one in two if one.repeats_below), *group] for two, group in zip(twos, groups, strict=True)
    ]
    if (
        found := _best(likely, options) or _without_header(samples, options) or _best(twos, options)
    ) is not None:
        return found
    raise _refusal(max((group[0] for group in groups if group), key=_score), options)


def _best(groups: list[list[_Candidate]], options: ListOptions) -> Found | None:
    """The first list that is understood and says where its schools are; summaries of schools do not."""
    known = (next(filter(None, (_known(one, options) for one in group)), None) for group in groups)
    found = [one for one in known if one is not None]
    if not found:
        return None
    best = next((one for one in found if not _PLACED.isdisjoint(one.mapped.positions)), found[0])
    others = tuple(one.shape.sheet for one in found if one is not best)
    return Found(best.shape, best.mapped, others)


def _score(candidate: _Candidate) -> float:
    return candidate.score


def _candidates(sample: Sample, options: ListOptions) -> list[_Candidate]:
    found = []
    wanted = 0 if options.mapping is None else options.mapping.header_row or 0
    filled = _filled(sample)
    for place, row in enumerate(sample.rows[: max(HEADER_ROWS, wanted)]):
        if sum(1 for cell in row if cell.strip()) < 2:
            continue
        if len(row) > _WIDE and place and sum(any(map(str.isalpha, cell)) for cell in row) < len(row) / 2:
            # Figures: each look at such a row costs a tenth of a second.
            continue
        below = list(compress(sample.rows[place + 1 :], filled[place + 1 :]))
        if sample.sheet:
            # The rows of a sheet are all as wide as the widest: what is filled tells.
            likely = float(sum(1 for cell in row if cell.strip()))
        else:
            likely = len(row) * sum(1 for one in below if len(one) == len(row)) / max(len(below), 1)
        shape = Shape(sample.separator, place + 1, tuple(row), sample.sheet)
        found.append(_Candidate(likely - place / 100, shape, below))
    return found


def _of_two_rows(sample: Sample) -> Iterator[_Candidate]:
    """Headers of two rows: groups above ("Physical address"), columns below ("Street", "City")."""
    filled = _filled(sample)
    for place in range(min(HEADER_ROWS, len(sample.rows) - 1)):
        top, bottom = sample.rows[place], sample.rows[place + 1]
        if len(top) > len(bottom) or sum(1 for cell in top if cell.strip()) < 2:
            continue
        header, group = [], ""
        for column, lower in enumerate(bottom):
            upper = top[column].strip() if column < len(top) else ""
            group = upper or (group if lower.strip() else "")
            header.append(f"{group} {lower.strip()}".strip())
        below = list(compress(sample.rows[place + 2 :], filled[place + 2 :]))
        shape = Shape(sample.separator, place + 2, tuple(header), sample.sheet)
        names = [name for cell in bottom if (name := simplified(cell)) in _PARTS]
        yield _Candidate(0.0, shape, below, len(set(names)) < len(names))


def _filled(sample: Sample) -> list[bool]:
    """Which rows hold anything."""
    return [any(map(str.strip, row)) for row in sample.rows]


def _known(candidate: _Candidate, options: ListOptions) -> Found | None:
    header = candidate.shape.header
    mapped: Mapped | None
    if options.mapping is not None:
        wanted = options.mapping.header_row
        if wanted is not None and wanted != candidate.shape.header_row:
            return None
        mapped = mapping.lay_over(options.mapping, header)
    elif options.layout is not None:
        mapped = layouts.lay_over(
            layouts.layout(options.layout), header, candidate.below, _constants(options)
        )
        mapped = None if layouts.missing(mapped) else mapped
    else:
        mapped = layouts.recognize(header, candidate.below, _constants(options))
    return None if mapped is None else Found(candidate.shape, mapped)


def _constants(options: ListOptions) -> dict[str, str]:
    """What is known of every row without a column."""
    return {} if options.default_state is None else {"state": options.default_state}


def _without_header(samples: list[Sample], options: ListOptions) -> Found | None:
    """A list whose first row is a school already, where a layout or the mapping says so."""
    for sample in samples:
        rows = [row for row in sample.rows if any(cell.strip() for cell in row)]
        if not rows:
            continue
        if options.mapping is not None:
            if options.mapping.header_row != 0:
                return None
            width = max(map(len, rows[:20]))
            header = tuple(f"#{number}" for number in range(1, width + 1))
            mapped = mapping.lay_over(options.mapping, header)
        else:
            mapped = layouts.recognize_headerless(rows, options.layout)
            header = mapped.header if mapped is not None else ()
        if mapped is not None:
            return Found(Shape(sample.separator, 0, header, sample.sheet), mapped)
    return None


def _check_width(likeliest: _Candidate) -> None:
    width = len(likeliest.shape.header)
    if width > MAX_COLUMNS:
        raise UnusableList(
            f"Row {likeliest.shape.header_row} has {width:,} columns; at most {MAX_COLUMNS:,} are read.",
            "A list has one school per row: check that rows and columns were not swapped in the export.",
        )


def _no_rows() -> Found:
    raise UnusableList(
        f"The file has no row with two or more columns, or none among its first {HEADER_ROWS}, so it has no header.",
        "Upload a list with a header row and one school per row, its columns separated by commas.",
    )


def _refusal(likeliest: _Candidate, options: ListOptions) -> UnusableList:
    shape = likeliest.shape
    if options.mapping is not None:
        return mapping.refused(options.mapping, shape.header)
    mapped = layouts.lay_over(layouts.layout(options.layout or _PLAIN), shape.header, likeliest.below)
    lacking = layouts.missing(mapped)
    if not mapped.positions and _is_data(shape.header):
        return _without_any_header(shape)
    skeleton = mapping.skeleton(mapped)
    where = f"row {shape.header_row}, {'' if shape.sheet else 'separated by '}{shape.separated_by}"
    if not lacking:
        return UnusableList(
            f"It is not sure enough that this is a list of schools: the likeliest header, {where}, was understood "
            f"with a confidence of {mapped.confidence:.2f}, and {layouts.SURE_ENOUGH:.2f} is needed.",
            "Say which column is which: fill in the mapping of this report and upload the list with it.",
            mapped.taken_for(),
            (),
            skeleton,
        )
    edge = layouts.lay_over(layouts.layout("nces_edge"), shape.header, likeliest.below)
    if "nces_id" in edge.positions and lacking == ("name",):
        return UnusableList(
            f"The list ({where}) has NCES ids and no names of schools.",
            "Join the names from the NCES directory (CCD) of that year by NCESSCH, or upload the directory itself.",
            mapped.taken_for(),
            lacking,
            skeleton,
        )
    return UnusableList(
        f"No row of the file is a header of a known layout. The likeliest, {where}, lacks: {', '.join(lacking)}.",
        "Name the columns as in the plain layout: name, street, city, state, zip, phone, website and so on; at least "
        "name and zip, or name, city and state. Or fill in the mapping of this report and upload the list with it. "
        "Rows that are no table below the header can also be the cause.",
        mapped.taken_for(),
        lacking,
        skeleton,
    )


def _is_data(row: tuple[str, ...]) -> bool:
    """Whether a row is rather one of values than a header."""
    values = sum("@" in cell or sum(map(str.isdigit, cell)) >= _DIGITS for cell in row)
    return values >= max(1, len(row) * _VALUES_AT_LEAST)


def _without_any_header(shape: Shape) -> UnusableList:
    # What stands in the row may be anybody's name: the report counts the columns and repeats none.
    places = tuple(f"#{number}" for number in range(1, len(shape.header) + 1))
    return UnusableList(
        f"The list seems to have no header: row {shape.header_row}, "
        f"{'' if shape.sheet else 'separated by '}{shape.separated_by}, holds values.",
        "Put a row above it that names the columns (name, street, city, state, zip, phone and so on). Or write into "
        "the mapping of this report which column is which by its place, such as #1, and upload the list with it.",
        tuple((place, "") for place in places[:_SHOWN_PLACES]),
        ("name", "zip or city and state or address"),
        {**mapping.skeleton(None, places), "header_row": 0},
    )
