"""Setting a new password through an emailed link."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member, MemberSession, PasswordReset
from talking_together.accounts.passwords import hash_password
from talking_together.accounts.services import ResetLinkOver, reset_password
from talking_together.accounts.sweeps import answer_password_resets, clear_accounts
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.mail.models import OutboxMessage
from tests.factories.members import PASSWORD, make_member
from tests.support.client import Client, Page
from tests.support.parallel import run_together

NEW = "copper violin on the seventh hill"


def ask(client: Client, email: str | None, status: int = 200) -> Page:
    return client.get("/password-reset").form().submit(email=email, status=status)


def outbox() -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def link_for(client: Client, email: str | None) -> str:
    ask(client, email)
    answer_password_resets()
    link = re.search(r"https://ideas\.example\.org(/password-reset/\S+)", outbox()[-1].body_text)
    assert link
    return link[1]


def test_a_link_sets_a_new_password_once(client: Client) -> None:
    member = make_member()
    elsewhere = Client(client.app).sign_in(member)
    link = link_for(client, member.email)
    page = client.get(link).form().submit(password=NEW)
    assert page.location == "/sign-in"
    elsewhere.get("/me", status=302)
    assert db.session.scalar(select(func.count()).select_from(MemberSession)) == 0
    assert outbox()[-1].subject == "Your password for Talking Together was changed"
    assert outbox()[-1].to_address == member.email
    client.get("/sign-in").form("/sign-in").submit(email=member.email, password=PASSWORD, status=400)
    client.get("/sign-in").form("/sign-in").submit(email=member.email, password=NEW)
    over = Client(client.app).get(link, status=410)
    assert over.heading == "This link no longer works"
    assert "at a sponsor’s desk, for two days" in over.text


def test_opening_a_link_changes_nothing(client: Client) -> None:
    member = make_member()
    link = link_for(client, member.email)
    for _ in range(5):
        page = client.get(link)
        client.send("HEAD", link, status=200)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    row = db.session.scalars(select(PasswordReset)).one()
    assert row.used_at is None
    page.form().submit(password=NEW)


def test_the_form_works_without_a_referrer(client: Client) -> None:
    member = make_member()
    link = link_for(client, member.email)
    token = client.get(link).form().fields["csrf_token"]
    response = client.browser.post(
        link,
        data={"csrf_token": token, "password": NEW},
        base_url=client.origin,
        headers={"Origin": "null"},
    )
    assert response.status_code == 303


def test_the_answer_is_the_same_for_every_address(app: Flask) -> None:
    member, gone = make_member(), make_member(is_active=False)
    answers = []
    for email in (member.email, gone.email, "nobody@riverside.example"):
        client = Client(app)
        page = ask(client, email)
        answers.append((page.text.replace(email, ""), [s.split("(")[0] for s in page.statements]))
    assert answers[0] == answers[1] == answers[2]
    assert db.session.scalar(select(func.count()).select_from(PasswordReset)) == 3
    assert outbox() == []
    assert answer_password_resets() == 3
    assert [message.to_address for message in outbox()] == [member.email]
    assert answer_password_resets() == 0


def test_the_table_keeps_a_hash_of_the_link(client: Client) -> None:
    link = link_for(client, make_member().email)
    token_hash = db.session.scalars(select(PasswordReset.token_hash)).one()
    assert token_hash
    assert link.rpartition("/")[2] not in token_hash


def test_the_email_says_the_same_in_both_forms(client: Client) -> None:
    member = make_member(name="Ada <Okafor>")
    link = link_for(client, member.email)
    message = outbox()[-1]
    assert message.subject == "Set a new password for Talking Together"
    assert "Hello Ada <Okafor>" in message.body_text
    assert "Hello Ada &lt;Okafor&gt;" in message.body_html
    assert f"https://ideas.example.org{link}" in message.body_html


def test_a_link_ends_after_an_hour(client: Client, hold_clock: Any) -> None:
    began = clock.now()
    hold_clock(began)
    link = link_for(client, make_member().email)
    hold_clock(began + timedelta(minutes=59))
    page = client.get(link)
    hold_clock(began + timedelta(hours=1))
    assert page.form().submit(password=NEW, status=410).heading == "This link no longer works"


def test_a_link_ends_with_the_account(client: Client) -> None:
    member = make_member()
    link = link_for(client, member.email)
    db.session.get(Member, member.id).is_active = False
    db.session.commit()
    client.get(link, status=410)


def test_using_one_link_ends_the_others(client: Client) -> None:
    member = make_member()
    first, second = link_for(client, member.email), link_for(client, member.email)
    client.get(second).form().submit(password=NEW)
    client.get(first, status=410)


@pytest.mark.parametrize("token", ["x", "a" * 500, "%00", "é", "'--"])
def test_an_invented_link_leads_nowhere(client: Client, token: str) -> None:
    page = client.get(f"/password-reset/{token}", status=410)
    assert page.heading


def test_two_uses_of_one_link_at_once_change_the_password_once(client: Client) -> None:
    member = make_member()
    token = link_for(client, member.email).rpartition("/")[2]
    hashes = [hash_password(f"{NEW} {number}") for number in range(4)]
    jobs = [
        lambda value=value: in_transaction(lambda: reset_password(token=token, password_hash=value))
        for value in hashes
    ]
    results = run_together(client.app, jobs)
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, ResetLinkOver) for result in results) == 3


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "Enter a new password"),
        ("short", "12 characters or more"),
        ("passwordpassword", "too easy to guess"),
        ("x" * 201, "200 characters or fewer"),
        ("ashworth under lamps", "your name"),
    ],
)
def test_a_bad_password_is_refused_and_the_link_still_works(
    client: Client, password: str, words: str
) -> None:
    link = link_for(client, make_member(name="Robin Ashworth").email)
    page = client.get(link).form().submit(password=password, status=400)
    assert words in page.query(".nhsuk-error-message")[0].text
    page.form().submit(password=NEW)


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "someone@riverside.example\nBcc: x@y.example"])
def test_what_is_no_address_is_refused(client: Client, email: str) -> None:
    assert ask(client, email, status=400).query(".nhsuk-error-message")
    assert db.session.scalar(select(func.count()).select_from(PasswordReset)) == 0


def test_an_address_gets_three_emails_in_a_quarter_of_an_hour(client: Client, hold_clock: Any) -> None:
    began = clock.now()
    hold_clock(began)
    for _ in range(3):
        ask(client, "someone@riverside.example")
    page = ask(client, "Someone@Riverside.example ", status=429)
    assert "Look in your junk mail" in page.query(".nhsuk-error-message")[0].text
    ask(client, "other@riverside.example")
    assert db.session.scalar(select(func.count()).select_from(PasswordReset)) == 4
    hold_clock(began + timedelta(minutes=15))
    ask(client, "someone@riverside.example")


def test_a_new_password_lets_a_person_in_who_was_shut_out(client: Client) -> None:
    member = make_member()
    form = client.get("/sign-in").form("/sign-in")
    for attempt in range(11):
        form.submit(email=member.email, password="wrong", status=400 if attempt < 10 else 429)
    client.get(link_for(client, member.email)).form().submit(password=NEW)
    client.get("/sign-in").form("/sign-in").submit(email=member.email, password=NEW)


def test_a_request_that_waited_a_day_is_answered_no_more(client: Client, hold_clock: Any) -> None:
    began = clock.now()
    hold_clock(began)
    ask(client, make_member().email)
    hold_clock(began + timedelta(hours=25))
    assert answer_password_resets() == 1
    assert outbox() == []


def test_a_request_that_waited_an_hour_still_gets_a_link_of_an_hour(client: Client, hold_clock: Any) -> None:
    began = clock.now()
    hold_clock(began)
    member = make_member()
    ask(client, member.email)
    hold_clock(began + timedelta(hours=2))
    answer_password_resets()
    row = db.session.scalars(select(PasswordReset)).one()
    assert row.expires_at == began + timedelta(hours=3)


def test_two_workers_answer_a_request_once(client: Client) -> None:
    email = make_member().email
    for _ in range(3):
        ask(client, email)
    results = run_together(client.app, [answer_password_resets] * 3)
    assert sum(results) == 3
    assert len(outbox()) == 3


def test_what_is_over_is_cleared(client: Client, hold_clock: Any) -> None:
    began = clock.now()
    hold_clock(began)
    member = make_member()
    client.sign_in(member)
    ask(Client(client.app), member.email)
    assert clear_accounts() == 0
    hold_clock(began + timedelta(days=14))
    # One session, one request, and the two counts of the request.
    assert clear_accounts() == 4
