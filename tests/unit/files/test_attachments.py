"""Attachments are judged by what they hold; their names are cleaned and say what they are."""

import io
import os
import random
import zipfile

import pytest

from talking_together.files import attachments
from talking_together.files.attachments import KINDS, UnusableAttachment, judged_attachment

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\nxref\ntrailer << >>\nstartxref\n9\n%%EOF\n"


def zipped(parts: dict[str, str | bytes], *, password: bool = False) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    data = bytearray(file.getvalue())
    if password:
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = data.find(mark)
            while at >= 0:
                data[at + offset] |= 1
                at = data.find(mark, at + 4)
    return bytes(data)


def office(media_type: str, **more: str | bytes) -> bytes:
    types = f'<Types><Override PartName="/main.xml" ContentType="{media_type}.main+xml"/></Types>'
    return zipped({"[Content_Types].xml": types, "main.xml": "<x/>", **more})


def odf(media_type: str = ODT, **more: str | bytes) -> bytes:
    return zipped({"mimetype": media_type, "content.xml": "<x/>", **more})


GOOD = {
    "application/pdf": PDF,
    WORD: office(WORD, **{"word/embeddings/Microsoft_Excel_Sheet.xlsx": "x"}),
    EXCEL: office(EXCEL),
    SLIDES: office(SLIDES),
    ODT: odf(),
    "application/vnd.oasis.opendocument.spreadsheet": odf("application/vnd.oasis.opendocument.spreadsheet"),
    "application/vnd.oasis.opendocument.presentation": odf("application/vnd.oasis.opendocument.presentation"),
    "text/plain": "Beds, by ward – as counted on Monday.\nMore below.\nThe end.".encode(),
    "text/csv": 'Ward,Beds\n4,"12, or so"\n5,9\n6,14\n'.encode("cp1252"),
}


