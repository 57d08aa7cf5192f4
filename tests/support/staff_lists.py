"""Staff lists as files of every kind, and their way through the pages."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook

from talking_together.invitations.staff_lists.sweeps import read_staff_lists
from tests.support.client import Client, Page

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)

Sheets = Mapping[str, Sequence[Sequence[Any]]]


def upload(client: Client, content: bytes | str, *, status: int | None = None, **fields: Any) -> Page:
    """Send a file through the form."""
    data = content.encode() if isinstance(content, str) else content
    return client.post(
        "/admin/invitations/lists/new",
        {"name": "Nurses", "file": (io.BytesIO(data), fields.pop("filename", "nurses.csv")), **fields},
        status=status,
        content_type="multipart/form-data",
    )


def read_upload(client: Client, content: bytes | str, **fields: Any) -> Page:
    """Send a file, confirm its columns as we found them, and return the page of the list once read."""
    page = upload(client, content, **fields).follow()
    page = page.form(f"{page.path}/columns").submit(action="read").follow()
    read_staff_lists()
    return client.get(page.path)


def as_xlsx(sheets: Sheets) -> bytes:
    """Return a workbook of Excel's kind."""
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def as_ods(sheets: Sheets) -> bytes:
    """Return a workbook of LibreOffice's kind."""
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>{''.join(map(_ods_row, rows))}</table:table>"
        for name, rows in sheets.items()
    )
    return ods_of(tables)


def ods_of(tables: str) -> bytes:
    """Return a document with these tables, in ODF's own words."""
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    content = f"<?xml version='1.0'?><office:document-content {_ODS_NAMES}>{body}</office:document-content>"
    return zipped({"mimetype": ODS_TYPE, "content.xml": content})


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Return an archive of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _ods_row(row: Sequence[Any]) -> str:
    cells = "".join(
        f"<table:table-cell><text:p>{escape(str(cell))}</text:p></table:table-cell>" for cell in row
    )
    return f"<table:table-row>{cells or '<table:table-cell/>'}</table:table-row>"
