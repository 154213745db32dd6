"""Which names are no names of schools, one by one and many at once."""

import re
from collections.abc import Sequence
from typing import Final

from chalicelib.school_lists.columns import LETTERLESS
from chalicelib.school_lists.placing import FORMULA, MOST_TEXT

_CLOSED: Final = re.compile(
    r"\s*[(\[](?:permanently |now )?closed\b[^)\]]*[)\]]"
    r"|\s+[-\u2013\u2014*]+\s*closed\b.*$"
    r"|^\**closed\**\s*[-\u2013\u2014:]\s*",
    re.IGNORECASE,
)
_EMAIL: Final = re.compile(r"[\w.+-]@[\w-]+\.\w")


def wrong_name(name: str | None) -> tuple[str, str] | None:
    """What is wrong with a name, and what would mend it; None where nothing is."""
    if name is None:
        return "the school has no name", "Write its name."
    if not any(map(str.isalpha, name)) or ("@" in name and _EMAIL.search(name)):
        return "this is no name of a school", "Write its name."
    if name.startswith(FORMULA):
        return "this is a formula, no name", "Write the name as text."
    if len(name) > MOST_TEXT:
        return f"the name has more than {MOST_TEXT} characters", "Write the name alone."
    if "\ufffd" in name:
        return "letters of the name were lost", "Export the list as CSV UTF-8."
    return None


def all_fine(names: Sequence[str | None]) -> bool:
    """Whether no name of many can be wrong: looked at as one text. Gives False where that does not tell."""
    whole = "\n".join(name or "" for name in names)
    return (
        "@" not in whole
        and "\ufffd" not in whole
        and "\n=" not in whole
        and "\n+" not in whole
        and not whole.startswith(FORMULA)
        and max(map(len, filter(None, names)), default=0) <= MOST_TEXT
        and ("".join([name[0] for name in names if name]).isalpha() or LETTERLESS.search(whole) is None)
    )


def closed_by_name(names: list[str | None]) -> set[int]:
    """The places of names that say in a remark that the school is closed. The remark is taken out of them."""
    if "closed" not in "\n".join(name or "" for name in names).casefold():
        return set()
    told = set()
    for place, name in enumerate(names):
        if name and (bare := _CLOSED.sub("", name).strip()) and bare != name:
            names[place] = bare
            told.add(place)
    return told
