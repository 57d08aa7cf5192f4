"""Lists as text: CSV and its kin, and what is pasted from a spreadsheet; encoding and separator found out."""

import codecs
import io
from collections.abc import Iterator
from itertools import islice

from talking_together.core.csv_cells import read_cells
from talking_together.invitations.staff_lists.files.headings import recognised
from talking_together.invitations.staff_lists.files.tables import MAX_COLUMNS, Record, Table

LOOK_AT = 64 * 1024
# How many of the first lines say what separates the cells.
FIRST_LINES = 20

_ENCODING_WORDS = {
    "utf-8-sig": "UTF-8",
    "cp1252": "Windows Western",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
}
_DELIMITER_WORDS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def open_text(content: bytes) -> Table:
    """Return the table that a file of text holds."""
    encoding = _encoding_of(content)
    first_lines = _text_of(content, encoding).read(LOOK_AT)
    named = _named_delimiter(first_lines)
    delimiter = named or _delimiter_of(first_lines)

    def read() -> Iterator[Record]:
        lines = read_cells(_text_of(content, encoding), delimiter=delimiter)
        for line, cells in enumerate(lines, start=1):
            # What a spreadsheet writes of empty columns is no column.
            while len(cells) > MAX_COLUMNS and not cells[-1]:
                cells.pop()
            if not (line == 1 and named):
                yield Record(line, cells)

    words = f"CSV, {_ENCODING_WORDS[encoding]}, separated by {_DELIMITER_WORDS[delimiter]}"
    # About as many: a cell may hold line ends as well.
    lines = max(content.count(b"\n"), content.count(b"\r"))
    return Table(words, lines + (not content.endswith((b"\n", b"\r", b"\n\x00"))), read)


def _text_of(content: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, errors="replace", newline="")


def _encoding_of(content: bytes) -> str:
    start = content[:LOOK_AT]
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = start[0::2], start[1::2]
    for encoding, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if high.count(0) > len(high) * 0.7 and low.count(0) < len(low) * 0.3:
            return encoding
    return "utf-8-sig" if _is_utf8(content) else "cp1252"


def _is_utf8(content: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), LOOK_AT):
            decoder.decode(content[start : start + LOOK_AT])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _named_delimiter(start: str) -> str | None:
    """Return the separator that a first line for Excel names, "sep=;"."""
    first = start.lstrip("\ufeff").split("\n", 1)[0].rstrip("\r").casefold()
    return first[4] if first.startswith("sep=") and first[4:] in _DELIMITER_WORDS else None


def _delimiter_of(start: str) -> str:
    """Return the separator under which the headings, or else the rows, make most sense."""

    def sense(delimiter: str) -> tuple[int, int]:
        lines = read_cells(io.StringIO(start, newline=""), delimiter=delimiter)
        rows = [row for row in islice(lines, FIRST_LINES) if any(cell.strip() for cell in row)]
        # The last of them may have been cut off.
        widths = [len(row) for row in (rows[:-1] or rows)]
        return max((recognised(row) for row in rows), default=0), min(widths, default=1)

    return max(_DELIMITER_WORDS, key=sense)
