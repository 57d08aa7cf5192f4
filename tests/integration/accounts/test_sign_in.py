"""Signing in: what it needs, what it answers, what it leaves behind."""

import time
from datetime import timedelta
from statistics import median
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member, MemberSession
from talking_together.accounts.passwords import hash_password, needs_rehash
from talking_together.accounts.services import deactivate_member, open_session
from talking_together.accounts.sessions import hash_of
from talking_together.core import clock
from talking_together.extensions import db
from tests.factories.members import PASSWORD, make_admin, make_member, viewer_of
from tests.support.client import Client, Page

WRONG = "The email address, the staff number or the password is wrong"


def sign_in(client: Client, email: str | None, password: str = PASSWORD, **changes: Any) -> Page:
    return client.get("/sign-in").form("/sign-in").submit(email=email, password=password, **changes)


def test_the_right_password_signs_in_however_the_address_is_typed(client: Client) -> None:
    member = make_member()
    page = sign_in(client, f" {member.email.upper()} ", statements=8)
    assert page.location == "/"
    assert client.get("/me", statements=5).heading == member.name


def test_the_table_keeps_a_hash_of_the_token_and_the_browser_in_words(client: Client) -> None:
    member = make_member()
    sign_in(client, member.email)
    with client.browser.session_transaction(base_url=client.origin) as session:
        token = session["_user_id"]
    row = db.session.scalars(select(MemberSession)).one()
    assert (row.token_hash, row.member_id) == (hash_of(token), member.id)
    assert token not in row.token_hash
    assert row.expires_at - row.created_at == timedelta(days=60)


def test_nothing_that_the_browser_held_before_outlives_signing_in(client: Client) -> None:
    member = make_member()
    client.get("/sign-in")
    with client.browser.session_transaction(base_url=client.origin) as session:
        session["_user_id"] = "a token that an attacker planted"
        session["planted"] = "yes"
        before = session["csrf_token"]
    sign_in(client, member.email)
    with client.browser.session_transaction(base_url=client.origin) as session:
        assert "planted" not in session
        assert session["_user_id"] != "a token that an attacker planted"
        assert session.get("csrf_token") != before


def test_each_sign_in_has_a_token_of_its_own(app: Flask) -> None:
    member = make_member()
    for _ in range(2):
        sign_in(Client(app), member.email)
    tokens = db.session.scalars(select(MemberSession.token_hash)).all()
    assert len(set(tokens)) == 2


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("{known}", "something else entirely"),
        ("nobody@riverside.example", PASSWORD),
        ("{deactivated}", PASSWORD),
        ("{without_password}", PASSWORD),
        ("{without_password}", "x"),
    ],
)
def test_a_wrong_name_or_password_gets_one_answer_at_one_cost(
    client: Client, email: str, password: str
) -> None:
    known = make_member()
    deactivated = make_member(is_active=False)
    without = make_member(password_hash=None)
    address = email.format(known=known.email, deactivated=deactivated.email, without_password=without.email)
    page = sign_in(client, address, password, status=400, statements=4)
    assert len(page.statements) == 4
    assert [error.text for error in page.query(".nhsuk-error-message")] == [f"Error: {WRONG}"]
    assert page.form("/sign-in").fields["email"] == address
    assert not page.query("input[type=password]")[0].get("value")
    assert db.session.scalar(select(func.count()).select_from(MemberSession)) == 0


def test_an_unknown_address_takes_as_long_as_a_known_one(app: Flask) -> None:
    # Real costs, or the hashing would drown in the noise.
    app.config.update(ARGON2_MEMORY_KIB=19_456, ARGON2_PASSES=2, ARGON2_LANES=1)
    member = make_member(password_hash=hash_password(PASSWORD))
    client = Client(app)
    form = client.get("/sign-in").form("/sign-in")

    def seconds(email: str) -> float:
        began = time.perf_counter()
        form.submit(email=email, password="not the right one", status=400)
        return time.perf_counter() - began

    seconds("warm@riverside.example")
    known, unknown = [], []
    for number in range(8):
        known.append(seconds(member.email))
        unknown.append(seconds(f"nobody{number}@riverside.example"))
    assert 0.5 < median(known) / median(unknown) < 2


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [
        ("", PASSWORD, "Enter your email address or staff number"),
        ("someone@riverside.example", "", "Enter your password"),
        ("someone@riverside.example", "x" * 201, "Password must be 200 characters or fewer"),
        ("a" * 255, PASSWORD, "Email or staff number must be 254 characters or fewer"),
        ("some\u202eone@riverside.example", PASSWORD, "Remove the hidden characters"),
    ],
)
def test_a_field_that_cannot_be_right_says_so(client: Client, email: str, password: str, words: str) -> None:
    page = sign_in(client, email, password, status=400)
    assert words in page.query(".nhsuk-error-message")[0].text


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("/ideas/12-a-list?order=new#comment-3", "/ideas/12-a-list?order=new#comment-3"),
        ("/me", "/me"),
        ("", "/"),
        ("//evil.example", "/"),
        ("///evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("https:evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\n/evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("\n//evil.example", "/"),
        ("%2f%2fevil.example", "/"),
        (" //evil.example", "/"),
        ("evil.example", "/"),
        ("/%5cevil.example\r\nX-Evil: 1", "/"),
        ("/" + "a" * 3_000, "/"),
    ],
)
def test_signing_in_leads_nowhere_but_within_the_site(client: Client, target: str, place: str) -> None:
    member = make_member()
    client.get("/sign-in")
    page = client.post("/sign-in", {"email": member.email, "password": PASSWORD, "next": target})
    assert page.location == place


