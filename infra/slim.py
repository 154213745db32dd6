"""Leaves out of a package what only people and debuggers read: symbols of compiled libraries, texts in modules.

What runs is the same. A shared library (ELF) is loaded by its program headers; section headers, and the symbol tables
that only they lead to, are not. This does what `strip` does, which is not on every machine, and says no more than that:
the same bytes make the same bytes.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_MAGIC: Final = b"\x7fELF\x02\x01"
"""64 bits, little-endian: all that Lambda runs."""
_PROGRAM_HEADERS: Final = 32
"""Where the file says where they are (8 bytes); behind it the same of the section headers."""
_COUNTS: Final = 54
"""Where it says size and number of the former, of the latter, and which of those holds names (2 bytes each)."""
_LOADED: Final = 1
_OFFSET: Final = 8
"""Where a program header has its segment's place in the file."""

COMPILE: Final = """
import ast, marshal, sys
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path

# Nothing but the documentation of compiled functions.
texts = {"numpy/_core/_add_newdocs.py", "numpy/_core/_add_newdocs_scalars.py"}
# Put their functions' texts elsewhere, or look for words in them, while they or numpy.ma are imported.
reads_itself = {"numpy/_core/multiarray.py", "numpy/_core/numeric.py"}
documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
root = Path(sys.argv[1])
for path in sorted(root.rglob("*.py")):
    source = path.read_bytes()
    try:
        tree = ast.parse(source)
    except SyntaxError:
        continue  # Some packages carry code for other versions of Python.
    name = path.relative_to(root).as_posix()
    if name in texts:
        tree = ast.Module([], [])
    elif name not in reads_itself:
        for node in ast.walk(tree):
            if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
                node.body = node.body[1:] or [ast.copy_location(ast.Pass(), node.body[0])]
    code = compile(tree, name, "exec", dont_inherit=True, optimize=0)
    header = MAGIC_NUMBER + (1).to_bytes(4, "little") + source_hash(source)
    path.with_suffix(".pyc").write_bytes(header + marshal.dumps(code))
    path.unlink()
"""
"""A program for the interpreter that a package is made for: puts compiled modules, without their documentation, in the
place of a folder's sources. They are marked as never to be checked."""


@dataclass(frozen=True, slots=True)
class _Segment:
    kind: int
    header: int
    start: int
    address: int
    length: int
    alignment: int

    @property
    def end(self) -> int:
        return self.start + self.length


def without_symbols(library: bytes) -> bytes:
    """A shared library with what is loaded of it and nothing else.

    What is no such library, or is laid out in a way that is not known here, stays as it is.
    """
    if not library.startswith(_MAGIC):
        return library
    segments = _segments(library)
    loaded = sorted((one for one in segments if one.kind == _LOADED), key=lambda one: one.start)
    if not loaded or loaded[0].start or max(one.header for one in segments) >= loaded[0].end:
        return library
    made = bytearray()
    moved: dict[_Segment, int] = {}
    for one in loaded:
        # Pages are mapped from the file: within one, a byte's place in the file is its place in memory.
        made += bytes((one.address - len(made)) % max(one.alignment, 1))
        moved[one] = len(made) - one.start
        made += library[one.start : one.end]
    for one in segments:
        home = next((by for by in loaded if by.start <= one.start and one.end <= by.end), None)
        if home is not None:
            struct.pack_into("<Q", made, one.header + _OFFSET, one.start + moved[home])
        elif one.length:
            return library
    struct.pack_into("<Q", made, _PROGRAM_HEADERS + 8, 0)
    struct.pack_into("<3H", made, _COUNTS + 4, 0, 0, 0)
    return bytes(made) if len(made) < len(library) else library


def _segments(library: bytes) -> Sequence[_Segment]:
    (first,) = struct.unpack_from("<Q", library, _PROGRAM_HEADERS)
    size, number = struct.unpack_from("<2H", library, _COUNTS)
    found = []
    for header in range(first, first + size * number, size):
        kind, _, start, address, _, length, _, alignment = struct.unpack_from("<2I6Q", library, header)
        found.append(_Segment(kind, header, start, address, length, alignment))
    return found
