"""Tables for spreadsheets: CSV and XLSX in which no cell runs as a formula."""

import csv
import io
import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import IO, Any

from talking_together.core.addresses import slug_of
from talking_together.core.clock import to_london

CSV_TYPE = "text/csv; charset=utf-8"
ZIP_TYPE = "application/zip"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# What a cell of a spreadsheet holds at most, in UTF-16 units.
LONGEST_CELL = 32_767
# Before it the calendar of workbooks is a day out, or has no days at all.
_FIRST_DATE = date(1900, 3, 1)
_PIECE = 64 * 1024

# What is not drawn, and what spreadsheets skip before they look for a formula.
_UNSEEN = r"[\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
# What spreadsheets take for the beginning of a formula; the wide forms count in some of them.
_STARTS = r"=+\-@\uff1d\uff0b\uff0d\uff20"
_FORMULA = re.compile(rf"{_UNSEEN}*[{_STARTS}]|[\t\r\n]")
# Where a spreadsheet of another country ends a cell, and a formula could begin.
_WITHIN = re.compile(rf"([;\t]{_UNSEEN}*)(?=[{_STARTS}])")
# A sign with nothing but a number behind it is a value, and stays one: -5.2%, -£1,200.50, +44 7700 900123.
_SIGNED_VALUE = re.compile(r"[+-] ?[£$€]?(\d[\d,. ]*|\.\d+)(e[+-]?\d+)? ?%?|[+-]", re.IGNORECASE | re.ASCII)
# Neither XML nor CSV can hold these; halves of a character among them.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@cache
def openpyxl() -> Any:
    """Return openpyxl, which is twenty megabytes: only a process that has to do with a workbook holds it."""
    import openpyxl.styles.numbers  # noqa: PLC0415
    import openpyxl.utils.datetime  # noqa: PLC0415

    return openpyxl


def harmless(text: str) -> str:
    """Return text that a spreadsheet opening a CSV file shows and does not run."""
    if _SIGNED_VALUE.fullmatch(text):
        return text
    text = _WITHIN.sub(r"\1'", text)
    return f"'{text}" if _FORMULA.match(text) else text


def csv_of(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield a CSV file piece by piece: UTF-8 with the mark that Excel knows it by."""
    yield b"\xef\xbb\xbf"
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([harmless(_written(heading)) for heading in headings])
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])
        if buffer.tell() > _PIECE:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def xlsx_of(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a workbook of one sheet, its headings in bold and fixed; text is stored as text."""
    buffer = io.BytesIO()
    write_xlsx(buffer, [(title, headings, rows)])
    return buffer.getvalue()


def write_xlsx(file: IO[bytes], tables: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]) -> None:
    """Write a workbook with a sheet for each table (title, headings, rows), row by row."""
    workbook = openpyxl().Workbook(write_only=True)
    bold = openpyxl().styles.Font(bold=True)
    for title, headings, rows in tables:
        sheet = workbook.create_sheet(_sheet_name(title))
        sheet.freeze_panes = "A2"
        first = [_text_cell(sheet, _written(heading)) for heading in headings]
        for cell in first:
            cell.font = bold
        sheet.append(first)
        for row in rows:
            sheet.append([_xlsx_cell(sheet, value) for value in row])
    workbook.save(file)


def write_csv_files(
    file: IO[bytes], tables: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]
) -> None:
    """Write a ZIP archive with a CSV file for each table (title, headings, rows), row by row."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for title, headings, rows in tables:
            with archive.open(f"{slug_of(title)}.csv", "w") as member:
                for piece in csv_of(headings, rows):
                    member.write(piece)


def _csv_cell(value: Any) -> str:
    if isinstance(value, datetime):
        return to_london(value).strftime("%Y-%m-%d %H:%M")
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return harmless(_written(str(value)))


def _xlsx_cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, datetime):
        # A workbook's times have no zone: they are London's, as on the pages.
        value = to_london(value).replace(tzinfo=None)
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return value if day >= _FIRST_DATE else value.isoformat()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    text = _written(str(value))
    if not text:
        return None
    # A cell of its own for each text would take twice as long.
    return (
        _text_cell(sheet, text) if _FORMULA.match(text) or text in openpyxl().cell.cell.ERROR_CODES else text
    )


def _text_cell(sheet: Any, text: str) -> Any:
    cell = openpyxl().cell.WriteOnlyCell(sheet, value="")
    cell.value = text
    # Whatever it begins with: only a cell of type "f" is run.
    cell.data_type = "s"
    if _FORMULA.match(text):
        # So that it stays text also when somebody edits it.
        cell.quotePrefix = True
    return cell


def _written(text: str) -> str:
    """Return text that both kinds of file can hold, shortened to what a cell holds."""
    text = _UNWRITABLE.sub(" ", text)
    if len(text) * 2 <= LONGEST_CELL or len(units := text.encode("utf-16-le")) <= LONGEST_CELL * 2:
        return text
    return units[: (LONGEST_CELL - 1) * 2].decode("utf-16-le", "ignore") + "…"


def _sheet_name(title: str) -> str:
    name = re.sub(r"[\[\]:*?/\\]", " ", _written(title))[:31].strip(" '")
    # Spreadsheets keep this name for themselves.
    return name if name and name.lower() != "history" else "Sheet"
