"""Files that sponsors send their codes in: text, CSV or a workbook, of one column."""

import codecs
import io
from typing import Any

from talking_together.core.archives import Archive, Why
from talking_together.core.csv_cells import read_cells
from talking_together.core.errors import InvalidInput
from talking_together.core.spreadsheets import openpyxl
from talking_together.rewards.catalogue.codes import MOST_CODES

MAX_BYTES = 2 * 1024 * 1024
# Codes take a few kilobytes; what unpacks to more is no list of them.
MAX_UNPACKED = 48 * 1024 * 1024
ACCEPT = ".txt,.csv,.xlsx,text/plain,text/csv"
_PIECE = 256 * 1024

TOO_LARGE = "The file must be smaller than 2 MB. Add the codes in parts"
NOT_A_LIST = "Choose a text, CSV or Excel file (XLSX). This file is something else"
NO_WORKBOOK = "The workbook cannot be read. Save it again as CSV, or copy the codes into the box"
ONE_COLUMN = "Line {line:,} has more than one column. Leave only the codes in the file"


def lines_in(content: bytes, name: str) -> list[str]:
    """Return the lines of a file, each a code; raises InvalidInput on `file`."""
    if len(content) > MAX_BYTES:
        raise _refusal(TOO_LARGE)
    if content.startswith(b"PK\x03\x04"):
        return _lines_of_workbook(content)
    text = _text_of(content)
    if name.lower().endswith(".csv"):
        return _lines_of_csv(text)
    return text.splitlines()


def _text_of(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if "\0" in text:
        raise _refusal(NOT_A_LIST)
    return text


def _lines_of_csv(text: str) -> list[str]:
    first = text.partition("\n")[0]
    delimiter = ";" if ";" in first and "," not in first else ","
    cells = read_cells(io.StringIO(text, newline=""), delimiter=delimiter)
    return _one_column(list(cells))


def _lines_of_workbook(content: bytes) -> list[str]:
    _check_archive(content)
    try:
        book = openpyxl().load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(max_row=MOST_CODES + 2, max_col=20, values_only=True)
        found = [[_written(value) for value in row] for row in rows]
    except Exception:  # noqa: BLE001 - a broken workbook breaks its reader in any of its parts
        raise _refusal(NO_WORKBOOK) from None
    return _one_column(found)


def _check_archive(content: bytes) -> None:
    """Refuse what unpacks to far too much, and what declares entities of its own."""
    archive = Archive(content, refusal=_archive_refusal)
    unpacked = 0
    for name in sorted(archive.names):
        if name.endswith("/"):
            continue
        part, begins = archive.open(name), b""
        while piece := part.read(_PIECE):
            begins = begins or piece[:2_000]
            unpacked += len(piece)
            if unpacked > MAX_UNPACKED:
                raise _refusal(NO_WORKBOOK)
        if b"<!" in begins or (name.endswith((".xml", ".rels")) and b"\0" in begins):
            raise _refusal(NO_WORKBOOK)


def _archive_refusal(_why: Why) -> Exception:
    return _refusal(NO_WORKBOOK)


def _one_column(rows: list[list[str]]) -> list[str]:
    for line, cells in enumerate(rows, start=1):
        if sum(bool(cell.strip()) for cell in cells) > 1:
            raise _refusal(ONE_COLUMN.format(line=line))
    return [next((cell for cell in cells if cell.strip()), "") for cells in rows]


def _written(value: Any) -> str:
    # A workbook keeps every number as one with a fraction.
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)


def _refusal(words: str) -> InvalidInput:
    return InvalidInput(words, field="file")
