"""What a list calls a program, as CIP codes and levels of accreditation."""

import re
from functools import lru_cache
from typing import Final

from chalicelib.school_lists.cleaning import Unreadable, cip_codes, text_or_none

# Surest first: "diesel" before "truck", "collision" before "automotive".
_TRADES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), code)
    for pattern, code in (
        (
            r"collision|auto(?:motive|mobile)?[ -]?body|refinish|(?:body|auto\w*)\W+(?:and |& )?paint",
            "47.0603",
        ),
        (r"motorcycle|power ?sport", "47.0611"),
        (r"small engine|outdoor power", "47.0606"),
        (r"heavy equipment|construction equipment|agricultural equipment", "47.0302"),
        (r"medium.{0,5}heavy|heavy.{0,3}truck|\btrucks?\b(?!.*auto)", "47.0613"),
        (r"diesel", "47.0605"),
        (r"alternative fuel|electric vehicle|hybrid.{0,14}(?:vehicle|electric|auto)", "47.0614"),
        (r"high performance|motorsport|\bracing\b", "47.0617"),
        # Automation, AutoCAD and automata are other trades.
        (
            r"\bauto(?!-?cad|mat(?!ic trans)|nom|gr|im|cl|bio)|vehicle|light repair|\bast\b|\bmast\b|\bmlr\b|ase entry",
            "47.0604",
        ),
        (r"\bimmr\b|\btst\b|\bmtst\b", "47.0613"),
    )
)
_SEPARATORS: Final = re.compile(
    r"[;|\n]+|,(?!\d)|(?:\s+(?:and|&)\s+|\s*/\s*)(?=auto|diesel|collision|truck|motor)", re.IGNORECASE
)
# Who drives a truck or runs a machine is not trained to repair it.
_DRIVING: Final = re.compile(r"\bdriv(?:er|ing)|\boperat", re.IGNORECASE)
_REPAIRING: Final = re.compile(r"auto|diesel|mechanic|repair|techn|maint|servic", re.IGNORECASE)
_ACCREDITATIONS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (r"\bMTST\b|master truck", "MTST"),
        (r"\bMAST\b|master auto", "MAST"),
        (r"\bIMMR\b|inspection,? maintenance", "IMMR"),
        (r"\bTST\b|truck service", "TST"),
        (r"\bAST\b|automo(?:bile|tive) service tech", "AST"),
        (r"\bMLR\b|maintenance (?:and|&) light", "MLR"),
        (r"collision", "collision"),
    )
)
_NO_ACCREDITATION: Final = frozenset(("no", "not accredited", "expired", "pending", "in process"))
_LEVELS: Final = (
    (
        re.compile(r"post.?secondary|college|universit|technical institute|adult|university", re.IGNORECASE),
        "postsecondary",
    ),
    (
        re.compile(r"secondary|high school|k-?12|career center|career (?:and|&) tech", re.IGNORECASE),
        "secondary",
    ),
)


@lru_cache(maxsize=8192)
def program_codes(cell: str) -> tuple[str, ...]:
    """CIP codes of a cell that holds them, or names of vehicle trades. Raises ``Unreadable`` where it is neither."""
    text = text_or_none(cell)
    if text is None:
        return ()
    if not any(map(str.isalpha, text)):
        return cip_codes(cell)
    codes = []
    for part in _SEPARATORS.split(text):
        if _DRIVING.search(part) and not _REPAIRING.search(part):
            continue
        code = next((code for pattern, code in _TRADES if pattern.search(part)), None)
        if code is not None:
            codes.append(code)
    if not codes:
        raise Unreadable(
            "it is no list of CIP codes and names no vehicle trade",
            "Write codes such as 47.0604, separated by semicolons.",
        )
    return tuple(dict.fromkeys(codes))


@lru_cache(maxsize=1024)
def accreditation(cell: str) -> str | None:
    """The level of accreditation that a cell names. Raises ``Unreadable`` where it names another thing."""
    text = text_or_none(cell)
    if text is None or text.casefold() in _NO_ACCREDITATION:
        return None
    for pattern, name in _ACCREDITATIONS:
        if pattern.search(text):
            return name
    names = ", ".join(name for _, name in _ACCREDITATIONS)
    raise Unreadable("it is no level of accreditation", f"Write one of {names}.")


@lru_cache(maxsize=1024)
def level_of(cell: str) -> str | None:
    """``secondary`` or ``postsecondary``, or None where the cell says neither."""
    return next((name for pattern, name in _LEVELS if pattern.search(cell)), None)
