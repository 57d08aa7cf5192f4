"""Finding out what an upload is, by its content and never by its name."""

from talking_together.invitations.staff_lists.files.archives import Archive
from talking_together.invitations.staff_lists.files.delimited import LOOK_AT, open_text
from talking_together.invitations.staff_lists.files.open_documents import CONTENT, open_document
from talking_together.invitations.staff_lists.files.tables import Table, UnreadableList
from talking_together.invitations.staff_lists.files.workbooks import open_workbook

EMPTY = "The file is empty. Choose a file with a row for each person."
ASK = "Upload the list as an Excel workbook (XLSX), an OpenDocument spreadsheet (ODS) or CSV."
SAVE = "Open it, choose “Save as”, then “Excel Workbook (.xlsx)” or “CSV UTF-8”, and upload that."

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
# By how a file begins: what to say of it.
_REFUSED = (
    (b"%PDF", f"This is a PDF. {ASK}"),
    (b"\x89PNG", f"This is a picture. {ASK}"),
    (b"\xff\xd8\xff", f"This is a picture. {ASK}"),
    (b"GIF8", f"This is a picture. {ASK}"),
    (b"BM", f"This is a picture. {ASK}"),
    (b"II*\x00", f"This is a picture. {ASK}"),
    (b"MM\x00*", f"This is a picture. {ASK}"),
    (b"{\\rtf", f"This is a text document. {ASK}"),
    (b"\x1f\x8b", f"This is a compressed file. Unpack it first. {ASK}"),
    (b"7z\xbc\xaf", f"This is a compressed file. Unpack it first. {ASK}"),
    (b"Rar!", f"This is a compressed file. Unpack it first. {ASK}"),
)
# By how a text begins: tables that programs save under a spreadsheet's name.
_REFUSED_TEXT = (
    (b"<", f"This is a web page or an XML file, whatever its name says. {SAVE}"),
    (b"mime-version:", f"This is a web page, whatever its name says. {SAVE}"),
)
# By a part of the archive.
_REFUSED_ARCHIVES = (
    ("word/", f"This is a Word document. {ASK}"),
    ("ppt/", f"This is a presentation. {ASK}"),
    ("xl/workbook.bin", f"This is a binary workbook (XLSB). {SAVE}"),
    ("Index/", f"This is a Numbers document. Choose “Export to”, then “Excel” or “CSV”. {ASK}"),
)


def open_table(content: bytes, sheet: int | None = None) -> Table:
    """Return the table that an upload holds; raises UnreadableList with words that say what to do."""
    start = content[:LOOK_AT]
    if not start.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise UnreadableList(EMPTY)
    if start.startswith(_OLD_OFFICE):
        raise UnreadableList(_words_about_old_office(content))
    for beginning, words in _REFUSED:
        # A name may begin with "BM" as a picture does, but hardly holds a NUL.
        if start.startswith(beginning) and (beginning != b"BM" or b"\x00" in start[:32]):
            raise UnreadableList(words)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _open_archive(content, sheet)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for beginning, words in _REFUSED_TEXT:
        if text.startswith(beginning) and b"@" not in text.split(b"\n", 1)[0]:
            raise UnreadableList(words)
    return open_text(content)


def _open_archive(content: bytes, sheet: int | None) -> Table:
    archive = Archive(content)
    for part, words in _REFUSED_ARCHIVES:
        if any(name.startswith(part) for name in archive.names):
            raise UnreadableList(words)
    if CONTENT in archive.names:
        return open_document(archive, sheet)
    if "[Content_Types].xml" in archive.names:
        return open_workbook(archive, sheet)
    raise UnreadableList(f"This is a zip archive. Unpack it first. {ASK}")


def _words_about_old_office(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "This workbook is protected by a password. Save it without one and upload that."
    return f"This is an old workbook (XLS) or another old Office file. {SAVE}"
