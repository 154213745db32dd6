"""What a chunk's rows say of programs: codes, and the level that they are taught at."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.school_lists import trades
from chalicelib.school_lists.cleaning import Unreadable
from chalicelib.school_lists.layouts import Layout
from chalicelib.school_lists.models import Program
from chalicelib.school_lists.troubles import Troubles


def programs_of(
    layout: Layout,
    cells: Mapping[str, Sequence[str]],
    read: Callable[[str], Sequence[Any]],
    ids: tuple[Sequence[str | None], Sequence[str | None]],
    troubles: Troubles,
) -> Sequence[tuple[Program, ...]]:
    """The programs of each row. ``read`` gives the values of a field, ``ids`` are IPEDS unit ids and NCES ids."""
    unit_ids, nces_ids = ids
    name = next((one for one in ("programs", "subject") if one in cells), None)
    if name is None:
        return ((),) * len(unit_ids)
    told = zip(
        read(name), read("level"), read("accreditation"), read("enrolment"), unit_ids, nces_ids, strict=True
    )
    programs: list[tuple[Program, ...]] = []
    for place, (codes, said, accredited, enrolment, unit_id, nces_id) in enumerate(told):
        level = said or layout.level or _level_by_id(unit_id, nces_id)
        if level is None and codes and layout.several_rows:
            level = trades.level_of(cells["name"][place])
        if codes and level is None:
            reason = "it is not said whether the programs are secondary or postsecondary"
            error = Unreadable(reason, "Add a column level with one of the two words.")
            troubles.doubt(place, name, error, ";".join(codes))
        programs.append(
            tuple(Program(code, level, accredited, enrolment) for code in codes) if codes and level else ()
        )
    return programs


def _level_by_id(unit_id: str | None, nces_id: str | None) -> str | None:
    if nces_id:
        return "secondary"
    return "postsecondary" if unit_id else None
