"""A file is seen by those who may see what it belongs to, or by its sender until it belongs to something."""

import pytest

from talking_together.accounts.models import Member
from talking_together.extensions import db
from talking_together.files.models import File
from talking_together.organisations.models import Organisation
from tests.factories import (
    make_admin,
    make_challenge,
    make_idea,
    make_member,
    make_moderator,
    make_organisation,
)
from tests.factories.files import make_attachment, make_picture
from tests.support.client import Client


def people() -> dict[str, Member]:
    inside, outside = make_organisation(), make_organisation()
    return {
        "sender": make_member(organisation=inside),
        "colleague": make_member(organisation=inside),
        "outsider": make_member(organisation=outside),
        "moderator": make_moderator(organisation=outside),
        "admin": make_admin(organisation=outside),
    }


STAFF_INSIDE = {"sender", "colleague"}
MODERATORS = {"moderator", "admin"}
EVERYONE = {"sender", "colleague", "outsider", "moderator", "admin"}


@pytest.mark.parametrize(
    ("belongs_to", "seen_by"),
    [
        ("nothing", {"sender"}),
        ("challenge for everyone", EVERYONE),
        ("challenge for one organisation", STAFF_INSIDE | MODERATORS),
        ("draft challenge", MODERATORS),
        ("scheduled challenge", MODERATORS),
        ("archived challenge", EVERYONE),
        ("idea for everyone", EVERYONE),
        ("idea for one organisation", STAFF_INSIDE | MODERATORS),
        ("draft idea", {"sender"}),
        ("hidden idea", {"sender"} | MODERATORS),
        ("withdrawn idea", {"sender"} | MODERATORS),
        ("idea waiting for approval", {"sender"} | MODERATORS),
    ],
)
def test_each_person_sees_what_they_may(client: Client, belongs_to: str, seen_by: set[str]) -> None:
    everybody = people()
    owner = _owner(belongs_to, everybody["sender"])
    picture = make_picture(everybody["sender"], **owner)
    attachment = make_attachment(everybody["sender"], **owner)
    for name, person in everybody.items():
        client.sign_in(person)
        status = 200 if name in seen_by else 404
        for path in (_path(picture), f"{_path(picture)}/small", _path(attachment)):
            client.get(path, status=status, statements=4)


def test_nobody_sees_a_file_without_signing_in(client: Client) -> None:
    picture = make_picture(challenge_id=make_challenge().id)
    assert client.send("GET", _path(picture)).location.startswith("/sign-in")


def test_a_key_that_is_wrong_leads_to_nothing(client: Client) -> None:
    picture, other = (make_picture(challenge_id=make_challenge().id) for _ in range(2))
    client.sign_in(make_member())
    for key in ("0" * 32, other.key, picture.key.upper(), "%00", picture.key[:-1]):
        client.get(f"/files/{picture.id}/{key}", status=404)
    client.get(f"/files/{make_attachment(challenge_id=make_challenge().id).id}/{'0' * 32}/small", status=404)


def test_an_attachment_has_no_small_picture(client: Client) -> None:
    attachment = make_attachment(challenge_id=make_challenge().id)
    client.sign_in(make_member())
    client.get(f"{_path(attachment)}/small", status=404)


def test_files_are_sent_so_that_nothing_in_them_runs(client: Client) -> None:
    challenge = make_challenge()
    name = "Bett’s “plan”; x.pdf"
    client.sign_in(make_member())
    picture = client.get(_path(make_picture(challenge_id=challenge.id)))
    attachment = client.get(_path(make_attachment(challenge_id=challenge.id, name=name)))
    for answer in (picture, attachment):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.response.cache_control.private
        assert answer.response.cache_control.immutable
        assert answer.response.cache_control.max_age == 31_536_000
        assert "Vary" not in answer.headers
    assert picture.headers["Content-Type"] == "image/webp"
    assert "Content-Disposition" not in picture.headers
    assert attachment.headers["Content-Type"] == "application/pdf"
    assert attachment.headers["Content-Disposition"] == (
        'attachment; filename="Bett_s _plan_; x.pdf"; '
        "filename*=UTF-8''Bett%E2%80%99s%20%E2%80%9Cplan%E2%80%9D%3B%20x.pdf"
    )


def _owner(belongs_to: str, sender: Member) -> dict[str, int]:
    if belongs_to == "nothing":
        return {}
    own = db.session.get_one(Organisation, sender.organisation_id)
    organisations = [own] if "one organisation" in belongs_to else []
    stage = (
        belongs_to.split(maxsplit=1)[0]
        if belongs_to.split(maxsplit=1)[0] in ("draft", "scheduled", "archived")
        else "open"
    )
    if "idea" not in belongs_to:
        return {"challenge_id": make_challenge(stage, organisations=organisations).id}
    status = {
        "draft idea": "draft",
        "hidden idea": "hidden",
        "withdrawn idea": "withdrawn",
        "idea waiting for approval": "waiting for approval",
    }.get(belongs_to, "new")
    challenge = make_challenge(organisations=organisations)
    return {"idea_id": make_idea(challenge, author=sender, status=status).id}


def _path(file: File) -> str:
    return f"/files/{file.id}/{file.key}"


def test_who_sent_a_file_does_not_see_it_once_they_may_not_see_what_it_belongs_to(client: Client) -> None:
    before, after = make_organisation(), make_organisation()
    sender = make_member(organisation=before)
    challenge = make_challenge(organisations=[before])
    of_challenge = make_picture(sender, challenge_id=challenge.id)
    of_idea = make_picture(sender, idea_id=make_idea(challenge, sender).id)
    client.sign_in(sender)
    for picture in (of_challenge, of_idea):
        client.get(_path(picture))
    sender.organisation_id = after.id
    db.session.commit()
    for picture in (of_challenge, of_idea):
        client.get(_path(picture), status=404)
        client.get(f"{_path(picture)}/small", status=404)
