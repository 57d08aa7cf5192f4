"""What a person sees when the database is away or a header makes no sense: words, and their own text."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import event

from talking_together.extensions import db
from tests.factories import make_admin, make_idea, make_member
from tests.support.client import Client

TYPED = "Keep a spare pump on the ward, so that nobody waits for the store to open."


@pytest.fixture
def lose_database(app: Flask) -> Iterator[Callable[[], None]]:
    """Yield a function that lets every connection to the database be refused until the test ends."""
    engine = app.extensions["sqlalchemy"].engine

    def refuse(*_args: object) -> None:
        raise engine.dialect.loaded_dbapi.OperationalError("connection refused")

    def lose() -> None:
        db.session.commit()
        event.listen(engine, "do_connect", refuse)
        engine.dispose()

    yield lose
    if event.contains(engine, "do_connect", refuse):
        event.remove(engine, "do_connect", refuse)


@pytest.fixture
def staff(client: Client) -> Client:
    """Return a client that a member signed in with."""
    client.sign_in(make_member())
    client.token()
    return client


@pytest.mark.parametrize("path", ["/", "/challenges", "/nothing-here", "/ideas/1/vote", "/privacy"])
def test_every_page_of_a_member_says_that_the_site_is_away(
    staff: Client, path: str, lose_database: Callable[[], None]
) -> None:
    lose_database()

    page = staff.send("GET", path, status=503)

    assert page.heading == "Sorry, the site is not available"
    assert page.headers["Retry-After"] == "5"


def test_alive_and_not_ready_without_the_database(client: Client, lose_database: Callable[[], None]) -> None:
    lose_database()

    assert client.get("/healthz").json == {"status": "alive"}
    assert client.send("GET", "/readyz", status=503).json["reason"] == "database not reached"


def test_text_comes_back_when_the_database_is_away(staff: Client, lose_database: Callable[[], None]) -> None:
    lose_database()

    page = staff.post("/ideas/1/comments", {"body": TYPED, "parent_id": "7"}, status=503)

    form = page.form("/ideas/1/comments")
    assert form.fields["body"].strip() == TYPED
    assert form.fields["parent_id"] == "7"
    assert form.fields["csrf_token"]


def test_text_comes_back_when_the_form_was_stale_and_the_database_is_away(
    staff: Client, lose_database: Callable[[], None]
) -> None:
    lose_database()

    page = staff.send("POST", "/ideas/1/comments", data={"body": TYPED, "csrf_token": "stale"}, status=503)

    assert page.form("/ideas/1/comments").fields["body"].strip() == TYPED


def test_text_comes_back_when_its_idea_is_gone(client: Client) -> None:
    idea = make_idea(status="hidden")
    client.sign_in(make_member())

    page = client.post(f"/ideas/{idea.id}/comments", {"body": TYPED}, status=404)

    assert page.query("main textarea")[0].text == TYPED


def test_text_that_another_site_sends_is_not_shown(staff: Client) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    page = staff.post("/ideas/1/comments", {"body": TYPED}, status=404, headers=headers)

    assert TYPED not in page.html


def test_an_admins_message_survives_the_end_of_the_session(client: Client) -> None:
    client.token()
    fields = {"name": "Wave two", "subject": "Join us", "message": TYPED, "expires_days": "30"}

    page = client.post("/admin/invitations/phases/new", fields, status=401)

    assert page.form("/sign-in").fields["kept_message"].strip() == TYPED
    assert page.form("/sign-in").fields["kept_name"] == "Wave two"


@pytest.mark.parametrize("header", ["Referer", "Origin"])
def test_a_header_that_is_no_address_is_as_good_as_none(staff: Client, header: str) -> None:
    headers = {"Referer": "", header: "http://["}

    staff.send("POST", "/ideas/1/comments", data={"csrf_token": "stale"}, status=400, headers=headers)
    staff.sign_out()
    staff.post("/ideas/1/comments", {"body": TYPED}, status=401, headers=headers)


def test_a_page_address_from_htmx_that_is_none_is_ignored(client: Client) -> None:
    page = client.ask("GET", "/challenges", htmx=True, headers={"HX-Current-URL": "http://["})

    assert (page.status, page.headers["HX-Redirect"]) == (401, "/sign-in")


@pytest.mark.parametrize("number", ["9" * 30, "-" + "9" * 30])
def test_a_number_that_no_column_can_hold_is_bad_input(client: Client, number: str) -> None:
    client.sign_in(make_admin())

    client.get("/admin/members", query={"organisation": number}, status=400)
