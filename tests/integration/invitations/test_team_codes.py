"""Joining with a team's code: who gets in, and what an address without proof is worth."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.models import Member, MemberGroup, MemberSession
from talking_together.extensions import db
from talking_together.invitations import recounts
from talking_together.invitations.links import token_of
from talking_together.mail.models import OutboxMessage
from tests.factories import (
    make_challenge,
    make_group,
    make_member,
)
from tests.factories.invitations import make_invitation, make_join_code
from tests.support.client import Client
from tests.support.team_codes import PASSWORD, count, join, path_of, the_member

# The code and its page


def test_a_staff_number_joins_and_is_in_at_once_where_the_code_alone_decides(client: Client) -> None:
    group = make_group()
    challenge = make_challenge()
    code = make_join_code(group_id=group.id, challenge_id=challenge.id)
    page = join(client, code, sign_in_name=" rb-123 45", job_title="Porter")
    assert page.location == f"/welcome?challenge={challenge.id}"
    member = the_member()
    assert (member.email, member.organisation_id, member.job_title) == (None, code.organisation_id, "Porter")
    assert (member.points, member.is_active, member.awaiting_approval) == (50, True, False)
    assert db.session.scalars(select(MemberGroup.group_id)).all() == [group.id]
    assert code.uses_count == 1
    assert count(OutboxMessage) == 0
    assert client.get("/me").heading == "Ada Okafor"
    assert list(recounts.drift()) == []


def test_opening_the_page_or_sending_it_untouched_changes_nothing(app: Flask, client: Client) -> None:
    code = make_join_code()
    for _ in range(5):
        client.get(path_of(code))
    client.ask("HEAD", path_of(code))
    page = client.get(path_of(code)).form(path_of(code)).submit(status=400)
    assert "Enter your name" in page.html
    assert (code.uses_count, count(Member), count(MemberSession)) == (0, 0, 0)
    # Nothing of the person in front of it is kept either.
    client.get("/me", status=302)


def test_what_was_typed_stays_but_the_password(client: Client) -> None:
    page = join(client, make_join_code(), sign_in_name="porter", status=400)
    assert "the staff number on your badge" in page.html
    form = page.form(page.path)
    assert (form.fields["name"], form.fields["sign_in_name"]) == ("Ada Okafor", "porter")
    assert PASSWORD not in page.html


def test_a_bad_password_is_refused_in_words(client: Client) -> None:
    code = make_join_code()
    page = join(client, code, password="rb-12345 rb-12345", status=400)
    assert "must not contain your staff number" in page.html
    assert code.uses_count == 0


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"closed_at": datetime(2026, 1, 1, tzinfo=UTC)}, "This code has been closed"),
        ({"expires_at": datetime(2026, 1, 1, tzinfo=UTC)}, "This code has expired"),
        ({"max_uses": 3, "uses_count": 3}, "This code has been used by as many people as it is for"),
    ],
)
def test_a_code_that_is_over_says_so_and_what_to_do(client: Client, values: Any, words: str) -> None:
    code = make_join_code(**values)
    page = client.get(path_of(code), status=410)
    assert page.heading == words
    assert "/sign-in" in page.html
    sent = {"name": "Ada", "sign_in_name": "rb-12345", "password": PASSWORD}
    client.post(path_of(code), sent, status=410)
    assert count(Member) == 0


def test_an_unknown_code_asks_to_check_it(client: Client) -> None:
    page = client.get("/join/K7QMW-3XRPT", status=404)
    assert "We do not know this code" in page.html
    client.post("/join/K7QMW-3XRPT", {"name": "Ada"}, status=404)


def test_a_code_typed_in_any_way_leads_to_its_page(client: Client) -> None:
    code = make_join_code(code="K7QMW3XRPT")
    page = client.get("/join/team").form("/join/team").submit(code=" k7qmw 3xrpt", status=302)
    assert page.location == path_of(code)
    client.get("/join/k7qmw3xrpt")
    page = client.get("/join/team").form("/join/team").submit(code="K7QMW", status=400)
    assert "ten letters and digits" in page.html
    assert page.form("/join/team").fields["code"] == "K7QMW"
    assert "Enter your team’s code" in client.get("/join/team").form("/join/team").submit(status=400).html


def test_who_is_signed_in_is_told_so_and_joins_nobody(client: Client) -> None:
    code = make_join_code()
    member = make_member(name="Robin Ashworth")
    client.sign_in(member)
    page = client.get(path_of(code))
    assert "Robin Ashworth" in page.html
    sent = {"name": "Ada", "sign_in_name": "rb-12345", "password": PASSWORD}
    client.post(path_of(code), sent, status=409)
    assert count(Member) == 1
    client.post("/sign-out", {"next": path_of(code)})
    client.get(path_of(code))


def test_joining_on_a_shared_computer_makes_a_session_that_ends_with_it(client: Client) -> None:
    join(client, make_join_code(), shared="y")
    assert db.session.scalars(select(MemberSession.is_shared)).all() == [True]


# Names that are taken, and addresses without proof


def test_a_staff_number_that_is_taken_says_what_to_do(client: Client) -> None:
    make_member(sign_in_name="rb-12345", email=None)
    code = make_join_code()
    page = join(client, code, status=400)
    assert "add the letters of your organisation" in page.html
    assert code.uses_count == 0


def test_an_address_that_has_an_account_and_one_that_was_revoked_get_the_same_words(client: Client) -> None:
    make_member(email="known@riverside.example")
    make_member(email="confirmed@riverside.example", sign_in_name="x-99")
    make_invitation(email="revoked@riverside.example", state="revoked")
    code = make_join_code(max_uses=1)
    answers = set()
    for name in ("known", "confirmed", "revoked"):
        page = join(client, code, sign_in_name=f"{name}@riverside.example", status=400)
        answers.add(page.query(".nhsuk-error-message")[0].text)
    assert len(answers) == 1
    assert code.uses_count == 0


@pytest.mark.parametrize("state", ["sent", "declined", "expired"])
def test_an_invited_address_joins_by_code_but_owns_nothing_before_it_is_proven(
    client: Client, state: str
) -> None:
    invitation = make_invitation(email="ada@riverside.example", state=state)
    join(client, make_join_code(), sign_in_name="ada@riverside.example")
    member = the_member("ada@riverside.example")
    assert member.email is None
    assert invitation.state == state
    # The one email that goes there asks for the proof.
    message = db.session.scalars(select(OutboxMessage)).one()
    assert (message.purpose, message.to_address) == ("address proof", "ada@riverside.example")
    link = next(word for word in message.body_text.split() if "/me/email/" in word)
    path = "/" + link.split("/", 3)[3]
    page = client.get(path)
    assert "ada@riverside.example" in page.html
    assert the_member("ada@riverside.example").email is None
    page.form(path).submit()
    assert the_member("ada@riverside.example").email == "ada@riverside.example"
    assert invitation.state == ("expired" if state == "expired" else "already a member")
    # A second press does no harm.
    client.post(path)


def test_nobody_keeps_a_colleague_out_who_signs_in_with_their_address(app: Flask, client: Client) -> None:
    invitation = make_invitation(email="victim@riverside.example")
    join(client, make_join_code(), sign_in_name="victim@riverside.example")
    client.get("/me/email").form("/me/email").submit(email="mine@home.example", status=200)
    body = db.session.scalars(
        select(OutboxMessage.body_text).where(OutboxMessage.to_address == "mine@home.example")
    ).one()
    path = "/" + next(word for word in body.split() if "/me/email/" in word).split("/", 3)[3]
    assert "Sign in with it from now on" in client.get(path).form(path).submit().follow().html
    assert the_member("mine@home.example").email == "mine@home.example"
    link = f"/invitations/{token_of(invitation.id, invitation.nonce)}"
    victim = Client(app)
    victim.get(link).form(link).submit(name="Vic", password=PASSWORD)
    assert the_member("victim@riverside.example").name == "Vic"


def test_the_link_of_a_proof_is_for_one_account_and_seven_days(
    app: Flask, client: Client, hold_clock: Any
) -> None:
    join(client, make_join_code(), sign_in_name="ada@riverside.example")
    body = db.session.scalars(select(OutboxMessage.body_text)).one()
    path = "/" + next(word for word in body.split() if "/me/email/" in word).split("/", 3)[3]
    other = Client(app).sign_in(make_member(email=None, sign_in_name="zz-1"))
    other.get(path, status=410)
    other.post(path, status=410)
    Client(app).get(path, status=302)
    client.get(path + "x", status=410)
    assert the_member("ada@riverside.example").email is None


def test_an_address_that_became_somebody_elses_meanwhile_is_not_taken_from_them(client: Client) -> None:
    join(client, make_join_code(), sign_in_name="rb-1")
    client.get("/me/email").form("/me/email").submit(email="late@riverside.example", status=200)
    body = db.session.scalars(select(OutboxMessage.body_text)).one()
    path = "/" + next(word for word in body.split() if "/me/email/" in word).split("/", 3)[3]
    make_member(email="late@riverside.example")
    client.post(path, status=410)
    assert the_member("rb-1").email is None


def test_asking_for_a_proof_is_answered_alike_for_every_address_and_is_limited(client: Client) -> None:
    make_member(email="known@riverside.example")
    join(client, make_join_code(), sign_in_name="rb-1")
    page = client.get("/me/email").form("/me/email").submit(email="known@riverside.example", status=200)
    assert page.heading == "Look in your email"
    assert count(OutboxMessage) == 0
    statuses = [
        client.send(
            "POST", "/me/email", data={"csrf_token": client.token(), "email": "a@b.example"}, status=s
        )
        for s in [200] * 9 + [429]
    ]
    assert len(statuses) == 10


def test_an_unproven_address_gets_no_new_password_by_email(client: Client) -> None:
    from talking_together.accounts.sweeps import answer_password_resets

    join(client, make_join_code(needs_approval=True), sign_in_name="ada@riverside.example")
    page = client.get("/password-reset").form("/password-reset")
    page.submit(email="ada@riverside.example", status=200)
    answer_password_resets()
    assert count(OutboxMessage) == 0
