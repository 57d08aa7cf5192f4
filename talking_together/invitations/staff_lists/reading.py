"""Reading a staff list as it comes: where its headings are, what its columns hold, its rows."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from talking_together.invitations.models import JOINING, LEAVING
from talking_together.invitations.staff_lists.files.headings import columns_named_in
from talking_together.invitations.staff_lists.files.opening import EMPTY, open_table
from talking_together.invitations.staff_lists.files.tables import MAX_ROWS, Record, Table, UnreadableList

__all__ = ["MAX_ROWS", "Layout", "ListRow", "UnreadableList", "layout_of", "read_staff_list", "rows_of"]

FIELDS_OF = {
    JOINING: ("email", "name", "first_name", "last_name", "organisation", "groups", "job_title"),
    LEAVING: ("email", "staff_number", "name", "first_name", "last_name"),
}
# How many rows say where the headings are and what the columns hold.
LOOK_AT = 60
HEADINGS_WITHIN = 10
NO_EMAILS = (
    "We could not find a column of email addresses. Name the columns in the first row: "
    "Name, Email, Organisation, Groups, Job title."
)
NO_LEAVERS = (
    "We could not find a column of email addresses or staff numbers. Name the columns in the first row: "
    "Name, Email, Staff number."
)

_LIKE_AN_ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")
_LIKE_A_NAME = re.compile(r"[^\W\d_][^\d@]*")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the headings stand (row 0: nowhere) and which column holds which field."""

    heading_row: int
    headings: list[str]
    columns: dict[str, int]


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row as it stands in the file; `row` counts as a spreadsheet does, headings first.

    `cells` are those of our fields and `whole` all of them; `faults` says of a field what in its
    cell cannot be understood.
    """

    row: int
    cells: dict[str, str]
    is_empty: bool
    whole: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)


def read_staff_list(stream: BinaryIO) -> Iterator[ListRow]:
    """Yield the rows of a list of people to invite, its columns as we find them."""
    table = open_table(stream.read())
    layout = layout_of(table)
    yield from rows_of(table, layout.heading_row, layout.columns)


def layout_of(
    table: Table,
    kind: str = JOINING,
    *,
    heading_row: int | None = None,
    is_organisation: Collection[str] = (),
) -> Layout:
    """Return where a table's headings are and what its columns hold.

    `heading_row` is where an admin says that they are; `is_organisation` holds the partners' names
    in lower case, by which a column without a heading is known.
    """
    records = [record for record in islice(table.records(), LOOK_AT) if not record.is_empty]
    if not records:
        raise UnreadableList(EMPTY)
    if heading_row is None:
        heading_row = _heading_row_in(records)
    headings = next((record.cells for record in records if record.line == heading_row), [])
    below = [record.cells for record in records if record.line > heading_row]
    wanted = FIELDS_OF[kind]
    columns = {name: at for name, at in columns_named_in(headings).items() if name in wanted}
    if "email" not in columns and (found := _column_of_addresses(below, columns.values())) is not None:
        columns["email"] = found
    if not headings:
        columns |= _columns_by_content(below, columns, is_organisation)
    if not {"email", "staff_number"} & columns.keys():
        raise UnreadableList(NO_EMAILS if kind == JOINING else NO_LEAVERS)
    return Layout(heading_row if headings else 0, [cell[:200] for cell in headings], columns)


def rows_of(table: Table, heading_row: int, columns: Mapping[str, int]) -> Iterator[ListRow]:
    """Yield the rows below the headings."""
    for record in table.records():
        if record.line <= heading_row:
            continue
        cells = {name: record.cells[at] for name, at in columns.items() if at < len(record.cells)}
        faults = {name: record.faults[at] for name, at in columns.items() if at in record.faults}
        for part in ("first_name", "last_name"):
            if part in faults:
                faults.setdefault("name", faults.pop(part))
        yield ListRow(record.line, _with_whole_name(cells), record.is_empty, record.cells, faults)


def _heading_row_in(records: Sequence[Record]) -> int:
    """Return the row that names the columns, or 0 where the people begin at once."""
    first = records[:HEADINGS_WITHIN]
    for record in first:
        if _holds_an_address(record.cells):
            break
        named = columns_named_in(record.cells)
        if {"email", "staff_number"} & named.keys() or len(named) > 1:
            return record.line
    return 0 if _holds_an_address(first[0].cells) else first[0].line


def _holds_an_address(cells: Sequence[str]) -> bool:
    return any(_LIKE_AN_ADDRESS.search(cell[:400]) for cell in cells)


def _column_of_addresses(rows: Sequence[Sequence[str]], taken: Collection[int]) -> int | None:
    """Return the column with the most addresses in it."""
    counts: dict[int, int] = {}
    for cells in rows:
        for at, cell in enumerate(cells):
            if at not in taken and _LIKE_AN_ADDRESS.search(cell[:400]):
                counts[at] = counts.get(at, 0) + 1
    return max(counts, key=lambda at: (counts[at], -at)) if counts else None


def _columns_by_content(
    rows: Sequence[Sequence[str]], columns: Mapping[str, int], is_organisation: Collection[str]
) -> dict[str, int]:
    """Return the columns of organisations and names, where no heading says which they are."""
    found: dict[str, int] = {}
    names: list[int] = []
    for at in range(max(map(len, rows), default=0)):
        cells = [cells[at].strip() for cells in rows if at < len(cells) and cells[at].strip()]
        if at in columns.values() or not cells:
            continue
        if "organisation" not in found and any(" ".join(c.lower().split()) in is_organisation for c in cells):
            found["organisation"] = at
        elif len(names) < 2 and all(_LIKE_A_NAME.fullmatch(cell[:200]) for cell in cells):
            names.append(at)
    if len(names) == 2 and all(
        " " not in cells[at].strip() for at in names for cells in rows if at < len(cells)
    ):
        return {**found, "first_name": names[0], "last_name": names[1]}
    return {**found, "name": names[0]} if names else found


def _with_whole_name(cells: dict[str, str]) -> dict[str, str]:
    parts = [cells.pop("first_name", ""), cells.pop("last_name", "")]
    if not cells.get("name", "").strip():
        cells["name"] = " ".join(part.strip() for part in parts if part.strip())
    return cells
