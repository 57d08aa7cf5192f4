"""Attachments that people send: judged by what they hold, named anew, and kept as they were sent.

A file is taken only if it is one of a few kinds that hold text, tables or slides and nothing that
runs. Its name says nothing of what it is; we give it the ending of what it is.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass
from typing import IO

from talking_together.core.archives import Archive, Why
from talking_together.core.errors import InvalidInput

MAX_BYTES = 10 * 1024 * 1024
# A file somewhat over the limit gets words beside its field, not a page of its own.
MAX_REQUEST_BYTES = 2 * MAX_BYTES
MAX_NAME = 150
ACCEPT = ".pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp,.txt,.csv"
# The parts of an archive that say what it is are small.
MAX_PART = 1024 * 1024
# How much of a text tells whether it is a table.
LOOK_AT, TABLE_LINES = 20_000, 3

# By media type: the ending of the name, and what people call it.
KINDS = {
    "application/pdf": ("pdf", "PDF"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx", "Word document"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx", "Excel workbook"),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (
        "pptx",
        "PowerPoint presentation",
    ),
    "application/vnd.oasis.opendocument.text": ("odt", "OpenDocument text"),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods", "OpenDocument spreadsheet"),
    "application/vnd.oasis.opendocument.presentation": ("odp", "OpenDocument presentation"),
    "text/plain": ("txt", "Plain text"),
    "text/csv": ("csv", "CSV"),
}

ASK = (
    "Choose a PDF, a Word, Excel or PowerPoint file (DOCX, XLSX, PPTX), an OpenDocument file "
    "(ODT, ODS, ODP), plain text or CSV"
)
EMPTY = "The file is empty. Choose another one"
TOO_HEAVY = "The file must be smaller than 10 MB. Save a smaller copy, or share a link to it instead"
DAMAGED = "The file is damaged or cut short. Open it, save it again, and choose that"
LOCKED = "The file is protected by a password. Save a copy without one and choose that"
OLD_OFFICE = (
    "This is an old Office file, or one with a password. Open it, save it without a password as DOCX, "
    "XLSX or PPTX, and choose that"
)
UNPACKS = "The file unpacks to far more than a document needs. Save it as a PDF and choose that"
MACROS = (
    "This file holds macros, which could run on other people’s computers. Save it without them, or as a PDF"
)
EMBEDDED = (
    "Something is embedded in this file that could run on other people’s computers. Take it out, or save "
    "the file as a PDF"
)
TEMPLATE = "This is a template. Save it as a document and choose that"
A_PICTURE = "This is a picture. Put it into the text with “Add a picture” instead"
A_WEB_PAGE = f"This is a web page or a drawing that could run something, whatever its name says. {ASK}"
A_PROGRAM = f"This is a program, whatever its name says. {ASK}"
AN_ARCHIVE = f"This is an archive of files. Choose the files one by one. {ASK}"
RICH_TEXT = "This is a rich text file (RTF). Save it as DOCX, ODT or PDF and choose that"
SOMETHING_ELSE = f"This file is something else. {ASK}"

# By how a file begins.
_REFUSED = (
    (b"\xd0\xcf\x11\xe0", OLD_OFFICE),
    (b"\x89PNG", A_PICTURE),
    (b"\xff\xd8\xff", A_PICTURE),
    (b"GIF8", A_PICTURE),
    (b"II*\x00", A_PICTURE),
    (b"MM\x00*", A_PICTURE),
    (b"MZ", A_PROGRAM),
    (b"\x7fELF", A_PROGRAM),
    (b"\xca\xfe\xba\xbe", A_PROGRAM),
    (b"\xcf\xfa\xed\xfe", A_PROGRAM),
    (b"#!", A_PROGRAM),
    (b"\x1f\x8b", AN_ARCHIVE),
    (b"7z\xbc\xaf", AN_ARCHIVE),
    (b"Rar!", AN_ARCHIVE),
    (b"BZh", AN_ARCHIVE),
    (b"\xfd7zXZ", AN_ARCHIVE),
    (b"{\\rtf", RICH_TEXT),
)
_ARCHIVE_WORDS: dict[Why, str] = {
    "damaged": DAMAGED,
    "encrypted": LOCKED,
    "unpacks to too much": UNPACKS,
}
_CONTENT_TYPES, _ODF_TYPE, _ODF_MANIFEST = "[Content_Types].xml", "mimetype", "META-INF/manifest.xml"
_MAIN_PARTS = {
    f"{media_type}.main+xml".encode(): media_type for media_type in KINDS if "openxmlformats" in media_type
}
_MACRO_PARTS = re.compile(r"(^|/)(vbaproject|macrosheets/|vbadata)|^(basic|scripts)/", re.IGNORECASE)
_RUNNING_PARTS = re.compile(r"(^|/)(activex/|embeddings/[^/]+\.(bin|exe|js|vbs|bat|cmd|ps1)$)", re.IGNORECASE)
_MARKUP = re.compile(r"\s*(<!doctype|<html|<\?xml|<svg|<script|<head|<body|mime-version:)", re.IGNORECASE)
_BARRED_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028\u2029<>:"/\\|?*%]+')
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")


class UnusableAttachment(InvalidInput):
    """What was sent is no attachment that we can pass on; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class JudgedAttachment:
    """An attachment that may be kept, with the name and media type that it is handed out with."""

    name: str
    media_type: str
    content: bytes


