"""What happens to a request whose session is over: nothing that was typed is lost."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from talking_together.accounts.models import MemberSession
from talking_together.core import clock
from talking_together.extensions import db
from tests.factories.members import PASSWORD, make_member
from tests.support.client import Client, Page

WORDS = {"title": "One list for <all> wards", "body": "First line\r\nsecond & last"}


@pytest.fixture
def member(client: Client) -> Any:
    """Return a member whose browser holds a session that is over."""
    member = make_member()
    client.sign_in(member)
    client.get("/me")
    db.session.execute(delete(MemberSession))
    db.session.commit()
    return member


def sign_in(page: Page, email: str | None, status: int | None = None, password: str = PASSWORD) -> Page:
    return page.form("/sign-in").submit(email=email, password=password, status=status)


def test_a_page_asked_for_is_shown_after_signing_in(client: Client, member: Any) -> None:
    page = client.get("/me/sessions?from=mail&to=x", status=302)
    assert page.location == "/sign-in?next=/me/sessions?from%3Dmail%26to%3Dx"
    assert sign_in(page.follow(), member.email).location == "/me/sessions?from=mail&to=x"


def test_text_sent_without_a_session_comes_back_after_signing_in(client: Client, member: Any) -> None:
    page = client.post("/challenges/7/ideas/new?draft=1", WORDS, status=401)
    assert page.heading == "Sign in"
    assert "What you wrote is kept on this page" in page.text
    page = sign_in(page, member.email, 400, password="wrong")
    page = sign_in(page, member.email, 200)
    assert page.heading == "Your text is safe"
    form = page.form("/challenges/7/ideas/new?draft=1".partition("?")[0])
    assert form.action == "/challenges/7/ideas/new?draft=1"
    assert form.fields["title"] == WORDS["title"]
    assert form.fields["body"].split() == WORDS["body"].split()
    # Its token is one of the new session: the post gets past the check and to the route itself.
    with client.browser.session_transaction(base_url=client.origin) as session:
        assert "csrf_token" in session
    answer = client.send("POST", "/me/profile", data={**form.fields, "name": ""}, status=400)
    assert answer.heading == "Profile"


def test_text_is_kept_when_the_whole_cookie_is_gone(client: Client) -> None:
    client.get("/sign-in")
    token = client.token()
    client.browser = client.app.test_client()
    page = client.send("POST", "/ideas/3/comments", data={"csrf_token": token, "body": "Keep me"}, status=401)
    page = sign_in(page, make_member().email, 200)
    assert page.form("/ideas/3/comments").fields["body"] == "Keep me"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example", "Referer": ""},
        {"Referer": "https://evil.example/ideas.example.org"},
        {"Referer": ""},
    ],
)
def test_text_from_another_site_is_not_carried_along(
    client: Client, member: Any, headers: dict[str, str]
) -> None:
    page = client.post("/ideas/3/comments", {"body": "Planted words"}, status=401, headers=headers)
    assert "Planted words" not in page.html
    assert "kept_body" not in page.form("/sign-in").fields


def test_a_press_of_a_button_leads_back_to_its_page(client: Client, member: Any) -> None:
    page = client.post(
        "/ideas/3/vote", {"value": "1"}, status=401, headers={"Referer": f"{client.origin}/ideas/3?x=1"}
    )
    assert sign_in(page, member.email).location == "/ideas/3?x=1"


@pytest.mark.parametrize(
    ("current", "back"),
    [
        ("https://ideas.example.org/ideas/3", "/sign-in?next=/ideas/3"),
        ("https://evil.example/ideas/3", "/sign-in"),
        ("", "/sign-in"),
    ],
)
def test_the_window_not_a_part_of_it_goes_to_sign_in(
    client: Client, member: Any, current: str, back: str
) -> None:
    page = client.post(
        "/ideas/3/vote",
        {"value": "1"},
        status=401,
        headers={"HX-Request": "true", "HX-Current-URL": current},
    )
    assert page.headers["HX-Redirect"] == back
    assert "You have been signed out. Sign in to carry on" in client.get(back).text


def test_a_path_that_leads_elsewhere_is_not_sent_to(client: Client) -> None:
    member = make_member()
    client.get("/sign-in")
    page = client.post(
        "/sign-in",
        {"email": member.email, "password": PASSWORD, "next": "//evil.example", "kept_body": "words"},
        status=200,
    )
    assert page.form("/").fields["body"] == "words"


def test_very_long_text_is_kept_whole(client: Client, member: Any) -> None:
    body = "Words and lines. " * 1_100
    page = client.post("/ideas/3/comments", {"body": body}, status=401)
    page = sign_in(page, member.email, 200)
    assert page.form("/ideas/3/comments").fields["body"] == body


def test_a_session_is_over_at_its_time_exactly(client: Client, hold_clock: Any) -> None:
    began = clock.now()
    hold_clock(began)
    client.sign_in(make_member())
    hold_clock(began + timedelta(days=14) - timedelta(microseconds=1))
    client.get("/me")
