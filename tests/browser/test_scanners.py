"""Mail filters open every link, run its scripts and submit its forms: nothing comes of it."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from talking_together.extensions import db
from talking_together.invitations.links import code_of, token_of
from talking_together.invitations.models import Invitation
from tests.factories import PASSWORD, make_member
from tests.factories.invitations import make_invitation
from tests.support.scanners import WAYS, Outcome, scan

OpenPage = Callable[..., Page]


def link(invitation: Invitation) -> str:
    """Return the path of an invitation's link."""
    return f"/invitations/{token_of(invitation.id, invitation.nonce)}"


def opened_at(invitation_id: int) -> datetime | None:
    """Return when a person was first seen at an invitation's page."""
    found = db.session.scalar(select(Invitation.opened_at).where(Invitation.id == invitation_id))
    db.session.rollback()
    return found


@pytest.mark.parametrize("name", WAYS)
def test_after_a_filter_has_been_people_still_join(server: Flask, browser: Browser, name: str) -> None:
    assert scan(server, browser, WAYS[name], invitations=2) == Outcome(2, 0, 0)


def move(page: Page) -> None:
    """Move the mouse over the page, as a person does."""
    for step in range(8):
        page.mouse.move(100 + 10 * step, 300)
        page.wait_for_timeout(100)


def turn_the_wheel(page: Page) -> None:
    """Scroll by hand."""
    for _ in range(8):
        page.mouse.wheel(0, 20)
        page.wait_for_timeout(100)


def type_a_name(page: Page) -> None:
    """Type into the form."""
    page.get_by_label("Your name").focus()
    page.keyboard.type("Samantha", delay=100)


@pytest.mark.parametrize("act", [move, turn_the_wheel, type_a_name])
def test_a_person_at_the_page_is_seen_once(open_page: OpenPage, act: Callable[[Page], None]) -> None:
    invitation = make_invitation()
    id, path = invitation.id, link(invitation)
    db.session.rollback()
    page = open_page(path)
    asked: list[Any] = []
    page.on("request", lambda sent: asked.append(sent.method) if sent.url.endswith("/opened") else None)
    assert opened_at(id) is None
    with page.expect_response(re.compile("/opened$")) as answer:
        act(page)
    assert answer.value.status == 204
    assert opened_at(id) is not None
    act(page)
    assert asked == ["POST"]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_person_joins_with_the_code_on_a_phone(open_page: OpenPage, javascript: bool) -> None:
    invitation = make_invitation(email="sam@riverside.example")
    code = code_of(invitation.id, invitation.nonce)
    page = open_page("/join", javascript=javascript, width=390)
    page.get_by_label("Email address").fill("Sam@Riverside.example")
    page.get_by_label("Code", exact=True).fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="Go to my invitation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Join Talking Together")
    page.get_by_label("Choose a password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page).to_have_url(re.compile(r"/welcome"))


def test_signing_out_leads_back_to_the_invitation(open_page: OpenPage) -> None:
    invitation = make_invitation(email="sam@riverside.example")
    path = link(invitation)
    page = open_page(path, signed_in=make_member())
    expect(page.get_by_role("heading", level=1)).to_have_text("This invitation is for somebody else")
    page.get_by_role("button", name="Sign out and open the invitation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Join Talking Together")
