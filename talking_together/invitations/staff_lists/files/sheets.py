"""What workbooks of either kind have in common: gaps between rows, and cells merged over several."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from talking_together.invitations.staff_lists.files.tables import (
    MAX_COLUMNS,
    Record,
    UnreadableList,
    too_many_columns,
)

# Empty rows between two that hold something count as rows, unless the gap is longer than this.
LONGEST_GAP = 1_000
EMPTY = "The workbook is empty. Choose a file with a row for each person."


@dataclass(frozen=True, slots=True)
class Span:
    """A cell that reaches over several rows, from `top` to `bottom`; columns count from 0."""

    top: int
    bottom: int
    first: int
    last: int


class SheetRows:
    """Turns the cells that a sheet holds into rows, with what is merged in each of its rows."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._starting: dict[int, list[Span]] = {}
        for span in spans:
            self._starting.setdefault(span.top, []).append(span)
        # By column: until which row, and what.
        self._reaching: dict[int, tuple[int, str]] = {}

    def of(self, rows: Iterable[tuple[int, dict[int, str], dict[int, str]]]) -> Iterator[Record]:
        """Yield the rows up to the last that holds something."""
        seen = 0
        for line, cells, faults in rows:
            # A row that holds nothing of its own is empty, whatever is merged over it.
            holds_something = bool(faults) or any(cell.strip() for cell in cells.values())
            self._spread(line, cells)
            if not holds_something:
                continue
            width = max((*(at for at, cell in cells.items() if cell.strip()), *faults)) + 1
            if width > MAX_COLUMNS:
                raise too_many_columns()
            if seen and line - seen - 1 <= LONGEST_GAP:
                yield from (Record(empty, []) for empty in range(seen + 1, line))
            # A file may number its rows wrongly; each is kept under a number of its own.
            seen = max(line, seen + 1)
            yield Record(seen, [cells.get(at, "") for at in range(width)], faults)

    def _spread(self, line: int, cells: dict[int, str]) -> None:
        for at, (bottom, value) in list(self._reaching.items()):
            if line > bottom:
                del self._reaching[at]
            elif not cells.get(at):
                cells[at] = value
        for span in self._starting.pop(line, ()):
            if merged := cells.get(span.first):
                self._reaching[span.first] = (span.bottom, merged)


def first_with_rows(
    sheet: int | None,
    count: int,
    order: Sequence[int],
    read: Callable[[int], Iterator[Record]],
) -> int:
    """Return the sheet that was asked for, or the first in the order that holds a row."""
    if sheet is not None and 0 <= sheet < count:
        return sheet
    for number in order:
        if any(True for _ in islice(read(number), 1)):
            return number
    raise UnreadableList(EMPTY)
