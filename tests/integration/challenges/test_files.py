"""Covers, sponsors' photos and attachments of challenges."""

import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.audit.models import AuditEntry
from talking_together.challenges.models import Challenge
from talking_together.extensions import db
from talking_together.files.models import File
from talking_together.files.paths import picture_markdown
from tests.factories import make_challenge, make_member, make_moderator
from tests.factories.files import make_picture
from tests.support.client import Client, Page

WORDS = "Two nurses beside an empty bed"


@pytest.fixture
def moderator(client: Client) -> Member:
    """Return a moderator who is signed in."""
    member = make_moderator()
    client.sign_in(member)
    return member


def address(challenge: Challenge, what: str) -> str:
    """Return where a moderator sets a file of a challenge."""
    return f"/moderation/challenges/{challenge.id}/{what}"


def photo(width: int = 1600, height: int = 900) -> tuple[io.BytesIO, str]:
    """Return a picture as a browser sends it."""
    kept = io.BytesIO()
    Image.new("RGB", (width, height), "#336699").save(kept, "JPEG")
    kept.seek(0)
    return kept, "bed.jpg"


def only_challenge() -> Challenge:
    """Return the only challenge there is."""
    return db.session.scalars(select(Challenge).execution_options(populate_existing=True)).one()


def files_kept() -> list[int]:
    """Return the ids of all files."""
    return list(db.session.scalars(select(File.id).order_by(File.id)))


def errors(page: Page) -> list[str]:
    """Return the messages by the fields of a page."""
    return [each.text.removeprefix("Error: ") for each in page.query(".nhsuk-error-message")]


@pytest.mark.parametrize(
    ("which", "column", "more"),
    [("cover", "cover_id", {"alternative_text": WORDS}), ("sponsor-photo", "sponsor_photo_id", {})],
)
def test_a_picture_is_set_replaced_and_removed(
    client: Client, moderator: Member, which: str, column: str, more: dict[str, str]
) -> None:
    challenge = make_challenge("open", sponsor_name="Amina Yusuf")
    version = challenge.updated_at
    path = address(challenge, which)
    page = client.post(path, {"picture": photo(), **more}).follow()
    [first] = files_kept()
    assert getattr(only_challenge(), column) == first
    assert page.query("main img")[0]["alt"] == more.get("alternative_text", "")
    client.post(path, {"picture": photo(), **more})
    [second] = files_kept()
    assert getattr(only_challenge(), column) == second != first
    # Whoever has the form with the words open is not told of another version.
    assert only_challenge().updated_at == version
    page = client.get(path).form(path + "/remove").submit(status=303).follow()
    assert (getattr(only_challenge(), column), files_kept()) == (None, [])
    assert len(list(db.session.scalars(select(AuditEntry.action)))) == 3
    client.post(path + "/remove", status=404)


BAD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({"alternative_text": WORDS}, ["Choose a picture"]),
    "no words": (
        {"picture": (800, 300)},
        ["Say what the picture shows. People who cannot see it hear this instead"],
    ),
    "too small": (
        {"picture": (799, 300), "alternative_text": WORDS},
        ["The picture is too small. It must be at least 800 pixels wide and 300 high"],
    ),
    "no picture": (
        {"picture": None, "alternative_text": WORDS},
        ["Choose a JPEG, PNG, WebP or GIF picture. This file is something else"],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_cover_that_cannot_be_is_refused_beside_its_field(
    client: Client, moderator: Member, name: str
) -> None:
    sent, expected = BAD[name]
    challenge = make_challenge("open")
    if "picture" in sent:
        size = sent["picture"]
        sent = {**sent, "picture": photo(*size) if size else (io.BytesIO(b"<svg></svg>"), "cover.jpg")}
    page = client.post(address(challenge, "cover"), sent, status=400)
    assert errors(page) == expected
    assert (only_challenge().cover_id, files_kept()) == (None, [])


def test_attachments_are_added_and_removed(client: Client, moderator: Member) -> None:
    challenge = make_challenge("open")
    path = address(challenge, "attachments")
    page = client.post(path, {"attachment": (io.BytesIO(b"One line\nTwo lines\n"), "beds.txt")}).follow()
    assert "beds.txt" in page.text
    assert errors(client.post(path, {"attachment": (io.BytesIO(b""), "empty.txt")}, status=400)) == [
        "The file is empty. Choose another one"
    ]
    assert errors(client.post(path, status=400)) == ["Choose a file"]
    [file_id] = files_kept()
    other = make_challenge("open")
    client.post(f"/moderation/challenges/{other.id}/attachments/{file_id}/remove", status=404)
    page = page.form(f"{path}/{file_id}/remove").submit(status=303).follow()
    assert "There are none yet." in page.text
    assert files_kept() == []


def test_what_is_archived_takes_no_files(client: Client, moderator: Member) -> None:
    challenge = make_challenge("archived")
    for what in ("cover", "sponsor-photo", "attachments"):
        client.get(address(challenge, what), status=409)
        client.post(address(challenge, what), {"picture": photo()}, status=409)
    assert files_kept() == []


def test_staff_send_none(client: Client) -> None:
    challenge = make_challenge("open")
    client.sign_in(make_member())
    for what in ("cover", "sponsor-photo", "attachments"):
        client.get(address(challenge, what), status=403)


def test_the_pictures_of_a_brief_and_of_a_copy_are_their_own(client: Client, moderator: Member) -> None:
    challenge = make_challenge("open")
    sent = make_picture(moderator)
    line = picture_markdown(sent.id, sent.key, words=WORDS, width=sent.width or 1, height=sent.height or 1)
    path = f"/moderation/challenges/{challenge.id}"
    client.get(path).form(path).submit(status=303, brief=f"Look:\n\n{line}")
    assert db.session.scalar(select(File.challenge_id)) == challenge.id
    client.post(address(challenge, "cover"), {"picture": photo(), "alternative_text": WORDS})
    client.post(path + "/clone")
    copy = db.session.scalars(select(Challenge).order_by(Challenge.id.desc())).first()
    assert copy is not None
    assert db.session.scalar(select(func.count()).where(File.challenge_id == copy.id)) == 2
    assert copy.cover_id not in (None, only_cover(challenge.id))
    assert f"/files/{sent.id}/" not in copy.brief_html
    assert "<img" in copy.brief_html


def only_cover(challenge_id: int) -> int | None:
    """Return the cover of a challenge."""
    return db.session.scalar(select(Challenge.cover_id).where(Challenge.id == challenge_id))