def test_the_place_to_go_to_is_kept_over_a_wrong_password(client: Client) -> None:
    member = make_member()
    client.sign_out()
    page = client.get("/me/profile", status=302).follow()
    assert "Sign in to see the page that you opened." in page.text
    page = page.form("/sign-in").submit(email=member.email, password="wrong", status=400)
    page = page.form("/sign-in").submit(email=member.email, password=PASSWORD)
    assert page.location == "/me/profile"


def test_somebody_signed_in_is_led_on_from_the_sign_in_page(client: Client) -> None:
    client.sign_in(make_member())
    assert client.get("/sign-in", query={"next": "/me"}, status=302).location == "/me"
    assert client.get("/sign-in", query={"next": "//evil.example"}, status=302).location == "/"


def test_signing_out_ends_the_session_on_the_server_too(client: Client) -> None:
    client.sign_in(make_member())
    with client.browser.session_transaction(base_url=client.origin) as session:
        kept = dict(session)
    client.get("/me").query("main form")
    client.post("/sign-out")
    assert db.session.scalar(select(func.count()).select_from(MemberSession)) == 0
    with client.browser.session_transaction(base_url=client.origin) as session:
        session.update(kept)
    assert client.get("/me", status=302).location == "/sign-in?next=/me"


def test_signing_out_twice_harms_nobody(client: Client) -> None:
    client.get("/sign-in")
    assert client.post("/sign-out").location == "/sign-in"


def test_deactivation_ends_access_with_the_next_request(client: Client) -> None:
    admin, member = make_admin(), make_member()
    client.sign_in(member)
    client.get("/me")
    deactivate_member(viewer_of(admin), member_id=member.id, reason="Left the trust")
    assert client.get("/me", status=302).location == "/sign-in?next=/me"


def test_a_session_without_its_member_active_signs_nobody_in(client: Client) -> None:
    member = make_member()
    client.sign_in(member)
    db.session.get(Member, member.id).is_active = False
    db.session.commit()
    client.get("/me", status=302)


@pytest.mark.parametrize(
    ("shared", "later", "status"),
    [
        (False, timedelta(days=13), 200),
        (False, timedelta(days=14), 302),
        (True, timedelta(minutes=9, seconds=59), 200),
        (True, timedelta(minutes=10), 302),
    ],
)
def test_a_session_ends_when_it_is_not_used(
    client: Client, hold_clock: Any, shared: bool, later: timedelta, status: int
) -> None:
    began = clock.now()
    hold_clock(began)
    sign_in(client, make_member().email, **({"shared": "y"} if shared else {}))
    hold_clock(began + later)
    client.get("/me", status=status)


def test_a_session_ends_after_sixty_days_however_much_it_is_used(client: Client, hold_clock: Any) -> None:
    began = clock.now()
    hold_clock(began)
    sign_in(client, make_member().email)
    for day in range(10, 60, 10):
        hold_clock(began + timedelta(days=day))
        client.get("/me")
    hold_clock(began + timedelta(days=60))
    client.get("/me", status=302)


def test_when_a_session_was_seen_is_noted_hourly(client: Client, hold_clock: Any) -> None:
    began = clock.now()
    hold_clock(began)
    sign_in(client, make_member().email)

    def seen() -> timedelta:
        return db.session.scalars(select(MemberSession.last_seen_at)).one() - began

    hold_clock(began + timedelta(minutes=59))
    client.get("/me/profile", statements=2)
    assert seen() == timedelta(0)
    hold_clock(began + timedelta(minutes=60))
    client.get("/me/profile", statements=3)
    assert seen() == timedelta(minutes=60)


def test_a_shared_computer_forgets_with_the_browser(app: Flask) -> None:
    member = make_member()
    cookies = sign_in(Client(app), member.email, shared="y").headers.getlist("Set-Cookie")
    assert len(cookies) == 1
    assert "Expires" not in cookies[0]
    cookies = sign_in(Client(app), member.email).headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    assert all("Expires" in cookie for cookie in cookies)
    for cookie in cookies:
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_an_old_hash_is_made_anew_at_sign_in(app: Flask, client: Client) -> None:
    member = make_member(password_hash=hash_password(PASSWORD))
    app.config["ARGON2_PASSES"] = 2
    sign_in(client, member.email)
    kept = db.session.scalars(select(Member.password_hash).where(Member.id == member.id)).one()
    assert not needs_rehash(kept)
    client.sign_out()
    sign_in(client, member.email)


def test_a_session_is_not_opened_for_an_account_that_changed_meanwhile(app: Flask) -> None:
    member = make_member()
    opened = open_session(member_id=member.id, password_hash="another hash", device="Firefox", shared=False)
    assert opened is None
