"""The page after joining: what this is, how others see one, and on to the challenge."""

import io
from typing import Any

import pytest
from PIL import Image

from talking_together.accounts.models import Member
from talking_together.core.formatting import challenge_path
from talking_together.extensions import db
from tests.factories import make_challenge, make_member, make_moderator, make_organisation
from tests.support.client import Client


def picture(kind: str = "JPEG", size: tuple[int, int] = (400, 300)) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 30, 60)).save(file, kind)
    file.seek(0)
    return file


def fresh(member: Member) -> Any:
    db.session.expire_all()
    return db.session.get(Member, member.id)


def test_it_shows_how_others_will_see_the_member_and_leads_to_their_challenge(client: Client) -> None:
    organisation = make_organisation(short_name="Riverside")
    member = make_member(organisation, name="Ada Okafor", job_title="Nurse")
    challenge = make_challenge(organisations=[organisation], title="How do we get people home?")
    client.sign_in(member)
    page = client.get(f"/welcome?challenge={challenge.id}", statements=3)
    assert page.query("main .byline")[0].text == "AO Ada Okafor Riverside"
    assert "Be kind" in page.text
    form = page.form()
    assert form.query("button")[0].text == "Go to “How do we get people home?”"
    assert form.submit().location == challenge_path(challenge)
    assert "Profile saved" not in client.get("/").text


def test_what_is_changed_there_is_kept(client: Client) -> None:
    member = make_member(name="A. Okafor", about="I care for people")
    client.sign_in(member)
    form = client.get("/welcome").form("/welcome")
    page = form.submit(name="Ada Okafor", job_title="Nurse", photo=(picture(), "me.jpg"), statements=11)
    assert page.location == "/"
    assert "Profile saved · +10 points" in page.follow().text
    changed = fresh(member)
    assert (changed.name, changed.job_title, changed.about) == ("Ada Okafor", "Nurse", "I care for people")
    assert client.get("/me").query("main img.avatar")[0]["src"] == (
        f"/members/{member.id}/photo/{changed.photo_key}-large.webp"
    )


@pytest.mark.parametrize(
    ("stage", "everyone", "role", "leads_there"),
    [
        ("open", True, "staff", True),
        ("voting only", True, "staff", True),
        ("in review", True, "staff", True),
        ("open", False, "staff", False),
        ("draft", True, "staff", False),
        ("scheduled", True, "staff", False),
        ("draft", True, "moderator", False),
        ("scheduled", True, "moderator", False),
        ("open", False, "moderator", True),
    ],
)
def test_only_a_challenge_that_is_there_for_them_is_led_to(
    client: Client, stage: str, everyone: bool, role: str, leads_there: bool
) -> None:
    challenge = make_challenge(stage, organisations=[] if everyone else [make_organisation()])
    client.sign_in(make_member() if role == "staff" else make_moderator())
    page = client.get(f"/welcome?challenge={challenge.id}")
    assert (challenge.title in page.text) == leads_there
    sent = client.post(f"/welcome?challenge={challenge.id}", {"name": "Ada Okafor"})
    assert sent.location == (challenge_path(challenge) if leads_there else "/")


@pytest.mark.parametrize("named", ["", "x", "0", "-1", "99999999999999999999", "7%00", "//evil.example"])
def test_an_address_that_names_no_challenge_leads_home(client: Client, named: str) -> None:
    client.sign_in(make_member())
    page = client.get(f"/welcome?challenge={named}")
    assert page.form("/welcome").query("button")[0].text == "Go to the challenges"


def test_nothing_typed_is_lost_when_something_is_wrong(client: Client) -> None:
    member = make_member(name="Ada Okafor")
    client.sign_in(member)
    form = client.get("/welcome").form("/welcome")
    page = form.submit(name="", job_title="Nurse", photo=(picture(), "me.jpg"), status=400)
    assert [each.text.removeprefix("Error: ") for each in page.query(".nhsuk-error-message")] == [
        "Enter your name",
        "Choose your photo again: it could not be kept",
    ]
    assert page.form("/welcome").fields["job_title"] == "Nurse"
    page = form.submit(name="Ada", job_title="Nurse", photo=(io.BytesIO(b"<svg/>"), "me.jpg"), status=400)
    assert "Choose a JPEG" in page.query(".nhsuk-error-message")[0].text
    assert page.form("/welcome").fields["name"] == "Ada"
    assert fresh(member).name == "Ada Okafor"


def test_everybody_can_read_the_house_rules(client: Client) -> None:
    page = client.get("/help")
    assert {"/house-rules"} <= {link["href"] for link in page.query("main a")}
    assert client.get("/house-rules").heading == "House rules"
    assert client.get("/sign-in").query("footer a[href='/house-rules']")
