"""Who joined with a code waits for a moderator; and a code is never used more often than it may be."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.models import Member, MemberSession
from talking_together.audit.models import AuditEntry
from talking_together.core.commits import in_transaction
from talking_together.core.errors import InvalidInput
from talking_together.extensions import db
from talking_together.invitations import recounts
from talking_together.invitations.models import JoinCode, JoinCodeUse
from talking_together.invitations.team_codes import approval
from talking_together.invitations.team_codes.joining import CodeOver, join_with_code
from talking_together.mail.models import OutboxMessage
from talking_together.points.models import PointEntry
from tests.factories import (
    make_admin,
    make_moderator,
    viewer_of,
)
from tests.factories.invitations import make_join_code
from tests.support.client import Client, Page
from tests.support.parallel import run_together
from tests.support.team_codes import PASSWORD, count, join, path_of, the_member

# Approval


def test_somebody_who_waits_reads_so_with_the_right_password_only(client: Client) -> None:
    code = make_join_code(needs_approval=True)
    page = join(client, code)
    assert page.location == f"{path_of(code)}/waiting"
    assert page.follow().query("main a.nhsuk-button")[0].get("href") == "/sign-in?next=%2Fwelcome"
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