def judged_attachment(stream: IO[bytes], name: str) -> JudgedAttachment:
    """Return what was sent if it is a document that nothing in can run; raises UnusableAttachment."""
    content = stream.read(MAX_BYTES + 1)
    if not content:
        raise UnusableAttachment(EMPTY)
    media_type = _media_type_of(content)
    if len(content) > MAX_BYTES:
        raise UnusableAttachment(TOO_HEAVY)
    return JudgedAttachment(_clean_name(name, KINDS[media_type][0]), media_type, content)


def kind_in_words(media_type: str) -> str:
    """Return what people call a kind of attachment."""
    return KINDS[media_type][1] if media_type in KINDS else "File"


def _media_type_of(content: bytes) -> str:
    for beginning, words in _REFUSED:
        if content.startswith(beginning):
            raise UnusableAttachment(words)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        raise UnusableAttachment(A_PICTURE)
    if content.startswith(b"%PDF-"):
        if len(content) <= MAX_BYTES and b"startxref" not in content:
            raise UnusableAttachment(DAMAGED)
        return "application/pdf"
    if content.startswith(b"PK"):
        if len(content) > MAX_BYTES:
            # Its directory stands at the end, which was not read.
            raise UnusableAttachment(TOO_HEAVY)
        return _media_type_of_archive(content)
    return _media_type_of_text(content)


def _media_type_of_archive(content: bytes) -> str:
    if not content.startswith(b"PK\x03\x04"):
        raise UnusableAttachment(DAMAGED)
    archive = Archive(content, refusal=lambda why: UnusableAttachment(_ARCHIVE_WORDS[why]))
    if any(map(_MACRO_PARTS.search, archive.names)):
        raise UnusableAttachment(MACROS)
    if any(map(_RUNNING_PARTS.search, archive.names)):
        raise UnusableAttachment(EMBEDDED)
    if _CONTENT_TYPES in archive.names:
        return _media_type_of_office(archive)
    if _ODF_TYPE in archive.names:
        return _media_type_of_open_document(archive)
    raise UnusableAttachment(AN_ARCHIVE)


def _media_type_of_office(archive: Archive) -> str:
    types = _part(archive, _CONTENT_TYPES)
    if b"macroenabled" in types.lower() or b"vbaproject" in types.lower():
        raise UnusableAttachment(MACROS)
    if b".template.main+xml" in types:
        raise UnusableAttachment(TEMPLATE)
    settings = "word/_rels/settings.xml.rels"
    if settings in archive.names and b"attachedtemplate" in _part(archive, settings).lower():
        # A template that is fetched from elsewhere brings its macros with it.
        raise UnusableAttachment(EMBEDDED)
    found = [media_type for main, media_type in _MAIN_PARTS.items() if main in types]
    if len(found) != 1:
        raise UnusableAttachment(SOMETHING_ELSE)
    return found[0]


def _media_type_of_open_document(archive: Archive) -> str:
    media_type = _part(archive, _ODF_TYPE).decode("ascii", "replace").strip()
    if media_type.endswith("-template"):
        raise UnusableAttachment(TEMPLATE)
    if media_type not in KINDS or "opendocument" not in media_type:
        raise UnusableAttachment(SOMETHING_ELSE)
    if _ODF_MANIFEST in archive.names and b"encryption-data" in _part(archive, _ODF_MANIFEST):
        raise UnusableAttachment(LOCKED)
    return media_type


def _part(archive: Archive, name: str) -> bytes:
    """Return one of the small parts of an archive."""
    part = archive.open(name).read(MAX_PART + 1)
    if len(part) > MAX_PART:
        raise UnusableAttachment(UNPACKS)
    return part


def _media_type_of_text(content: bytes) -> str:
    text = _decoded(content)
    if _MARKUP.match(text):
        raise UnusableAttachment(A_WEB_PAGE)
    if _BARRED_IN_TEXT.search(text):
        raise UnusableAttachment(SOMETHING_ELSE)
    return "text/csv" if _is_table(text) else "text/plain"


def _decoded(content: bytes) -> str:
    codings = ("utf-8-sig", "cp1252")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        codings = ("utf-16", "utf-16")
    for coding in codings:
        try:
            return content.decode(coding)
        except UnicodeDecodeError as error:
            # What was cut off at the limit may end within a character.
            if error.end == len(content) and len(content) > MAX_BYTES:
                return content[: error.start].decode(coding, "ignore")
    raise UnusableAttachment(SOMETHING_ELSE)


def _is_table(text: str) -> bool:
    """Return whether the first lines fall into equally many cells, by one delimiter or another."""
    lines = [line for line in text[:LOOK_AT].splitlines() if line.strip()][:TABLE_LINES]
    return len(lines) == TABLE_LINES and any(_cells_of(lines, mark) > 1 for mark in ",;\t")


def _cells_of(lines: list[str], delimiter: str) -> int:
    """Return how many cells each of the lines has, 0 where they differ."""
    try:
        counts = {len(row) for row in csv.reader(lines, delimiter=delimiter)}
    except csv.Error:
        return 0
    return counts.pop() if len(counts) == 1 else 0


def _clean_name(name: str, ending: str) -> str:
    """Return a name that no computer trips over, with the ending of what the file is."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    text = "".join(
        character for character in text if unicodedata.category(character) not in ("Cf", "Cs", "Co")
    )
    text = " ".join(_NOT_IN_NAMES.sub(" ", text).split())
    stem = _ENDING.sub("", text)
    stem = stem.removesuffix(f".{ending}").strip(" .")
    return f"{stem[: MAX_NAME - len(ending) - 1].rstrip(' .') or 'Attachment'}.{ending}"