@pytest.mark.parametrize("media_type", KINDS)
@pytest.mark.parametrize("name", ["beds.exe", "Beds in winter.pdf", "beds.html", ""])
def test_a_document_is_what_it_holds_whatever_its_name(media_type: str, name: str) -> None:
    judged = judged_attachment(io.BytesIO(GOOD[media_type]), name)
    assert judged.media_type == media_type
    assert judged.content == GOOD[media_type]
    assert judged.name.endswith(f".{KINDS[media_type][0]}")


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_taken_in_the_codings_that_programs_write(coding: str) -> None:
    assert judged_attachment(io.BytesIO("Café: £4".encode(coding)), "x").media_type == "text/plain"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", attachments.EMPTY),
        (PDF + b"\0" * attachments.MAX_BYTES, attachments.TOO_HEAVY),
        (b"words " * 2_000_000, attachments.TOO_HEAVY),
        (office(WORD, **{"a.bin": os.urandom(11_000_000)}), attachments.TOO_HEAVY),
        (b"%PDF-1.7\n1 0 obj", attachments.DAMAGED),
        (office(WORD)[:-40], attachments.DAMAGED),
        (office(WORD)[40:], attachments.SOMETHING_ELSE),
        (b"PK\x05\x06" + b"\0" * 18, attachments.DAMAGED),
        (b"PK\x03\x04" + b"\0" * 50, attachments.DAMAGED),
        (office(WORD, **{"word/vbaProject.bin": b"x"}), attachments.MACROS),
        (office("application/vnd.ms-word.document.macroEnabled"), attachments.MACROS),
        (office(EXCEL, **{"xl/macrosheets/sheet1.xml": b"x"}), attachments.MACROS),
        (odf(**{"Basic/Standard/Module1.xml": b"x"}), attachments.MACROS),
        (odf(**{"Scripts/python/run.py": b"x"}), attachments.MACROS),
        (office(WORD, **{"word/embeddings/oleObject1.bin": b"x"}), attachments.EMBEDDED),
        (office(SLIDES, **{"ppt/activeX/activeX1.xml": b"x"}), attachments.EMBEDDED),
        (
            office(
                WORD, **{"word/_rels/settings.xml.rels": '<R Type="…/attachedTemplate" Target="http://x/"/>'}
            ),
            attachments.EMBEDDED,
        ),
        (office("application/vnd.ms-visio.drawing"), attachments.SOMETHING_ELSE),
        (office(f"{WORD.rpartition('.')[0]}.template"), attachments.TEMPLATE),
        (odf(f"{ODT}-template"), attachments.TEMPLATE),
        (odf("application/epub+zip"), attachments.SOMETHING_ELSE),
        (odf(**{"META-INF/manifest.xml": "<manifest:encryption-data/>"}), attachments.LOCKED),
        (zipped({"[Content_Types].xml": "x"}, password=True), attachments.LOCKED),
        (zipped({"[Content_Types].xml": " " * 5_000_000}), attachments.UNPACKS),
        (zipped({f"{number}": "" for number in range(6_000)}), attachments.UNPACKS),
        (zipped({"beds.exe": "MZ"}), attachments.AN_ARCHIVE),
        (zipped({"AndroidManifest.xml": "x", "classes.dex": "x"}), attachments.AN_ARCHIVE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, attachments.OLD_OFFICE),
        (b"MZ\x90\0" + b"\0" * 600, attachments.A_PROGRAM),
        (b"\x7fELF\2\1\1", attachments.A_PROGRAM),
        (b"#!/bin/sh\nrm -r *\n", attachments.A_PROGRAM),
        (b"\x1f\x8b\x08\0", attachments.AN_ARCHIVE),
        (b"Rar!\x1a\7\0", attachments.AN_ARCHIVE),
        (b"{\\rtf1\\ansi}", attachments.RICH_TEXT),
        (b"\x89PNG\r\n\x1a\n", attachments.A_PICTURE),
        (b"RIFF\x10\0\0\0WEBPVP8X", attachments.A_PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", attachments.A_WEB_PAGE),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><script>alert(1)</script>", attachments.A_WEB_PAGE),
        ("<html>".encode("utf-16"), attachments.A_WEB_PAGE),
        (b"<?xml version='1.0'?><x/>", attachments.A_WEB_PAGE),
        (b"MIME-Version: 1.0\nContent-Type: text/html\n", attachments.A_WEB_PAGE),
        (b"words\0and more", attachments.SOMETHING_ELSE),
        (b"\x00\x01\x02\x03", attachments.SOMETHING_ELSE),
        (b"\xff\xfew", attachments.SOMETHING_ELSE),
    ],
)
def test_anything_else_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(UnusableAttachment) as refusal:
        judged_attachment(io.BytesIO(content), "beds.pdf")
    assert refusal.value.message == words


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("Beds in winter.pdf", "Beds in winter.pdf"),
        ("BEDS.PDF", "BEDS.pdf"),
        ("beds.pdf.exe", "beds.pdf"),
        ("beds", "beds.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\robin\\beds.docx", "beds.pdf"),
        ("beds\u202efdp.exe", "bedsfdp.pdf"),
        ('be"ds\r\nSet-Cookie: x=1.pdf', "be ds Set-Cookie x=1.pdf"),
        ("  .pdf", "Attachment.pdf"),
        ("...", "Attachment.pdf"),
        ("Año “nuevo”.pdf", "Año “nuevo”.pdf"),
        ("x" * 400, "x" * 146 + ".pdf"),
    ],
)
def test_a_name_is_one_that_no_computer_trips_over(name: str, cleaned: str) -> None:
    assert judged_attachment(io.BytesIO(PDF), name).name == cleaned


def test_two_thousand_broken_documents_are_taken_or_refused_and_nothing_else() -> None:
    chance = random.Random(20)  # noqa: S311 - the same files each time
    files = list(GOOD.values())
    outcomes = {"taken": 0, "refused": 0}
    for _ in range(2_000):
        content = bytearray(chance.choice(files))
        for _ in range(chance.randrange(1, 12)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        if chance.random() < 0.2:
            del content[chance.randrange(len(content)) :]
        try:
            judged = judged_attachment(io.BytesIO(bytes(content)), "x.pdf")
        except UnusableAttachment:
            outcomes["refused"] += 1
        else:
            assert judged.media_type in KINDS
            outcomes["taken"] += 1
    assert min(outcomes.values()) > 100, outcomes
