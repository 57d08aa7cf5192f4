"""Excel workbooks (XLSX), read as a stream within bounds."""

import posixpath
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from xml.sax.handler import ContentHandler

from talking_together.core.spreadsheets import openpyxl
from talking_together.invitations.staff_lists.files.archives import BOMB, DAMAGED, Archive
from talking_together.invitations.staff_lists.files.markup import Source, local, parse, parse_whole
from talking_together.invitations.staff_lists.files.sheets import SheetRows, Span, first_with_rows
from talking_together.invitations.staff_lists.files.tables import (
    MAX_CELL,
    MAX_CELLS,
    Record,
    Table,
    UnreadableList,
)

FORMULA = "holds a formula without its result. Open the file in Excel, save it, and upload it again"
MAX_STRINGS = 2_000_000
MAX_STRING_CHARACTERS = 64 * 1024 * 1024
MAX_SPANS = 50_000
# More rows than a sheet of Excel's has.
MAX_ROWS_OF_SHEET = 1_100_000

_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*?ref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\"")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_LOOK_BACK = 200
_PIECE = 256 * 1024


@dataclass(frozen=True)
class _Sheet:
    name: str
    part: str
    is_hidden: bool


def open_workbook(archive: Archive, sheet: int | None) -> Table:
    """Return the table of a workbook's sheet, or of its first sheet that has rows."""
    book = _Book(archive)
    parse_whole(archive.open(book.part), book)
    sheets = book.sheets()
    if not sheets:
        raise UnreadableList(DAMAGED)
    look = _Look(archive, book)

    @cache
    def survey(number: int) -> tuple[int, list[Span]]:
        return _survey(archive.open(sheets[number].part))

    def read(number: int) -> Iterator[Record]:
        _, spans = survey(number)
        return SheetRows(spans).of(_cells_of(archive.open(sheets[number].part), look))

    names = tuple(each.name for each in sheets)
    visible = [number for number, each in enumerate(sheets) if not each.is_hidden]
    chosen = first_with_rows(sheet, len(names), visible, read)
    return Table("Excel workbook", survey(chosen)[0], lambda: read(chosen), names, chosen)


