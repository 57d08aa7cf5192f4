"""Joining with a team's code: the code's limits, who gets in, and what an address without proof is worth."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member, MemberGroup, MemberSession
from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.errors import InvalidInput
from talking_together.extensions import db
from talking_together.invitations import recounts
from talking_together.invitations.models import JoinCode, JoinCodeUse
from talking_together.invitations.team_codes import approval
from talking_together.invitations.team_codes.codes import shown_code
from talking_together.invitations.team_codes.joining import CodeOver, join_with_code
from talking_together.mail.models import OutboxMessage
from talking_together.points.models import PointEntry
from tests.factories import (
    make_admin,
    make_challenge,
    make_group,
    make_member,
    make_moderator,
    make_organisation,
    viewer_of,
)
from tests.factories.invitations import make_invitation, make_join_code
from tests.support.client import Client, Page
from tests.support.parallel import run_together

PASSWORD = "kettle lamps under seven stones"


def path_of(code: JoinCode) -> str:
    return f"/join/{shown_code(code.code)}"


def join(client: Client, code: JoinCode, **changes: Any) -> Page:
    filled = {"name": "Ada Okafor", "sign_in_name": "RB-12345", "password": PASSWORD, **changes}
    path = path_of(code)
    return client.get(path).form(path).submit(**filled)


def the_member(sign_in_name: str = "rb-12345") -> Member:
    return db.session.scalars(select(Member).where(Member.sign_in_name == sign_in_name)).one()


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


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


# Approval


def test_somebody_who_waits_reads_so_with_the_right_password_only(client: Client) -> None:
    code = make_join_code(needs_approval=True)
    page = join(client, code)
    assert page.location == f"{path_of(code)}/waiting"
    page.follow()
    member = the_member()
    assert (member.is_active, member.awaiting_approval, member.points) == (False, True, 0)
    assert code.uses_count == 1

    def sign_in(password: str, status: int) -> Page:
        return (
            client.get("/sign-in").form("/sign-in").submit(email="RB-12345", password=password, status=status)
        )

    assert sign_in(PASSWORD, 403).heading == "A moderator has not let you in yet"
    assert sign_in("something else entirely", 400).heading == "Sign in"
    assert count(MemberSession) == 0


def test_a_moderator_lets_several_in_at_once(app: Flask, client: Client) -> None:
    code = make_join_code(needs_approval=True, label="Night porters")
    for number in range(3):
        name = f"p{number}@riverside.example" if number else "rb-12345"
        join(client, code, sign_in_name=name, name=f"Person {number}")
    moderator = Client(app).sign_in(make_moderator())
    assert "3 people wait" in moderator.get("/moderation").html
    page = moderator.get("/moderation/join-requests")
    assert page.html.count("Night porters") == 3
    ids = [the_member(name).id for name in ("rb-12345", "p1@riverside.example")]
    page.form(page.path).submit(member_ids=ids, action="approve")
    assert the_member().points == 50
    assert (the_member().is_active, the_member().awaiting_approval) == (True, False)
    assert the_member("p2@riverside.example").awaiting_approval
    # Only an address that was let in is asked for its proof.
    assert db.session.scalars(select(OutboxMessage.to_address)).all() == ["p1@riverside.example"]
    assert count(AuditEntry) == 2
    sent = {"email": "rb-12345", "password": PASSWORD}
    assert client.get("/sign-in").form("/sign-in").submit(**sent).location == "/"


def test_a_refusal_needs_a_reason_deletes_the_account_and_gives_the_use_back(
    app: Flask, client: Client
) -> None:
    code = make_join_code(needs_approval=True, max_uses=1)
    join(client, code)
    moderator = Client(app).sign_in(make_moderator())
    ids = [the_member().id]
    page = moderator.get("/moderation/join-requests").form("/moderation/join-requests")
    words = page.submit(member_ids=ids, action="refuse", status=400)
    assert "Say why" in words.html
    assert words.query("input[type=checkbox]")[0].get("checked") is not None
    page.submit(member_ids=ids, action="refuse", reason="Not of this team")
    assert (count(Member), count(JoinCodeUse), code.uses_count) == (1, 0, 0)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_label, entry.reason) == (
        "join request refused",
        "Ada Okafor",
        "Not of this team",
    )
    join(client, code)
    assert list(recounts.drift()) == []


@pytest.mark.parametrize(
    "sent", [{}, {"action": "approve"}, {"member_ids": "1"}, {"member_ids": "x", "action": "approve"}]
)
def test_a_decision_about_nobody_or_of_no_kind_is_refused(client: Client, sent: Any) -> None:
    client.sign_in(make_moderator())
    client.post("/moderation/join-requests", sent, status=400)


def test_what_another_moderator_decided_stays(app: Flask, client: Client) -> None:
    join(client, make_join_code(needs_approval=True))
    member = the_member()
    one, other = viewer_of(make_moderator()), viewer_of(make_moderator())
    results = run_together(
        app,
        [
            lambda: in_transaction(lambda: approval.approve_requests(one, member_ids=[member.id])),
            lambda: in_transaction(
                lambda: approval.refuse_requests(other, member_ids=[member.id], reason="Unknown")
            ),
        ],
    )
    assert sorted(results) == [0, 1]
    assert count(AuditEntry) == 1
    assert list(recounts.drift()) == []


def test_an_admin_cannot_let_in_by_the_back_door(app: Flask, client: Client) -> None:
    join(client, make_join_code(needs_approval=True))
    path = f"/admin/members/{the_member().id}"
    admin = Client(app).sign_in(make_admin())
    assert "Waits for a moderator" in admin.get(path).html
    page = admin.post(f"{path}/reactivate", {"access-reason": "Known to me"}, status=400)
    assert "Join requests" in page.html
    assert "Ada Okafor" in admin.get("/admin/members", query={"state": "waiting"}).html
    assert "Ada Okafor" not in admin.get("/admin/members", query={"state": "deactivated"}).html


# The limit


@pytest.mark.parametrize("needs_approval", [False, True])
def test_parallel_joins_never_pass_the_limit(app: Flask, needs_approval: bool) -> None:
    code = make_join_code(max_uses=4, needs_approval=needs_approval)
    code_id = code.id

    def joining(number: int) -> Any:
        return lambda: in_transaction(
            lambda: join_with_code(
                code_id=code_id,
                name="Ada Okafor",
                sign_in_name=f"rb-{number}",
                password_hash="kept",
                job_title="",
                on_leaderboard=False,
            )
        )

    results = run_together(app, [joining(number) for number in range(10)])
    assert sum(isinstance(result, CodeOver) for result in results) == 6
    assert (code.uses_count, count(Member), count(JoinCodeUse)) == (4, 4, 4)
    assert count(PointEntry) == (0 if needs_approval else 4)
    assert list(recounts.drift()) == []


def test_one_name_joins_once_however_often_it_is_pressed(app: Flask) -> None:
    code_id = make_join_code().id

    def joining() -> Any:
        return in_transaction(
            lambda: join_with_code(
                code_id=code_id,
                name="Ada Okafor",
                sign_in_name="rb-12345",
                password_hash="kept",
                job_title="",
                on_leaderboard=False,
            )
        )

    results = run_together(app, [joining] * 6)
    assert sum(isinstance(result, InvalidInput) for result in results) == 5
    assert (db.session.get(JoinCode, code_id).uses_count, count(Member)) == (1, 1)


# The admin's pages


def code_form(client: Client) -> Any:
    return client.get("/admin/invitations/codes/new").form("/admin/invitations/codes/new")


def test_an_admin_makes_a_code_good_through_a_london_day(client: Client, hold_clock: Any) -> None:
    hold_clock(datetime(2026, 10, 20, 22, 30, tzinfo=UTC))
    organisation = make_organisation(name="Riverside Trust")
    client.sign_in(make_admin())
    page = code_form(client).submit(
        label="Night porters", organisation_id=organisation.id, max_uses="40", last_day="2026-10-24"
    )
    code = db.session.scalars(select(JoinCode)).one()
    # The last day of summer time: the day ends at 23:00 UTC.
    assert code.expires_at == datetime(2026, 10, 24, 23, tzinfo=UTC)
    assert (code.needs_approval, code.max_uses, code.uses_count) == (True, 40, 0)
    shown = page.follow()
    assert shown_code(code.code) in shown.html
    assert "Saturday 24 October" in shown.html
    assert "Night porters" in client.get("/admin/invitations/codes").html
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_label) == ("join code made", "Night porters")
    # The code lets people in, so the log does not hold it.
    assert code.code not in str(entry.details)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("label", "", "Enter the name of the team"),
        ("organisation_id", "", "Choose an organisation"),
        ("max_uses", "0", "Enter a number from 1 to 10,000"),
        ("max_uses", "10001", "Enter a number from 1 to 10,000"),
        ("max_uses", "many", "Enter a number from 1 to 10,000"),
        ("last_day", "soon", "Enter a day"),
        ("last_day", "2020-01-01", "Choose today or a later day"),
        ("last_day", "9999-12-31", "Choose a day within a year"),
        ("group_id", "999999", "Not a valid choice"),
        ("approval", "maybe", "Not a valid choice"),
    ],
)
def test_a_code_that_cannot_be_says_why(client: Client, field: str, value: str, words: str) -> None:
    client.sign_in(make_admin())
    filled = {
        "label": "Night porters",
        "organisation_id": make_organisation().id,
        "max_uses": "40",
        "last_day": clock.today().isoformat(),
        field: value,
    }
    page = code_form(client).submit(**filled, status=400)
    assert any(words in error.text for error in page.query(".nhsuk-error-message")), page.html
    assert count(JoinCode) == 0


def test_a_group_of_another_organisation_is_refused(client: Client) -> None:
    group = make_group(organisation=make_organisation())
    client.sign_in(make_admin())
    page = code_form(client).submit(
        label="Porters", organisation_id=make_organisation().id, group_id=group.id, max_uses="4", status=400
    )
    assert "belongs to another organisation" in page.html


def test_the_limits_change_but_never_below_what_was_used(client: Client) -> None:
    code = make_join_code(uses_count=3, max_uses=10)
    client.sign_in(make_admin())
    path = f"/admin/invitations/codes/{code.id}"
    page = client.get(path).form(path).submit(max_uses="2", status=400)
    assert "from 3 to 10,000, because 3 have joined" in page.html
    later = clock.today() + timedelta(days=90)
    client.get(path).form(path).submit(max_uses="3", last_day=later.isoformat())
    assert code.max_uses == 3
    assert clock.to_london(code.expires_at - timedelta(seconds=1)).date() == later


def test_closing_and_opening_again_twice_harms_nobody(client: Client) -> None:
    code = make_join_code()
    client.sign_in(make_admin())
    path = f"/admin/invitations/codes/{code.id}"
    for act in ("close", "close", "reopen", "reopen"):
        client.post(f"{path}/{act}").follow()
    assert code.closed_at is None
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert actions == ["join code closed", "join code opened again"]


def test_who_joined_with_a_code_stands_on_its_page(app: Flask, client: Client) -> None:
    code = make_join_code(needs_approval=True)
    join(client, code)
    admin = Client(app).sign_in(make_admin())
    page = admin.get(f"/admin/invitations/codes/{code.id}", statements=6)
    assert "Ada Okafor" in page.html
    assert "Waits for a moderator" in page.html
    # A code is for 10,000 at most, and its page for fifty.
    assert "1 of 10" in page.html


def test_the_poster_holds_all_that_somebody_needs(app: Flask, client: Client) -> None:
    app.config["CONTACT_EMAIL"] = "ideas-team@riverside.example"
    challenge = make_challenge(title="What would make handover quicker?")
    code = make_join_code(challenge_id=challenge.id, label="Night porters")
    client.sign_in(make_admin())
    page = client.get(f"/admin/invitations/codes/{code.id}/poster")
    assert page.heading == "What would make handover quicker?"
    text = page.query("main")[0].text
    for words in (
        "Talking Together",
        "Night porters",
        "ideas.example.org/join",
        shown_code(code.code),
        "ideas-team@riverside.example",
    ):
        assert words in text
    assert "https://" not in text
    label = page.query(".poster__qr [role=img]")[0].get("aria-label")
    assert label == f"QR code that leads to https://ideas.example.org{path_of(code)}"
