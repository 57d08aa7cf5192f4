"""What a file of any kind is read into: numbered rows of cells, within bounds."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

MAX_ROWS = 100_000
MAX_COLUMNS = 1_000
# Of a workbook, the empty ones included.
MAX_CELLS = 10_000_000
# A spreadsheet's own limit is 32,767 characters.
MAX_CELL = 40_000


class UnreadableList(Exception):
    """The file as a whole cannot be read as a staff list; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it stands in the file; `line` counts as a spreadsheet does.

    `faults` says of a cell, by its column, what in it cannot be understood.
    """

    line: int
    cells: list[str]
    faults: dict[int, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Return whether nobody could see anything in the row."""
        return not self.faults and not any(cell.strip("\x00 \t\r\n\u00a0") for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """A file that has been opened: what it is, and its rows, which can be read any number of times."""

    format: str
    rows_expected: int
    read: Callable[[], Iterator[Record]]
    # Of a workbook: the names of its sheets and which of them is read.
    sheets: tuple[str, ...] = ()
    sheet: int = 0

    def records(self) -> Iterator[Record]:
        """Yield the rows in their order; raises UnreadableList where the table is no list any more."""
        return bounded(self.read())


def bounded(records: Iterable[Record]) -> Iterator[Record]:
    """Yield the rows until there are more of them, or more columns, than a list can have."""
    for count, record in enumerate(records, start=1):
        # The headings come on top.
        if count > MAX_ROWS + 1:
            raise UnreadableList(f"The file has more than {MAX_ROWS:,} rows. Split it and upload the parts.")
        if len(record.cells) > MAX_COLUMNS:
            raise too_many_columns()
        yield record


def too_many_columns() -> UnreadableList:
    """Return the words about a table that is too wide."""
    return UnreadableList(
        f"The file has more than {MAX_COLUMNS:,} columns. "
        "Keep the columns of the staff list and delete the rest."
    )