class _Book(ContentHandler):
    """The workbook's own part: its sheets in their order."""

    def __init__(self, archive: Archive) -> None:
        super().__init__()
        self.part = "xl/workbook.xml"
        for target in _targets(archive, "_rels/.rels", "", "/officeDocument").values():
            self.part = target
        if self.part not in archive.names:
            raise UnreadableList(DAMAGED)
        self.epoch = openpyxl().utils.datetime.WINDOWS_EPOCH
        folder, name = posixpath.split(self.part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        self._sheet_parts = _targets(archive, rels, folder, "/worksheet")
        self.strings = next(iter(_targets(archive, rels, folder, "/sharedStrings").values()), None)
        self.styles = next(iter(_targets(archive, rels, folder, "/styles").values()), None)
        self._sheets: list[_Sheet] = []

    def sheets(self) -> list[_Sheet]:
        """Return the sheets that hold cells."""
        return self._sheets

    def startElement(self, name: str, attrs: object) -> None:  # noqa: N802 - the parser calls it
        """Note a sheet, and from when the workbook counts its days."""
        found = {local(key): value for key, value in attrs.items()}  # type: ignore[attr-defined]
        if local(name) == "sheet" and found.get("id") in self._sheet_parts:
            is_hidden = found.get("state", "visible") != "visible"
            self._sheets.append(_Sheet(found.get("name", ""), self._sheet_parts[found["id"]], is_hidden))
        elif local(name) == "workbookPr" and found.get("date1904") in ("1", "true"):
            self.epoch = openpyxl().utils.datetime.MAC_EPOCH


def _targets(archive: Archive, rels: str, folder: str, kind: str) -> dict[str, str]:
    """Return the parts of a kind that a part is related to, by the id of the relation."""
    found: dict[str, str] = {}

    class Relations(ContentHandler):
        """The relations of a part."""

        def startElement(self, name: str, attrs: object) -> None:  # noqa: N802
            """Note a relation of the kind that is asked for."""
            get = attrs.get  # type: ignore[attr-defined]
            if local(name) == "Relationship" and get("Type", "").endswith(kind) and get("Target"):
                target = posixpath.normpath(posixpath.join("/", folder, get("Target"))).lstrip("/")
                if target in archive.names:
                    found[get("Id", "")] = target

    if rels in archive.names:
        parse_whole(archive.open(rels), Relations())
    return found


class _Look:
    """What the cells of a workbook refer to: its strings, and which of its styles show a date."""

    def __init__(self, archive: Archive, book: _Book) -> None:
        self.epoch = book.epoch
        styles = _Styles()
        if book.styles:
            parse_whole(archive.open(book.styles), styles)
        self.dates = styles.dates()
        strings = _Strings()
        self._strings = strings.found
        self._more = parse(archive.open(book.strings), strings) if book.strings else iter(())

    def string(self, index: int) -> str:
        """Return a shared string; reads no further than to where it stands."""
        while index >= len(self._strings):
            if next(self._more, self) is self:
                return ""
        return self._strings[index]

    def date(self, number: str) -> str:
        """Return the day that a number of the workbook stands for, or the number."""
        try:
            return str(openpyxl().utils.datetime.from_excel(float(number), self.epoch))[:10]
        except (ValueError, OverflowError):
            return number


class _Strings(ContentHandler):
    """The strings that the cells share, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._characters = 0
        self._parts: list[str] = []
        self._is_text = self._is_reading_aid = False

    def startElement(self, name: str, attrs: object) -> None:  # noqa: ARG002, N802
        """Begin a string, or a part of one."""
        tag = local(name)
        if tag == "si":
            self._parts = []
        elif tag == "rPh":
            self._is_reading_aid = True
        elif tag == "t":
            self._is_text = not self._is_reading_aid

    def characters(self, content: str) -> None:
        """Take what stands in it."""
        if self._is_text:
            self._parts.append(content)
            self._characters += len(content)
            if self._characters > MAX_STRING_CHARACTERS:
                raise UnreadableList(BOMB)

    def endElement(self, name: str) -> None:  # noqa: N802
        """Keep a string that is complete."""
        tag = local(name)
        if tag == "t":
            self._is_text = False
        elif tag == "rPh":
            self._is_reading_aid = False
        elif tag == "si":
            self.found.append("".join(self._parts))
            if len(self.found) > MAX_STRINGS:
                raise UnreadableList(BOMB)


class _Styles(ContentHandler):
    """Which of the cells' styles show a number as a date."""

    def __init__(self) -> None:
        super().__init__()
        self._formats = dict(openpyxl().styles.numbers.BUILTIN_FORMATS)
        self._numbers: list[int] = []
        self._in_cells = False

    def startElement(self, name: str, attrs: object) -> None:  # noqa: N802
        """Note a format, or a style and its format."""
        get = attrs.get  # type: ignore[attr-defined]
        tag = local(name)
        if tag == "cellXfs":
            self._in_cells = True
        elif tag == "numFmt":
            self._formats[_whole(get("numFmtId"))] = get("formatCode", "")[:200]
        elif tag == "xf" and self._in_cells:
            self._numbers.append(_whole(get("numFmtId")))

    def endElement(self, name: str) -> None:  # noqa: N802
        """Leave the styles of cells."""
        if local(name) == "cellXfs":
            self._in_cells = False

    def dates(self) -> set[int]:
        """Return the styles that show a date."""
        is_date = openpyxl().styles.numbers.is_date_format
        return {
            style
            for style, number in enumerate(self._numbers)
            if number in range(27, 37) or number in range(50, 59) or is_date(self._formats.get(number))
        }


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0


def _survey(source: Source) -> tuple[int, list[Span]]:
    """Return about how many rows a sheet has, and its merged cells, which stand at its end."""
    rows, kept = 0, b""
    spans: list[Span] = []
    while piece := source.read(_PIECE):
        text = kept + piece
        # A match that ends in what was kept has been counted with the piece before.
        rows += sum(1 for match in _ROW.finditer(text) if match.end() > len(kept))
        for match in _MERGED.finditer(text):
            first, top, last, bottom = match.groups()
            if match.end() > len(kept) and top != bottom and len(spans) < MAX_SPANS:
                spans.append(Span(int(top), int(bottom), _column(first.decode()), _column(last.decode())))
        kept = text[-_LOOK_BACK:]
        if rows > MAX_ROWS_OF_SHEET:
            raise UnreadableList(BOMB)
    return rows, spans


def _column(letters: str) -> int:
    """Return the place of a column, "A" being 0."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _cells_of(source: Source, look: _Look) -> Iterator[tuple[int, dict[int, str], dict[int, str]]]:
    """Yield the number, the cells and the faults of each row that the sheet holds."""
    handler = _Rows(look)
    for _ in parse(source, handler):
        while handler.rows:
            yield handler.rows.popleft()


class _Rows(ContentHandler):
    """The rows of a sheet, as they are completed."""

    def __init__(self, look: _Look) -> None:
        super().__init__()
        self.rows: deque[tuple[int, dict[int, str], dict[int, str]]] = deque()
        self._look = look
        self._line = self._at = self._seen = 0
        self._cells: dict[int, str] = {}
        self._faults: dict[int, str] = {}
        self._kind = self._style = ""
        self._parts: list[str] = []
        self._length = 0
        self._is_text = self._has_formula = self._is_reading_aid = False
        self._tags: dict[str, str] = {}

    def startElement(self, name: str, attrs: object) -> None:  # noqa: N802
        """Begin a row, a cell or its value."""
        tag = self._tags.get(name) or self._tags.setdefault(name, local(name))
        get = attrs.get  # type: ignore[attr-defined]
        if tag == "c":
            reference = _REFERENCE.fullmatch(get("r", ""))
            self._at = _column(reference[1]) if reference else self._at + 1
            self._kind, self._style = get("t", "n"), get("s", "")
            self._seen += 1
            if self._seen > MAX_CELLS:
                raise UnreadableList(BOMB)
            self._parts, self._length, self._has_formula = [], 0, False
        elif tag in ("v", "t"):
            self._is_text = not self._is_reading_aid
        elif tag == "f":
            self._has_formula = True
        elif tag == "rPh":
            self._is_reading_aid = True
        elif tag == "row":
            self._line = _whole(get("r")) or self._line + 1
            self._at, self._cells, self._faults = -1, {}, {}

    def characters(self, content: str) -> None:
        """Take what stands in a value, and of one that is far too long its beginning."""
        if self._is_text and self._length <= MAX_CELL:
            self._parts.append(content)
            self._length += len(content)

    def endElement(self, name: str) -> None:  # noqa: N802
        """Keep a cell or a row that is complete."""
        tag = self._tags.get(name, name)
        if tag in ("v", "t"):
            self._is_text = False
        elif tag == "c":
            self._keep_cell("".join(self._parts))
        elif tag == "rPh":
            self._is_reading_aid = False
        elif tag == "row":
            self.rows.append((self._line, self._cells, self._faults))

    def _keep_cell(self, value: str) -> None:
        if not value:
            if self._has_formula and self._kind != "str":
                self._faults[self._at] = FORMULA
        elif self._kind == "s":
            self._cells[self._at] = self._look.string(_whole(value))
        elif self._kind == "b":
            self._cells[self._at] = "TRUE" if value == "1" else "FALSE"
        elif self._kind == "n":
            self._cells[self._at] = self._number(value)
        else:
            self._cells[self._at] = value

    def _number(self, value: str) -> str:
        if _whole(self._style) in self._look.dates:
            return self._look.date(value)
        try:
            number = float(value)
        except ValueError:
            return value
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value
