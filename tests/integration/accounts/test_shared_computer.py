"""A shared computer: its session ends with ten idle minutes, and leads nowhere afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts import sessions
from talking_together.accounts.models import MemberSession
from talking_together.core import clock
from talking_together.extensions import db
from tests.factories import PASSWORD, make_admin, make_member
from tests.support.client import Client, Page

FORGET = '"storage"'
ENDED = "a shared computer is signed out after 10 minutes without use"


def sign_in(client: Client, account: str | None, **changes: Any) -> Page:
    return client.get("/sign-in").form("/sign-in").submit(email=account, password=PASSWORD, **changes)


def sit_down(client: Client) -> None:
    sign_in(client, make_member().email, shared="y").follow()


def test_the_layout_says_so_and_offers_to_sign_out(client: Client) -> None:
    sit_down(client)
    page = client.get("/")
    assert "signed out after 10 minutes without use" in page.html
    assert page.query("#shared-computer")[0].get("data-idle-seconds") == "600.0"
    client.sign_in(make_member())
    assert "shared-computer" not in client.get("/").html


def test_using_it_keeps_the_session_and_is_noted_each_minute_at_most(client: Client, hold_clock: Any) -> None:
    began = clock.now()
    hold_clock(began)
    sit_down(client)
    for minutes in range(9, 60, 9):
        hold_clock(began + timedelta(minutes=minutes))
        client.get("/me/profile", statements=3)
        client.get("/me/profile", statements=2)
    assert db.session.scalars(select(MemberSession.last_seen_at)).one() == began + timedelta(minutes=54)


def test_a_page_that_somebody_reads_keeps_the_session_too(client: Client, hold_clock: Any) -> None:
    began = clock.now()
    hold_clock(began)
    sit_down(client)
    for minutes in (8, 16, 24):
        hold_clock(began + timedelta(minutes=minutes))
        client.get("/me/still-here", status=204)
    hold_clock(began + timedelta(minutes=34))
    assert client.get("/me/still-here", status=302).location == "/sign-in"


def test_whoever_comes_later_finds_no_way_back(client: Client, hold_clock: Any) -> None:
    began = clock.now()
    hold_clock(began)
    sit_down(client)
    hold_clock(began + timedelta(minutes=10))
    page = client.get("/me/profile", status=302)
    # Neither the session nor the place that the last person was at.
    assert page.location == "/sign-in"
    assert page.headers["Clear-Site-Data"] == FORGET
    assert ENDED in page.follow().html
    with client.browser.session_transaction(base_url=client.origin) as session:
        assert "_user_id" not in session
        assert "shared" not in session
    # Only once: what follows is an ordinary visit.
    assert client.get("/me", status=302).location == "/sign-in?next=/me"


def test_a_press_of_htmx_leads_to_signing_in_without_the_place(client: Client, hold_clock: Any) -> None:
    began = clock.now()
    hold_clock(began)
    sit_down(client)
    client.get("/")
    hold_clock(began + timedelta(minutes=11))
    page = client.post(
        "/preview", {}, htmx=True, status=401, headers={"HX-Current-URL": f"{client.origin}/me/ideas"}
    )
    assert page.headers["HX-Redirect"] == "/sign-in"
    assert page.headers["Clear-Site-Data"] == FORGET


def test_a_text_that_is_sent_after_the_end_is_not_lost(client: Client, hold_clock: Any) -> None:
    began = clock.now()
    hold_clock(began)
    sit_down(client)
    form = client.get("/me/profile").form("/me/profile")
    hold_clock(began + timedelta(minutes=11))
    page = form.submit(about="I am a night porter.", status=401)
    kept = page.form("/sign-in")
    assert kept.fields["kept_about"] == "I am a night porter."
    # Whoever signs in now sits at the same shared computer.
    assert "shared" in kept.fields
    assert page.headers["Clear-Site-Data"] == FORGET


def test_signing_out_makes_a_shared_computer_forget_and_no_other(client: Client) -> None:
    sit_down(client)
    assert client.post("/sign-out").headers["Clear-Site-Data"] == FORGET
    client.sign_in(make_member()).get("/")
    assert "Clear-Site-Data" not in client.post("/sign-out").headers


def test_being_signed_out_by_the_page_says_why(client: Client) -> None:
    sit_down(client)
    assert ENDED in client.post("/sign-out", {"because": "idle"}).follow().html


def test_pages_are_kept_by_no_cache(client: Client) -> None:
    sit_down(client)
    assert client.get("/me").headers["Cache-Control"] == "no-store"


def test_a_new_password_keeps_a_shared_computer_shared(client: Client) -> None:
    sit_down(client)
    client.get("/me/password").form("/me/password").submit(
        current_password=PASSWORD, password="another lamp under eight stones"
    )
    assert db.session.scalars(select(MemberSession.is_shared)).all() == [True]


def test_what_is_over_is_neither_shown_nor_kept(app: Flask, client: Client, hold_clock: Any) -> None:
    began = clock.now()
    hold_clock(began)
    member = make_member()
    sign_in(Client(app), member.email, shared="y")
    client.sign_in(member)
    page = client.get("/me/sessions")
    assert "Shared computer" in page.html
    hold_clock(began + timedelta(minutes=10))
    assert "Shared computer" not in client.get("/me/sessions").html
    assert sessions.delete_ended_sessions() == 1


# Staff numbers


@pytest.mark.parametrize("typed", ["rb-12345", " RB-12345 ", "rb - 123 45"])
def test_a_staff_number_signs_in_however_it_is_typed(client: Client, typed: str) -> None:
    make_member(sign_in_name="rb-12345", email=None)
    assert sign_in(client, typed).location == "/"


def test_guesses_at_a_staff_number_are_limited_as_those_at_an_address(client: Client) -> None:
    make_member(sign_in_name="rb-12345", email=None)
    client.get("/sign-in")
    sent = {"email": "RB-12345", "password": "wrong"}
    statuses = [
        client.ask("POST", "/sign-in", data={"csrf_token": client.token(), **sent}).status for _ in range(11)
    ]
    assert statuses == [400] * 10 + [429]


# A link for a new password, handed over in person


def make_link(client: Client, member: Any, reason: str = "Showed her badge", **kwargs: Any) -> Page:
    path = f"/admin/members/{member.id}"
    return client.get(path).form(f"{path}/password-link").submit(**{"link-reason": reason}, **kwargs)


def token_in(page: Page) -> str:
    return page.query("code")[0].text.rpartition("/")[2]


def test_an_admin_hands_over_a_link_that_works_once_for_an_hour(
    app: Flask, client: Client, hold_clock: Any
) -> None:
    began = clock.now()
    hold_clock(began)
    member = make_member(sign_in_name="rb-12345", email=None, name="Ada Okafor")
    admin = Client(app).sign_in(make_admin())
    page = make_link(admin, member, status=200)
    path = f"/password-reset/{token_in(page)}"
    assert page.query(".qr-box [role=img]")
    # Nothing has changed yet.
    assert sign_in(client, "rb-12345").location == "/"
    client.sign_out()
    form = client.get(path).form(path)
    assert form.fields["username"] == "rb-12345"
    form.submit(password="another lamp under eight stones")
    client.get(path, status=410)
    client.get("/sign-in").form("/sign-in").submit(
        email="rb-12345", password="another lamp under eight stones"
    )
    assert "Showed her badge" in admin.get("/admin/audit").html
    late = f"/password-reset/{token_in(make_link(admin, member, status=200))}"
    hold_clock(began + timedelta(hours=1))
    client.sign_out()
    client.get(late, status=410)


def test_a_new_link_ends_the_one_before(app: Flask, client: Client) -> None:
    member = make_member(sign_in_name="rb-12345", email=None)
    admin = Client(app).sign_in(make_admin())
    first, second = (token_in(make_link(admin, member, status=200)) for _ in range(2))
    client.get(f"/password-reset/{first}", status=410)
    client.get(f"/password-reset/{second}")


def test_a_link_needs_a_reason(app: Flask) -> None:
    admin = Client(app).sign_in(make_admin())
    page = make_link(admin, make_member(sign_in_name="rb-1", email=None), reason="", status=400)
    assert "Say why" in page.html


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"email": None, "sign_in_name": "rb-1", "is_active": False},
        {"email": None, "sign_in_name": "rb-1", "role": "moderator"},
    ],
    ids=["email", "inactive", "moderator"],
)
def test_no_link_is_made_for_whom_an_email_reaches_who_is_shut_out_or_has_a_role(
    app: Flask, values: Any
) -> None:
    member = make_member(**values)
    admin = Client(app).sign_in(make_admin())
    assert "password-link" not in admin.get(f"/admin/members/{member.id}").html
    admin.post(f"/admin/members/{member.id}/password-link", {"link-reason": "Asked"}, status=400)
