"""Members' photos: chosen, shown beside their names, replaced and removed."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from talking_together.accounts.models import Member, MemberPhoto
from talking_together.audit.models import AuditEntry
from talking_together.core import images
from talking_together.extensions import db
from tests.factories import make_admin, make_comment, make_idea, make_member, make_moderator
from tests.support.client import Client, Page


def picture(colour: tuple[int, int, int] = (200, 30, 60)) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(file, "JPEG")
    file.seek(0)
    return file


def choose(client: Client, file: io.BytesIO, **kwargs: Any) -> Page:
    return client.get("/me/photo").form("/me/photo").submit(photo=(file, "me.jpg"), **kwargs)


def key_of(member: Member) -> str | None:
    return db.session.scalar(select(Member.photo_key).where(Member.id == member.id))


def photos_kept() -> int:
    return db.session.scalar(select(func.count()).select_from(MemberPhoto)) or 0


def test_a_photo_stands_beside_what_its_member_writes(client: Client) -> None:
    member = make_member()
    client.sign_in(member)
    assert choose(client, picture(), statements=5).follow().heading == member.name
    path = f"/members/{member.id}/photo/{key_of(member)}-small.webp"
    idea = make_idea(author=member)
    make_comment(idea, author=member)
    # No page asks the database for it: it comes with the author.
    for page in (
        client.get(f"/challenges/{idea.challenge_id}", status=301).follow(statements=4),
        client.get(f"/ideas/{idea.id}", status=301).follow(statements=5),
    ):
        shown = page.query("main .byline img.avatar")
        assert {each["src"] for each in shown} == {path}
        assert all(each["alt"] == "" and each["width"] == each["height"] == "40" for each in shown)
        assert page.query("header summary img.avatar")[0]["src"] == path
    sent = client.post(f"/ideas/{idea.id}/comments", {"body": "More"}, status=200, htmx=True)
    assert sent.query(".byline img")[0]["src"] == path


def test_a_photo_is_sent_so_that_browsers_keep_it(client: Client) -> None:
    member = make_member()
    client.sign_in(member)
    choose(client, picture())
    for size, pixels in (("small", 96), ("large", 300)):
        answer = client.get(f"/members/{member.id}/photo/{key_of(member)}-{size}.webp", statements=2)
        assert answer.headers["Content-Type"] == "image/webp"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.response.cache_control.private
        assert "Vary" not in answer.headers
        assert answer.response.cache_control.max_age == 31_536_000
        assert Image.open(io.BytesIO(answer.response.data)).size == (pixels, pixels)


def test_another_photo_has_another_address_and_the_old_one_is_gone(client: Client) -> None:
    member = make_member()
    client.sign_in(member)
    choose(client, picture())
    old = key_of(member)
    choose(client, picture((0, 90, 0)))
    assert key_of(member) != old
    assert photos_kept() == 1
    client.get(f"/members/{member.id}/photo/{old}-small.webp", status=404)
    client.get("/me/photo").form("/me/photo/remove").submit()
    assert key_of(member) is None
    assert photos_kept() == 0
    client.post("/me/photo/remove")


@pytest.mark.parametrize(
    "file",
    [
        "{key}-small.jpg",
        "{key}-huge.webp",
        "{key}.webp",
        "0000000000000000000000000000000a-small.webp",
        "%00-small.webp",
        "../{key}-small.webp",
    ],
)
def test_there_is_nothing_at_other_addresses(client: Client, file: str) -> None:
    member = make_member()
    client.sign_in(member)
    choose(client, picture())
    client.get(f"/members/{member.id}/photo/{file.format(key=key_of(member))}", status=404)
    client.get(f"/members/{make_member().id}/photo/{key_of(member)}-small.webp", status=404)


def test_photos_are_for_members_only(client: Client) -> None:
    member = make_member()
    client.sign_in(member)
    choose(client, picture())
    client.sign_out()
    client.get(f"/members/{member.id}/photo/{key_of(member)}-small.webp", status=302)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"", "Choose a photo|The file is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", images.NOT_A_PICTURE),
        (b"\xff\xd8\xff" + b"\0" * images.MAX_BYTES, images.TOO_HEAVY),
        (picture().getvalue()[:900], images.DAMAGED),
    ],
)
def test_what_is_no_photo_is_refused_beside_its_field(client: Client, file: bytes, words: str) -> None:
    member = make_member()
    client.sign_in(member)
    choose(client, picture())
    key = key_of(member)
    page = choose(client, io.BytesIO(file), status=400)
    assert re.search(words, page.query(".nhsuk-error-message")[0].text)
    assert page.query(".nhsuk-error-summary a")[0]["href"] == "#photo"
    assert key_of(member) == key


def test_a_form_without_a_file_says_so(client: Client) -> None:
    client.sign_in(make_member())
    page = client.get("/me/photo").form("/me/photo").submit(status=400)
    assert "Choose a photo" in page.query(".nhsuk-error-message")[0].text


def test_far_too_much_is_not_read_at_all(client: Client) -> None:
    client.sign_in(make_member())
    page = choose(client, io.BytesIO(b"\0" * (images.MAX_REQUEST_BYTES + 1)), status=413)
    assert page.heading == "That is too large"


def test_an_admin_removes_a_photo_for_a_reason(client: Client) -> None:
    member = make_member(name="Ada Okafor")
    theirs = Client(client.app).sign_in(member)
    choose(theirs, picture())
    client.sign_in(make_admin())
    path = f"/admin/members/{member.id}"
    form = client.get(path, statements=6).form(f"{path}/photo/remove")
    assert "Say why" in form.submit(status=400).text
    form.submit(**{"photo-reason": "Not a person"})
    assert photos_kept() == 0
    assert key_of(member) is None
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.reason, entry.subject_label) == (
        "photo removed",
        "Not a person",
        "Ada Okafor",
    )
    again = form.submit(status=400, **{"photo-reason": "Not a person"})
    assert "has no photo" in again.text
    client.sign_in(make_moderator())
    client.post(f"{path}/photo/remove", {"photo-reason": "x"}, status=403)
