"""OpenDocument spreadsheets (ODS), read as a stream within bounds."""

import html
import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any
from xml.sax.handler import ContentHandler

from talking_together.invitations.staff_lists.files.archives import BOMB, DAMAGED, ENCRYPTED, Archive
from talking_together.invitations.staff_lists.files.markup import Source, parse
from talking_together.invitations.staff_lists.files.sheets import SheetRows, first_with_rows
from talking_together.invitations.staff_lists.files.tables import (
    MAX_CELL,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    Record,
    Table,
    UnreadableList,
    too_many_columns,
)

CONTENT = "content.xml"
MANIFEST = "META-INF/manifest.xml"
FORMULA = "holds a formula without its result. Open the file in LibreOffice, save it, and upload it again"
MAX_SHEETS = 500

_TABLE = re.compile(rb"<table:table\s[^<>]*?table:name=\"([^\"]{0,400})\"|<table:table-row[\s/>]")
_LOOK_BACK = 1_000
_PIECE = 256 * 1024


def open_document(archive: Archive, sheet: int | None) -> Table:
    """Return the table of a document's sheet, or of its first sheet that has rows."""
    if MANIFEST in archive.names and b"encryption-data" in archive.open(MANIFEST).read(_PIECE):
        raise UnreadableList(ENCRYPTED)
    found = _survey(archive.open(CONTENT))
    if not found:
        raise UnreadableList(DAMAGED)

    def read(number: int) -> Iterator[Record]:
        return SheetRows().of(_cells_of(archive.open(CONTENT), number))

    names = tuple(name for name, _ in found)
    chosen = first_with_rows(sheet, len(names), range(len(names)), read)
    return Table("OpenDocument spreadsheet", found[chosen][1], lambda: read(chosen), names, chosen)


def _survey(source: Source) -> list[tuple[str, int]]:
    """Return the name of each sheet and about how many rows it has."""
    found: list[tuple[str, int]] = []
    kept = b""
    while piece := source.read(_PIECE):
        text = kept + piece
        for match in _TABLE.finditer(text):
            if match.end() <= len(kept):
                continue
            if match[1] is not None:
                found.append((html.unescape(match[1].decode("utf-8", "replace")), 0))
            elif found:
                found[-1] = (found[-1][0], found[-1][1] + 1)
        kept = text[-_LOOK_BACK:]
        if len(found) > MAX_SHEETS:
            raise UnreadableList(BOMB)
    return found


def _cells_of(source: Source, sheet: int) -> Iterator[tuple[int, dict[int, str], dict[int, str]]]:
    """Yield the number, the cells and the faults of each row that the sheet holds."""
    handler = _Rows(sheet)
    for _ in parse(source, handler):
        while handler.rows:
            yield handler.rows.popleft()
        if handler.is_over:
            return


class _Rows(ContentHandler):
    """The rows of a sheet, as they are completed; repeated ones as often as they stand for."""

    def __init__(self, sheet: int) -> None:
        super().__init__()
        self.rows: deque[tuple[int, dict[int, str], dict[int, str]]] = deque()
        self.is_over = False
        self._sheet, self._table, self._depth = sheet, -1, 0
        self._line = self._at = self._seen = 0
        self._row_times = self._cell_times = 1
        self._cells: dict[int, str] = {}
        self._faults: dict[int, str] = {}
        self._value, self._lines = "", [""]
        self._paragraphs = self._notes = self._length = 0
        self._in_paragraph = self._has_formula = False
        # By column: until which row a merged cell reaches, and what it holds.
        self._reaching: dict[int, tuple[int, str]] = {}
        self._rows_spanned = 1

    def startElement(self, name: str, attrs: object) -> None:  # noqa: N802 - the parser calls it
        """Begin a sheet, a row, a cell or a paragraph in it."""
        get = attrs.get  # type: ignore[attr-defined]
        if name == "table:table":
            self._depth += 1
            # A table within a cell is no sheet.
            self._table += self._depth == 1
        if self._table != self._sheet or self._depth != 1:
            return
        if name == "table:table-row":
            self._row_times = _times(get("table:number-rows-repeated"))
            self._at, self._cells, self._faults = 0, {}, {}
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._begin_cell(get, is_covered=name == "table:covered-table-cell")
        elif name == "office:annotation":
            self._notes += 1
        elif name == "text:p" and not self._notes:
            self._begin_paragraph()
        elif self._in_paragraph and not self._notes:
            self._take({"text:tab": "\t", "text:line-break": "\n"}.get(name, ""))
            if name == "text:s":
                self._take(" " * min(_times(get("text:c")), 100))

    def characters(self, content: str) -> None:
        """Take what stands in a paragraph of a cell."""
        if self._in_paragraph and not self._notes:
            self._take(content)

    def endElement(self, name: str) -> None:  # noqa: N802
        """Keep a cell or a row that is complete."""
        if name == "table:table":
            self._depth -= 1
            self.is_over = self.is_over or (self._depth == 0 and self._table == self._sheet)
        if self._table != self._sheet or self._depth != 1:
            return
        if name == "office:annotation":
            self._notes -= 1
        elif name == "text:p" and not self._notes:
            self._in_paragraph = False
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._keep_cell()
        elif name == "table:table-row":
            self._keep_row()

    def _begin_cell(self, attribute: Callable[..., Any], *, is_covered: bool) -> None:
        self._seen += 1
        if self._seen > MAX_CELLS:
            raise UnreadableList(BOMB)
        self._cell_times = _times(attribute("table:number-columns-repeated"))
        self._rows_spanned = _times(attribute("table:number-rows-spanned"))
        kind = attribute("office:value-type", "")
        self._has_formula = not kind and attribute("table:formula") is not None
        value = {"date": "office:date-value", "float": "office:value"}.get(kind, "")
        self._value = (attribute(value, "") or "")[:100] if value else ""
        if kind == "date":
            self._value = self._value[:10]
        self._lines, self._paragraphs, self._length = [], 0, 0
        if is_covered:
            reaching = self._reaching.get(self._at, (0, ""))
            self._value = reaching[1] if reaching[0] > self._line else ""

    def _begin_paragraph(self) -> None:
        if self._paragraphs:
            self._take("\n")
        self._paragraphs += 1
        self._in_paragraph = True

    def _take(self, text: str) -> None:
        if self._length <= MAX_CELL:
            self._lines.append(text)
            self._length += len(text)

    def _keep_cell(self) -> None:
        text = _plain_number(self._value) or "".join(self._lines)
        if text.strip():
            if self._at + self._cell_times > MAX_COLUMNS:
                raise too_many_columns()
            for at in range(self._at, self._at + self._cell_times):
                self._cells[at] = text
            if self._rows_spanned > 1:
                self._reaching[self._at] = (self._line + self._rows_spanned, text)
        elif self._has_formula and self._at < MAX_COLUMNS:
            self._faults[self._at] = FORMULA
        self._at += self._cell_times

    def _keep_row(self) -> None:
        if self._cells or self._faults:
            # One more than a list can have, so that what it is refused for is said.
            for more in range(1, min(self._row_times, MAX_ROWS + 2) + 1):
                self.rows.append((self._line + more, self._cells, self._faults))
        self._line += self._row_times


def _times(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdecimal() and len(text) < 10 else 1


def _plain_number(text: str) -> str:
    """Return a whole number without the fraction that some programs write."""
    return text.removesuffix(".0") if text.endswith(".0") else text
