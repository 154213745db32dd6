"""What a list is a list of: the name under which what it says is remembered."""

import re
from typing import Final

from chalicelib.school_lists.imports import SchoolImport
from chalicelib.school_lists.opening import OpenList

# Layouts in which anybody's list can be: a name of their own tells such lists apart.
_ANYBODYS: Final = ("plain", "program_list")
_MOST: Final = 60
_NOT_NAME: Final = re.compile(r"[^a-z0-9]+")
_DATE_PARTS: Final = re.compile(
    r"\d+|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\b|\b(?:final|copy|new|latest|v)\b"
)


def source_of(state: SchoolImport, opened: OpenList) -> str:
    """The source of a list: as it was said, the saved mapping's name, the national layout's, else from the file's name.

    The file's name is taken without dates, so that next year's list is the same source.
    """
    options = state.options
    if options.source is not None:
        return options.source
    if options.mapping_name is not None:
        return slug(options.mapping_name)
    if options.mapping is None and opened.layout not in _ANYBODYS:
        return slug(opened.source or opened.layout)
    stem = state.filename.casefold().partition(".")[0]
    words = _DATE_PARTS.sub(" ", _NOT_NAME.sub(" ", stem))
    return f"file_{slug(words)}"


def slug(text: str) -> str:
    """A name of letters, digits and underscores."""
    return _NOT_NAME.sub("_", text.casefold()).strip("_")[:_MOST] or "list"
