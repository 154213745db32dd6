"""Compressed lists: the one file inside a GZIP or a ZIP archive, unpacked within bounds.

Nothing is believed of what an archive says of itself: bytes are counted as they come out, and unpacking stops
where there are too many, or too many for what went in.
"""

import gzip
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Final, cast

from chalicelib.school_lists.models import UnusableList, shown

MAX_UNPACKED: Final = 400 * 1024 * 1024
"""Bytes that come out of an archive at most. A function has 512 MB of room for files."""
MAX_RATIO: Final = 100
"""Bytes that come out for each that went in. Lists reach 5 to 20, the emptiest of them 50."""
PIECE: Final = 256 * 1024
_FREE: Final = 16 * 1024 * 1024
"""Bytes that no ratio is asked of."""
_IN_MEMORY: Final = 8 * 1024 * 1024
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_EMPTY_ZIP: Final = b"PK\x05\x06"
_LISTS: Final = frozenset((".csv", ".tsv", ".txt", ".tab", ".psv", ".dat", ".xlsx", ".xls"))
_ABOUT: Final = re.compile(
    r"read.?me|licen[cs]e|notes?\b|dictionary|documentation|layout|\.prj$", re.IGNORECASE
)
"""What is packed beside a list."""
DAMAGED: Final = (
    OSError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    NotImplementedError,  # what zipfile raises for a compression it does not know
    RuntimeError,  # and for an entry that needs a password
    ValueError,
)


@contextmanager
def unpacked(stream: BinaryIO) -> Iterator[tuple[BinaryIO, str]]:
    """The list in a stream, and what it was in: ``"GZIP"``, ``"ZIP (schools.csv)"``, or nothing.

    A stream that is no archive is given back as it is; a workbook is no archive here. Raises
    ``UnusableList`` for an archive that is damaged, encrypted, empty, of several lists, or out of bounds.
    """
    stream.seek(0)
    head = stream.read(4)
    stream.seek(0)
    if head.startswith(_EMPTY_ZIP):
        raise UnusableList(
            "The file is an empty ZIP archive.", "Put the list into it, or upload the list itself."
        )
    if not head.startswith((_GZIP, _ZIP)) or (head == _ZIP and is_office(stream)):
        yield stream, ""
        return
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
        target = cast(BinaryIO, spool)
        try:
            label = _from_gzip(stream, target) if head.startswith(_GZIP) else _from_zip(stream, target)
        except DAMAGED as error:
            raise UnusableList(
                "The archive is damaged or not whole.", "Pack the list again, or upload it unpacked."
            ) from error
        target.seek(0)
        if target.read(4).startswith((_GZIP, _EMPTY_ZIP)) or _is_plain_zip(target):
            raise UnusableList(
                "The archive holds another archive.", "Unpack it, and upload the list that is inside."
            )
        target.seek(0)
        yield target, label


def is_office(stream: BinaryIO) -> bool:
    """Whether a ZIP archive is a document of an office program. Leaves the stream at its beginning."""
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
            return "[Content_Types].xml" in names or "mimetype" in names
    except DAMAGED:
        return False
    finally:
        stream.seek(0)


def check_parts(
    archive: zipfile.ZipFile, packed: int, looker: Callable[[str], Callable[[bytes], None] | None]
) -> None:
    """Unpacks a document's parts to nowhere and raises ``UnusableList`` beyond the bounds.

    ``looker(name)`` gives what is to see the pieces of a part, if anything is.
    """
    bound = _Bound(packed)
    for one in archive.infolist():
        look = looker(one.filename)
        with archive.open(one) as part:
            while piece := part.read(PIECE):
                bound.add(len(piece))
                if look is not None:
                    look(piece)


class _Bound:
    """Counts bytes that come out, and stops at the bounds."""

    def __init__(self, packed: int) -> None:
        self._most = min(MAX_UNPACKED, max(_FREE, packed * MAX_RATIO))
        self.out = 0

    def add(self, size: int) -> None:
        self.out += size
        if self.out > self._most:
            raise UnusableList(
                f"The archive unpacks to more than {self._most:,} bytes, which no list of its size does.",
                "Check what is in it. Split a list that is really that large, and upload the parts one by one.",
            )


def _from_gzip(stream: BinaryIO, target: BinaryIO) -> str:
    bound = _Bound(_size(stream))
    with gzip.GzipFile(fileobj=stream, mode="rb") as source:
        _copy(cast(IO[bytes], source), target, bound)
    return "GZIP"


def _from_zip(stream: BinaryIO, target: BinaryIO) -> str:
    with zipfile.ZipFile(stream) as archive:
        one = _only_list(archive)
        if one.flag_bits & 1:
            raise UnusableList("The archive is protected with a password.", "Pack the list without one.")
        bound = _Bound(one.compress_size)
        with archive.open(one) as source:
            _copy(source, target, bound)
    return f"ZIP ({shown(PurePosixPath(one.filename).name)})"


def _only_list(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    files = [
        one
        for one in archive.infolist()
        if not one.is_dir() and not one.filename.startswith("__MACOSX/") and not _name(one).startswith(".")
    ]
    lists = [one for one in files if PurePosixPath(_name(one)).suffix.lower() in _LISTS]
    if len(lists) > 1:
        lists = [one for one in lists if not _ABOUT.search(_name(one))] or lists
    found = lists if len(files) != 1 else files
    if len(found) == 1:
        return found[0]
    if not found:
        raise UnusableList(
            f"None of the {len(files)} files in the archive is a list.",
            "Pack one CSV or XLSX file, and nothing else.",
        )
    names = ", ".join(shown(_name(one)) for one in found[:5])
    raise UnusableList(
        f"The archive holds {len(found)} lists: {names}{', ...' if len(found) > 5 else ''}.",
        "Upload them one by one: which of them counts cannot be told.",
    )


def _name(one: zipfile.ZipInfo) -> str:
    return PurePosixPath(one.filename).name


def _copy(source: IO[bytes], target: BinaryIO, bound: _Bound) -> None:
    while piece := source.read(PIECE):
        bound.add(len(piece))
        target.write(piece)


def _size(stream: BinaryIO) -> int:
    size = stream.seek(0, 2)
    stream.seek(0)
    return size


def _is_plain_zip(stream: BinaryIO) -> bool:
    stream.seek(0)
    head = stream.read(4)
    stream.seek(0)
    return head == _ZIP and not is_office(stream)
