"""From the bytes of an upload to text: what kind of file it is, its encoding, and that nothing in it is out of bounds.

The stream must be seekable. It is read through once in pieces before anything else happens, so that a file is
refused before its first row is imported, and memory stays bounded whatever the file. Archives and workbooks
are no business of this module (see ``archives`` and ``workbooks``).
"""

import codecs
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import BinaryIO, Final

from chalicelib.school_lists.models import UnusableList

PIECE: Final = 256 * 1024
"""Bytes read at once."""
MAX_LINE: Final = 1024 * 1024
"""Characters a line may have. The longest of real lists have some thousand."""

_SAVE_AS: Final = "Open it in a spreadsheet program, save it as CSV UTF-8, and upload that."
# How a file begins, and what that shows it to be. Archives and workbooks are opened before this is asked.
_SIGNATURES: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"\x09\x00\x04\x00", "an Excel workbook of 1987", _SAVE_AS),
    (b"\x09\x02\x06\x00", "an Excel workbook of 1990", _SAVE_AS),
    (b"\x09\x04\x06\x00", "an Excel workbook of 1992", _SAVE_AS),
    (b"BZh", "a BZIP2 archive", "Pack it as ZIP or GZIP, or upload the CSV inside."),
    (b"\xfd7zXZ\x00", "an XZ archive", "Pack it as ZIP or GZIP, or upload the CSV inside."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Pack it as ZIP or GZIP, or upload the CSV inside."),
    (b"Rar!", "a RAR archive", "Pack it as ZIP or GZIP, or upload the CSV inside."),
    (b"%PDF", "a PDF document", "Ask the source for the list as CSV; tables cannot be read out of a PDF."),
    (b"\xff\xd8\xff", "a JPEG picture", "Upload the list itself as CSV or XLSX."),
    (b"\x89PNG", "a PNG picture", "Upload the list itself as CSV or XLSX."),
    (b"GIF8", "a GIF picture", "Upload the list itself as CSV or XLSX."),
    (b"PAR1", "a Parquet file", "Export it as CSV."),
    (b"SQLite format 3", "a SQLite database", "Export its table as CSV."),
    (b"\x7fELF", "a program", "Upload the list itself as CSV or XLSX."),
    (b"{\\rtf", "a word processor's document (RTF)", _SAVE_AS),
)
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with byte order mark"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_MARKUP: Final = (("<!doctype html", "<html", "<head", "<body"), ("<?xml", "<"), ("{", "["))
_ALLOWED_CONTROLS: Final = frozenset("\t\n\r\f\v\x1a")
_ESCAPED: Final = re.compile("[\udc80-\udcff]")
# One byte beyond ASCII between its neighbours, of which there may be none.
_HIGH: Final = re.compile(rb"([\x00-\x7f]?)([\x80-\xff])([\x00-\x7f]?)")
_ENOUGH_WORDS: Final = 2000
_LOWER: Final = "áéíóúñüçèêëàâôöäãõåøïîìòùûß"
_UPPER: Final = "ÁÉÍÓÚÑÜÇÈÊÀÂÔÖÄÅØ"
_MARKS_OF_TEXT: Final = "\u201c\u201d\u2013\u2014\u2026\u2022\u00a0®™©°½§"
_STRAY: Final = "connects-stray-windows-1252"


def _stray(error: UnicodeError) -> tuple[str, int]:
    """Reads what is not UTF-8 in a file that otherwise is, as the Windows-1252 it most likely was before."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_STRAY, _stray)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes are to be read: Python's codec and error handler, and the name for people."""

    codec: str
    errors: str
    label: str


def detect(stream: BinaryIO) -> Encoding:
    """Reads the whole stream and says how to decode it.

    Raises ``UnusableList`` where it is empty, no text, text of another kind than a table, or has a line out
    of bounds.
    """
    stream.seek(0)
    head = stream.read(PIECE)
    if not head.strip(b" \t\r\n\x00\x1a\xef\xbb\xbf"):
        raise UnusableList("The file is empty.", "Check that the upload was complete, and upload it again.")
    for signature, kind, remedy in _SIGNATURES:
        if head.startswith(signature):
            raise UnusableList(f"The file is {kind}, not a list in text form.", remedy)
    encoding = _guess(stream, head)
    _refuse_other_text(head.decode(encoding.codec, "ignore")[:4096])
    _check(stream, encoding)
    return encoding


def text_of(stream: BinaryIO, encoding: Encoding) -> io.TextIOWrapper:
    """The stream's text from its beginning, line ends as they are. Closing the text closes the stream."""
    stream.seek(0)
    return io.TextIOWrapper(stream, encoding.codec, encoding.errors, newline="")


def _guess(stream: BinaryIO, head: bytes) -> Encoding:
    for mark, codec, label in _MARKS:
        if head.startswith(mark):
            return Encoding(codec, _STRAY if codec == "utf-8-sig" else "replace", label)
    sample = head[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    # Padding with NUL characters has as many in even places as in odd ones.
    if max(even, odd) > len(sample) // 5 and min(even, odd) <= len(sample) // 20:
        codec = "utf-16-be" if even > odd else "utf-16-le"
        return Encoding(codec, "replace", "UTF-16 without byte order mark")
    strays, others = _count_strays(stream)
    if strays == 0:
        return Encoding("utf-8", "strict", "UTF-8" if others else "ASCII")
    if others > strays:
        return Encoding("utf-8", _STRAY, f"UTF-8 with {strays} stray characters of Windows-1252")
    if _speaks_mac(stream):
        return Encoding("mac_roman", "strict", "MacRoman")
    return Encoding("cp1252", "replace", "Windows-1252")


def _speaks_mac(stream: BinaryIO) -> bool:
    """Whether text of one byte a letter makes better words as MacRoman than as Windows-1252."""
    found: Counter[tuple[bytes, bytes, bytes]] = Counter()
    stream.seek(0)
    while (piece := stream.read(PIECE)) and found.total() < _ENOUGH_WORDS:
        found.update(_HIGH.findall(piece))
    return sum(n * _likeness(word, "mac_roman") for word, n in found.items()) > sum(
        n * _likeness(word, "cp1252") for word, n in found.items()
    )


def _likeness(word: tuple[bytes, bytes, bytes], codec: str) -> int:
    """How much a letter beyond ASCII, between its neighbours, looks like English or Spanish in an encoding."""
    before, letter, after = (part.decode(codec, "replace") for part in word)
    if letter in _LOWER:
        return 2 if not before.isupper() or after.islower() else 0
    if letter in _UPPER:
        return 2 if (not before.islower() and not after.islower()) or not before.isalpha() else -1
    if letter in "\u2019\u2018":
        return 2 if before.isalpha() else 1
    if letter in _MARKS_OF_TEXT:
        return -1 if before.isalpha() and after.isalpha() else 2
    return -2


def _count_strays(stream: BinaryIO) -> tuple[int, int]:
    """How many bytes are not UTF-8, and how many characters beyond ASCII there are besides."""
    strays = others = 0
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    stream.seek(0)
    final = False
    while not final:
        piece = stream.read(PIECE)
        final = not piece
        text = decoder.decode(piece, final)
        if not text.isascii():
            found = len(_ESCAPED.findall(text))
            strays += found
            others += len(text) - len(text.encode("ascii", "ignore")) - found
    return strays, others


def _refuse_other_text(text: str) -> None:
    start = text.lstrip("\ufeff \t\r\n").lower()
    html, xml, json = _MARKUP
    if start.startswith(html):
        raise UnusableList(
            "The file is a web page, not a list; perhaps an error page that was saved instead of the download.",
            "Download the list again and look into it before uploading.",
        )
    if start.startswith(xml):
        raise UnusableList("The file is XML or HTML, not a list with rows and columns.", _SAVE_AS)
    if start.startswith(json):
        raise UnusableList("The file looks like JSON, not a list with rows and columns.", "Upload it as CSV.")
    controls = sum(1 for character in text if character < " " and character not in _ALLOWED_CONTROLS)
    if "\x00" not in text and controls > max(2, len(text) // 100):
        raise UnusableList("The file is not text: it is full of control characters.", _SAVE_AS)


def _check(stream: BinaryIO, encoding: Encoding) -> None:
    """Refuses NUL characters and lines out of bounds, wherever in the file they are."""
    decoder = codecs.getincrementaldecoder(encoding.codec)(encoding.errors)
    stream.seek(0)
    line_length = lines = 0
    while piece := stream.read(PIECE):
        text = decoder.decode(piece)
        if "\x00" in text:
            lines += text.count("\n", 0, text.index("\x00"))
            raise UnusableList(
                f"The file holds NUL characters (the first after line {lines}): it is no plain text, or damaged.",
                "Export the list again as CSV UTF-8, and upload that.",
            )
        first = min((place for place in (text.find("\n"), text.find("\r")) if place >= 0), default=-1)
        line_length += len(text) if first < 0 else first
        if line_length > MAX_LINE:
            raise UnusableList(
                f"Line {lines + 1} has more than {MAX_LINE:,} characters.",
                "A list has one school per line: check that the line ends were not lost in the export.",
            )
        if first >= 0:
            line_length = len(text) - 1 - max(text.rfind("\n"), text.rfind("\r"))
        lines += text.count("\n") or text.count("\r")
