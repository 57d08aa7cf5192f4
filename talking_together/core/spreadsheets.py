"""Tables for spreadsheets: CSV and XLSX in which no cell runs as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from talking_together.core.clock import to_london

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# What spreadsheets take for the beginning of a formula; the wide forms count in some of them.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
# A sign and nothing but a number or a date behind it is a value, and stays one.
_SIGNED_VALUE = re.compile(r"[+-]\d[\d,. ]*%?|[+-]?\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")


def harmless(text: str) -> str:
    """Return text that a spreadsheet opening a CSV file shows and does not run."""
    if _FORMULA.match(text) and not _SIGNED_VALUE.fullmatch(text):
        return f"'{text}"
    return text


def csv_of(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield a CSV file piece by piece: UTF-8 with the mark that Excel knows it by."""
    yield b"\xef\xbb\xbf"
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([harmless(heading) for heading in headings])
    for row in rows:
        writer.writerow([harmless(str(value)) for value in map(_plain, row)])
        if buffer.tell() > 64 * 1024:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def xlsx_of(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a workbook of one sheet, its headings in bold and fixed; text is stored as text."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31].strip() or "Sheet")
    sheet.freeze_panes = "A2"
    bold = Font(bold=True)
    first = [_cell(sheet, heading) for heading in headings]
    for cell in first:
        cell.font = bold
    sheet.append(first)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return to_london(value).strftime("%Y-%m-%d %H:%M")
    return value


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, datetime):
        # A workbook's times have no zone: they are London's, as on the pages.
        value = to_london(value).replace(tzinfo=None)
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value=value)
    cell = WriteOnlyCell(sheet, value="")
    cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", value)
    # Whatever it begins with: only a cell of type "f" is run.
    cell.data_type = "s"
    return cell
