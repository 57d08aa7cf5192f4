"""A member's own pages."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.models import Member, MemberSession
from talking_together.extensions import db
from talking_together.mail.models import OutboxMessage
from talking_together.points.models import PointEntry
from tests.factories.members import PASSWORD, make_member
from tests.support.client import Client, Page

NEW = "copper violin on the seventh hill"


def fresh(member: Member) -> Any:
    return db.session.execute(select(Member.__table__).where(Member.id == member.id)).one()


def error_of(page: Page) -> str:
    return page.query(".nhsuk-error-message")[0].text


@pytest.mark.parametrize(
    ("path", "statements"),
    # On the first stand the milestones, with how far the member has come.
    [("/me", 4), *((f"/me/{page}", 3) for page in ("profile", "password", "sessions", "preferences"))],
)
def test_each_page_costs_few_statements(client: Client, path: str, statements: int) -> None:
    client.sign_in(make_member())
    client.get(path, statements=statements)


def test_a_complete_profile_earns_points_once(client: Client) -> None:
    member = make_member()
    client.sign_in(member)
    form = client.get("/me/profile").form()
    form.submit(name="Ada Okafor", job_title="Nurse", about="")
    assert fresh(member).points == 0
    page = form.submit(name="Ada Okafor", job_title="Nurse", about="I care\nfor people", statements=8)
    assert "Profile saved · +10 points" in page.follow().text
    form.submit(name="Ada Okafor", job_title="", about="")
    form.submit(name="Ada Okafor", job_title="Nurse", about="Again")
    assert fresh(member).points == 10
    assert len(db.session.scalars(select(PointEntry)).all()) == 1
    assert client.get("/me").heading == "Ada Okafor"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Enter your name"),
        ("name", "   ", "Enter your name"),
        ("name", "x" * 101, "100 characters or fewer"),
        ("name", "Ada\u202eOkafor", "hidden characters"),
        ("name", "Ada\x00", "control characters"),
        ("job_title", "x" * 120, "119 characters or fewer"),
        ("about", "x" * 501, "500 characters or fewer"),
    ],
)
def test_a_profile_says_what_is_wrong_and_keeps_what_was_typed(
    client: Client, field: str, value: str, words: str
) -> None:
    member = make_member()
    client.sign_in(member)
    page = (
        client.get("/me/profile")
        .form()
        .submit(**{"name": "Ada Okafor", "about": "Kept words", field: value}, status=400)
    )
    assert words in error_of(page)
    if field != "about":
        assert page.form().fields["about"] == "Kept words"
    assert fresh(member).about == ""


def test_what_others_read_is_shown_as_text(client: Client) -> None:
    member = make_member(name="<b>Ada</b>", about="<script>alert(1)</script>", job_title="{{ 7*7 }}")
    client.sign_in(member)
    page = client.get("/me")
    assert page.heading == "<b>Ada</b>"
    assert "<script>alert(1)</script>" in page.text


def test_preferences_are_kept(client: Client) -> None:
    member = make_member()
    client.sign_in(member)
    form = client.get("/me/preferences").form()
    assert "on_leaderboard" not in form.fields
    page = form.submit(theme="dark", on_leaderboard="y").follow()
    assert page.root.get("data-theme") == "dark"
    assert page.form().fields["theme"] == "dark"
    assert fresh(member).on_leaderboard is True
    page.form().submit(theme="system", on_leaderboard="")
    assert fresh(member).on_leaderboard is False


@pytest.mark.parametrize("theme", ["", "purple", "x" * 1_000])
def test_a_theme_that_there_is_not_is_refused(client: Client, theme: str) -> None:
    client.sign_in(make_member())
    assert error_of(client.get("/me/preferences").form().submit(theme=theme, status=400))


def change(client: Client, current: str = PASSWORD, new: str = NEW, status: int | None = None) -> Page:
    form = client.get("/me/password").form()
    return form.submit(current_password=current, password=new, status=status)


def test_a_new_password_ends_other_sessions_and_renews_this_one(app: Flask) -> None:
    member = make_member()
    here, there = Client(app).sign_in(member), Client(app).sign_in(member)
    before = set(db.session.scalars(select(MemberSession.token_hash)))
    change(here)
    here.get("/me")
    there.get("/me", status=302)
    after = db.session.scalars(select(MemberSession.token_hash)).all()
    assert len(after) == 1
    assert not before & set(after)
    message = db.session.scalars(select(OutboxMessage)).one()
    assert message.subject == "Your password for Talking Together was changed"
    here.post("/sign-out")
    here.get("/sign-in").form("/sign-in").submit(email=member.email, password=PASSWORD, status=400)
    here.get("/sign-in").form("/sign-in").submit(email=member.email, password=NEW)


@pytest.mark.parametrize(
    ("current", "new", "words"),
    [
        ("", NEW, "Enter your current password"),
        (PASSWORD, "", "Enter a new password"),
        ("wrong", NEW, "not your current password"),
        (PASSWORD, "talking-together", "the name of this site"),
        (PASSWORD, "Talking Together 2026", "the name of this site"),
        (PASSWORD, "qwertyuiop123", "too easy to guess"),
        (PASSWORD, "Ásh worth is my name", "your name"),
    ],
)
def test_a_password_that_will_not_do_is_refused(client: Client, current: str, new: str, words: str) -> None:
    member = make_member(name="Robin Ashworth")
    client.sign_in(member)
    assert words in error_of(change(client, current, new, status=400))
    assert fresh(member).password_hash == member.password_hash


def test_the_present_password_cannot_be_guessed_at_leisure(client: Client) -> None:
    client.sign_in(make_member())
    for _ in range(10):
        change(client, "wrong", status=400)
    assert "Too many wrong passwords" in error_of(change(client, status=429))


def test_a_member_sees_and_ends_their_sessions(app: Flask) -> None:
    member = make_member()
    here, there, third = (Client(app).sign_in(member) for _ in range(3))
    page = here.get("/me/sessions")
    assert len(page.query("main li.card")) == 3
    assert page.text.count("This browser") == 1
    forms = [form for form in page.query("main form") if form["action"].endswith("/end")]
    assert len(forms) == 2
    page.form(forms[0]["action"]).submit()
    assert sorted(c.ask("GET", "/me").status for c in (here, there, third)) == [200, 200, 302]
    here.get("/me/sessions").form("/me/sessions/end-others").submit()
    assert sorted(c.ask("GET", "/me").status for c in (here, there, third)) == [200, 302, 302]
    here.get("/me")


def test_nobody_ends_the_sessions_of_others(app: Flask) -> None:
    client, other = Client(app).sign_in(make_member()), Client(app).sign_in(make_member())
    session_id = max(db.session.scalars(select(MemberSession.id)))
    client.post(f"/me/sessions/{session_id}/end", status=404)
    client.post("/me/sessions/end-others")
    other.get("/me")


def test_a_password_changed_on_a_shared_computer_stays_on_a_short_session(client: Client) -> None:
    member = make_member()
    client.get("/sign-in").form("/sign-in").submit(email=member.email, password=PASSWORD, shared="y")
    cookies = change(client).headers.getlist("Set-Cookie")
    assert all("Expires" not in cookie for cookie in cookies)
    row = db.session.scalars(select(MemberSession)).one()
    assert (row.expires_at - row.created_at).total_seconds() == 12 * 3600
