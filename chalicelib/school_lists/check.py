"""Looks at a list without AWS: reads it with the code that imports it, and tells what an import would do."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from chalicelib.errors import InvalidInput
from chalicelib.geography.service import NotADelineation, read_delineation
from chalicelib.school_lists import layouts, mapping, reference
from chalicelib.school_lists.gazetteer import ReferenceGazetteer
from chalicelib.school_lists.models import (
    ColumnMapping,
    ListOptions,
    Record,
    RowProblem,
    SchoolRecord,
    UnusableList,
    shown,
)
from chalicelib.school_lists.opening import OpenList, open_list

EXAMPLES: Final = 5
_MOST_REASONS: Final = 20


@dataclass
class Result:
    """What would become of a list. ``reason`` says why it would be refused as a whole, else it is None."""

    importable: bool
    told: dict[str, Any] = field(default_factory=dict)


def check_file(
    path: Path, layout: str | None = None, mapping_file: Path | None = None, default_state: str | None = None
) -> Result:
    """Reads a file and tells what an import would do. Never raises for what a file holds or lacks."""
    try:
        options = ListOptions(
            layout=_layout(layout),
            mapping=None if mapping_file is None else _mapping(mapping_file),
            default_state=default_state,
            filename=path.name,
        )
        with path.open("rb") as stream:
            rows = reference.delineation_in(stream) if layout is None and mapping_file is None else None
            if rows is not None:
                return Result(True, _of_delineation(rows))
            with open_list(stream, options) as opened:
                return Result(True, _told(opened))
    except UnusableList as error:
        refusal = error
    except NotADelineation as error:
        refusal = UnusableList(error.reason, error.remedy)
    except InvalidInput as error:
        refusal = UnusableList(error.detail, "Correct the mapping.")
    except FileNotFoundError as error:
        refusal = UnusableList(f"There is no file {error.filename}.", "Check the name.")
    except IsADirectoryError:
        refusal = UnusableList("This is a folder.", "Name the file.")
    except (OSError, ValueError) as error:
        refusal = UnusableList(f"The file cannot be read: {error}.", "Check the file.")
    except MemoryError:
        refusal = UnusableList("The file needs more memory than there is.", "Split it.")
    return Result(False, _refused(refusal))


def _layout(name: str | None) -> str | None:
    if name is not None and name not in layouts.LAYOUTS:
        raise UnusableList(f"There is no layout {shown(name)}.", f"There are: {', '.join(layouts.LAYOUTS)}.")
    return name


def _mapping(path: Path) -> ColumnMapping:
    return mapping.from_json(path.read_text("utf-8-sig"))


def _of_delineation(rows: list[list[str]]) -> dict[str, Any]:
    found = read_delineation(rows)
    return {
        "importable": True,
        "layout": reference.DELINEATION,
        "vintage": f"{found.vintage:%Y-%m}",
        "metropolitan_areas": len(found.titles),
        "counties": found.counties,
    }


class _Problems:
    def __init__(self) -> None:
        self.rejected: Counter[tuple[str, str]] = Counter()
        self.doubtful: Counter[tuple[str, str]] = Counter()
        self.first: list[RowProblem] = []

    def __call__(self, problem: RowProblem) -> None:
        kind = "".join("#" if one.isdigit() else one for one in problem.reason)
        (self.rejected if problem.rejected else self.doubtful)[problem.column, kind] += 1
        if len(self.first) < EXAMPLES * 2:
            self.first.append(problem)


def _told(opened: OpenList) -> dict[str, Any]:
    problems = _Problems()
    schools = closed = extending = 0
    examples: list[dict[str, Any]] = []
    for number, record in opened.records(ReferenceGazetteer(), problems):
        if record is None:
            continue
        if isinstance(record, SchoolRecord):
            schools += 1
            closed += record.closed is True
        else:
            extending += 1
        if len(examples) < EXAMPLES:
            examples.append(_example(number, record))
    rejected = sum(problems.rejected.values())
    if not opened.rows_read:
        raise UnusableList(
            "The list has a header and no row below it.", "Check that the export was complete."
        )
    return {
        "importable": True,
        "layout": opened.layout,
        "source": opened.source,
        "confidence": opened.confidence,
        "encoding": opened.encoding,
        "separator": opened.separator,
        "sheet": opened.shape.sheet or None,
        "header_row": opened.header_row,
        "list_date": None if opened.list_date is None else opened.list_date.isoformat(),
        "columns": {field: shown(header) for header, field in opened.header if field},
        "rows_read": opened.rows_read,
        "schools": schools,
        "closed": closed,
        "extending_known_schools": extending,
        "rejected": rejected,
        "doubtful": sum(problems.doubtful.values()),
        "passed_over": dict(opened.passed_over),
        "rejected_by_reason": list(_reasons(problems.rejected)),
        "doubtful_by_reason": list(_reasons(problems.doubtful)),
        "first_problems": [_problem(one) for one in problems.first],
        "examples": examples,
    }


def _reasons(counts: "Counter[tuple[str, str]]") -> Iterator[dict[str, Any]]:
    for (column, reason), count in counts.most_common(_MOST_REASONS):
        yield {"rows": count, "column": column, "reason": reason}


def _problem(problem: RowProblem) -> dict[str, Any]:
    return {
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "reason": problem.reason,
        "remedy": problem.remedy,
        "rejected": problem.rejected,
    }


def _example(number: int, record: Record) -> dict[str, Any]:
    said = {name: value for name, value in record._asdict().items() if value not in (None, (), False)}
    if record.programs:
        said["programs"] = [one._asdict() for one in record.programs]
    return {"row": number, **said}


def _refused(refusal: UnusableList) -> dict[str, Any]:
    return {
        "importable": False,
        "reason": refusal.reason,
        "remedy": refusal.remedy,
        "header": [{"header": header, "taken_for": field or None} for header, field in refusal.header],
        "missing": list(refusal.missing),
        "mapping": refusal.skeleton,
    }


def as_text(told: dict[str, Any]) -> str:
    """What was found, for people."""
    if told.get("layout") == reference.DELINEATION:
        return (
            f"Importable: {told['layout']}, of {told['vintage']}\n"
            f"  {told['metropolitan_areas']:,} metropolitan areas, {told['counties']:,} counties"
        )
    if told["importable"]:
        return "\n".join(_lines_of_list(told))
    lines = [f"Refused: {told['reason']}", f"To do:   {told['remedy']}"]
    if told["header"]:
        lines.append("Columns:")
        lines += [
            f"  {one['header'] or '(blank)':40} {one['taken_for'] or '-'}" for one in told["header"][:80]
        ]
    if told["missing"]:
        lines.append(f"Missing: {', '.join(told['missing'])}")
    if told["mapping"]:
        document = {name: part for name, part in told["mapping"].items() if name != "headers"}
        lines += ["A mapping to fill in:", json.dumps(document, ensure_ascii=False, indent=2)]
    return "\n".join(lines)


def _lines_of_list(told: dict[str, Any]) -> Iterator[str]:
    yield f"Importable: {told['layout']} (confidence {told['confidence']:.2f})"
    separated = f"sheet {told['sheet']}" if told["sheet"] else f"separated by {told['separator']}"
    yield f"  {told['encoding']}, {separated}, header in row {told['header_row'] or '(none)'}"
    if told["list_date"]:
        yield f"  of {told['list_date'][:4]}"
    yield "  columns: " + ", ".join(f"{field} = {header}" for field, header in told["columns"].items())
    yield (
        f"  {told['rows_read']:,} rows: {told['schools']:,} schools ({told['closed']:,} closed), "
        f"{told['extending_known_schools']:,} that extend known schools, {told['rejected']:,} rejected, "
        f"{told['doubtful']:,} doubtful values"
    )
    yield from (f"  passed over: {count:,} x {reason}" for reason, count in told["passed_over"].items())
    for name in ("rejected", "doubtful"):
        for one in told[f"{name}_by_reason"]:
            yield f"  {name}: {one['rows']:,} x {one['column'] or 'row'}: {one['reason']}"
    for one in told["first_problems"]:
        yield f"  row {one['row']}: {one['column']} {one['value']!r}: {one['reason']}. {one['remedy']}"
    for one in told["examples"]:
        said = ", ".join(f"{name}={value}" for name, value in one.items() if name != "row")
        yield f"  row {one['row']}: {said}"
