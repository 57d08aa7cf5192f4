"""Reading a staff list as it comes: any usual encoding, separator and wording of the headings."""

import codecs
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from talking_together.core.csv_cells import read_cells

MAX_ROWS = 100_000
MAX_COLUMNS = 200
LOOK_AT = 64 * 1024

HEADINGS: dict[str, tuple[str, ...]] = {
    "email": (
        "email", "e mail", "email address", "e mail address", "mail", "work email",
        "work email address", "staff email", "nhs email", "email work", "contact email",
        "primary email", "mail address",
    ),
    "name": (
        "name", "full name", "fullname", "staff name", "employee name", "display name",
        "person", "colleague", "employee", "member of staff", "staff member",
    ),
    "first_name": ("first name", "firstname", "forename", "given name", "first", "known as"),
    "last_name": ("last name", "lastname", "surname", "family name", "last"),
    "organisation": (
        "organisation", "organization", "org", "employer", "trust", "company", "partner",
        "organisation name", "organization name", "employing organisation",
    ),
    "groups": (
        "groups", "group", "staff group", "staff groups", "team", "teams", "department",
        "ward", "team name", "staff group s",
    ),
    "job_title": (
        "job title", "jobtitle", "title", "job", "role", "position", "post", "post title",
        "position title", "job role", "occupation",
    ),
}  # fmt: skip
_FIELD_OF = {wording: field for field, wordings in HEADINGS.items() for wording in wordings}


class UnreadableList(Exception):
    """The file as a whole cannot be read as a staff list; the message says what to do."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row as it stands in the file; `row` counts as a spreadsheet does, headings first."""

    row: int
    cells: dict[str, str]
    is_empty: bool


def read_staff_list(stream: BinaryIO) -> Iterator[ListRow]:
    """Yield the rows below the headings of a CSV file; raises UnreadableList for the whole file.

    The stream is read piece by piece: memory holds one row, never the file.
    """
    encoding = _encoding_of(stream)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    try:
        first_lines = text.read(LOOK_AT)
        delimiter = _delimiter_of(first_lines)
        text.seek(0)
        yield from _rows(read_cells(text, delimiter=delimiter))
    finally:
        text.detach()


def _encoding_of(stream: BinaryIO) -> str:
    stream.seek(0)
    start = stream.read(LOOK_AT)
    if not start.strip(b"\x00 \t\r\n"):
        raise UnreadableList("The file is empty. Choose a CSV file with a row of headings.")
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableList(
            "This is a workbook. Open it, choose “Save as”, then “CSV UTF-8”, and upload that."
        )
    if start.startswith(b"%PDF"):
        raise UnreadableList("This is a PDF. Ask for the list as a CSV file.")
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = start[0::2], start[1::2]
    for encoding, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if high.count(0) > len(high) * 0.7 and low.count(0) < len(low) * 0.3:
            return encoding
    return "utf-8-sig" if _is_utf8(stream) else "cp1252"


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    try:
        while piece := stream.read(LOOK_AT):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter_of(start: str) -> str:
    """Return the separator under which the headings make most sense."""

    def recognised(delimiter: str) -> int:
        for record in read_cells(io.StringIO(start, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in record):
                return len(_columns(record))
        return 0

    return max(",;\t|", key=recognised)


def _rows(reader: Iterator[list[str]]) -> Iterator[ListRow]:
    columns: dict[int, str] | None = None
    below = 0
    for row, record in enumerate(reader, start=1):
        is_empty = not any(cell.strip("\x00 \t\r\n") for cell in record)
        if columns is None:
            if not is_empty:
                columns = _heading(record)
            continue
        below += 1
        if below > MAX_ROWS:
            raise UnreadableList(f"The file has more than {MAX_ROWS:,} rows. Split it and upload the parts.")
        cells = {field: record[at] for at, field in columns.items() if at < len(record)}
        yield ListRow(row, _with_whole_name(cells), is_empty)
    if columns is None:
        raise UnreadableList("The file is empty. Choose a CSV file with a row of headings.")


def _heading(record: list[str]) -> dict[int, str]:
    columns = _columns(record)
    if "email" not in columns.values():
        raise UnreadableList(
            "We could not find a column of email addresses. Name the columns in the first row: "
            "Name, Email, Organisation, Groups, Job title."
        )
    return columns


def _columns(record: list[str]) -> dict[int, str]:
    """Return which column holds which field; of two columns for a field the first counts."""
    columns: dict[int, str] = {}
    for at, cell in enumerate(record[:MAX_COLUMNS]):
        words = unicodedata.normalize("NFKC", cell[:200]).casefold().replace("organisation's", "organisation")
        field = _FIELD_OF.get(" ".join(re.findall(r"[a-z0-9]+", words)))
        if field and field not in columns.values():
            columns[at] = field
    return columns


def _with_whole_name(cells: dict[str, str]) -> dict[str, str]:
    parts = [cells.pop("first_name", ""), cells.pop("last_name", "")]
    if not cells.get("name", "").strip():
        cells["name"] = " ".join(part.strip() for part in parts if part.strip())
    return cells
