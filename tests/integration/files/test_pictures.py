"""Pictures for a text: sent by a page or by the editor, kept without what a camera added."""

import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from talking_together.core import clock, images
from talking_together.extensions import db
from talking_together.files import services
from talking_together.files.models import File
from tests.factories import make_member
from tests.factories.files import make_picture
from tests.support.client import Client, Page

WORDS = "The board on Ward 4, with a column for medicines"


def photo(size: tuple[int, int] = (2000, 1500)) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "12 Mill Lane"
    exif.get_ifd(0x8825)[2] = (53.4, 2.1, 7.0)
    file = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(file, "JPEG", exif=exif.tobytes())
    return file.getvalue()


def send(
    client: Client, file: bytes, *, status: int | None = None, json: bool = False, **fields: Any
) -> Page:
    data = {"picture": (io.BytesIO(file), "ward.jpg"), "alternative_text": WORDS, **fields}
    headers = {"Accept": "application/json"} if json else {}
    return client.post("/files/pictures", data, status=status, headers=headers)


def files_kept() -> int:
    return db.session.scalar(select(func.count()).select_from(File)) or 0


def test_a_picture_sent_without_javascript_gives_a_line_to_copy(client: Client) -> None:
    client.sign_in(make_member())
    page = send(client, photo()).follow(statements=3)
    kept = db.session.scalars(select(File)).one()
    line = page.query("textarea[readonly]")[0].text
    assert line == f"![{WORDS}](/files/{kept.id}/{kept.key}#1600x1200)"
    assert page.query("main img")[0]["alt"] == WORDS
    preview = client.post("/preview", {"text": line, "pictures": "yes"}, status=200)
    shown = preview.query("img")[0]
    assert (shown["src"], shown["width"], shown["height"]) == (f"/files/{kept.id}/{kept.key}", "1600", "1200")


def test_the_editor_is_answered_in_json(client: Client) -> None:
    client.sign_in(make_member())
    answer = send(client, photo((300, 200)), status=201, json=True)
    kept = db.session.scalars(select(File)).one()
    assert answer.json == {
        "markdown": f"![{WORDS}](/files/{kept.id}/{kept.key}#300x200)",
        "path": f"/files/{kept.id}/{kept.key}",
    }


def test_nothing_but_the_pixels_is_kept(client: Client) -> None:
    client.sign_in(make_member())
    file = photo()
    assert b"12 Mill Lane" in file
    send(client, file)
    kept = db.session.scalars(select(File)).one()
    for made, size in ((kept.content, (1600, 1200)), (kept.small, (640, 480))):
        assert made is not None
        assert b"Mill Lane" not in made
        shown = Image.open(io.BytesIO(made))
        assert (shown.format, shown.size, dict(shown.getexif())) == ("WEBP", size, {})
    assert (kept.size, kept.media_type, kept.name) == (len(kept.content), "image/webp", "")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", images.NOT_A_PICTURE),
        (b"<!doctype html><script>alert(1)</script>", images.NOT_A_PICTURE),
        (b"\xff\xd8\xff<html>", images.DAMAGED),
        (photo((300, 200)) + b"\0" * images.MAX_BYTES, images.TOO_HEAVY),
    ],
)
def test_what_is_no_picture_is_refused_beside_its_field(client: Client, file: bytes, words: str) -> None:
    client.sign_in(make_member())
    page = send(client, file, status=400)
    assert words in page.query("#picture-error")[0].text
    assert page.query("#alternative_text")[0]["value"] == WORDS
    answer = send(client, file, status=400, json=True)
    assert answer.json == {"errors": {"picture": [words]}, "problem": ""}
    assert files_kept() == 0


def test_fifty_megabytes_are_refused_before_they_are_read(client: Client) -> None:
    client.sign_in(make_member())
    send(client, b"\xff" * 50_000_000, status=413)


def test_a_picture_is_not_taken_without_words(client: Client) -> None:
    client.sign_in(make_member())
    page = send(client, photo(), alternative_text="  ", status=400)
    assert "Say what the picture shows" in page.query("#alternative_text-error")[0].text
    assert files_kept() == 0
    send(client, photo(), alternative_text="", decoration="y")
    kept = db.session.scalars(select(File)).one()
    assert kept.alternative_text == ""


def test_a_member_sends_only_so_many_in_a_day(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_A_DAY", 2)
    member = make_member()
    make_picture(member, sent_at=clock.now() - timedelta(hours=25))
    make_picture(make_member())
    client.sign_in(member)
    send(client, photo())
    send(client, photo())
    page = send(client, photo(), status=409)
    assert "files within a day" in page.text
    # It is not even looked at: that is what costs something.
    assert "within a day" in send(client, b"<svg>", status=409, json=True).json["problem"]
    assert files_kept() == 4
