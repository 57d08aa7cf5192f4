"""Joining with a team's code as a person does it: from the poster's words to being in."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.factories import make_admin, make_challenge, make_moderator
from tests.factories.invitations import make_join_code

OpenPage = Callable[..., Page]
PASSWORD = "kettle lamps under seven stones"


def tab_to(page: Page, label: str) -> None:
    """Go on with the Tab key until the box with a label has the focus."""
    box = page.get_by_label(label, exact=True)
    for _ in range(30):
        page.keyboard.press("Tab")
        if box.evaluate("box => box === document.activeElement"):
            return
    raise AssertionError(f"The Tab key does not reach {label}")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_porter_joins_with_the_code_by_keyboard(open_page: OpenPage, javascript: bool) -> None:
    challenge = make_challenge(title="What would make handover quicker?")
    make_join_code(code="K7QMW3XRPT", challenge_id=challenge.id, label="Night porters")
    page = open_page("/join", javascript=javascript)
    tab_to(page, "Your team’s code")
    page.keyboard.type("k7qmw 3xrpt")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Night porters")
    for label, words in (
        ("Your name", "Amina Yusuf"),
        ("Email or staff number", "RB 20331"),
        ("Choose a password", PASSWORD),
    ):
        tab_to(page, label)
        page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/welcome?challenge={challenge.id}")
    page.goto("/me")
    expect(page.get_by_role("heading", level=1)).to_have_text("Amina Yusuf")
    expect(page.locator("main")).to_contain_text("We have no email address of yours")


@pytest.mark.parametrize("javascript", [True, False])
def test_from_the_poster_to_being_let_in_and_signed_in(open_page: OpenPage, javascript: bool) -> None:
    challenge = make_challenge(title="What would make handover quicker?")
    code = make_join_code(challenge_id=challenge.id, label="Night porters", needs_approval=True)
    poster = open_page(f"/admin/invitations/codes/{code.id}/poster", signed_in=make_admin())
    typed = poster.locator(".poster__typed").inner_text()
    shown = re.search(r"\w{5}-\w{5}", typed)
    assert shown

    porter = open_page(f"/join/{shown.group()}", javascript=javascript, width=390)
    porter.get_by_label("Your name").fill("Amina Yusuf")
    porter.get_by_label("Email or staff number").fill("RB 20331")
    porter.get_by_label("Choose a password", exact=True).fill(PASSWORD)
    porter.get_by_role("button", name="Join", exact=True).click()
    porter.wait_for_url("**/waiting")
    _sign_in(porter, "/sign-in")
    expect(porter.locator("main")).to_contain_text("moderator")

    desk = open_page("/moderation/join-requests", signed_in=make_moderator(), javascript=javascript)
    desk.get_by_label("Amina Yusuf").check()
    desk.get_by_role("button", name="Let them in").click()
    expect(desk.locator(".toast")).to_contain_text("1 person let in")

    _sign_in(porter, f"/sign-in?next=/welcome?challenge={challenge.id}")
    porter.get_by_role("button", name=f"Go to “{challenge.title}”").click()
    expect(porter.get_by_role("heading", level=1)).to_have_text("What would make handover quicker?")


def _sign_in(page: Page, path: str) -> None:
    page.goto(path)
    page.get_by_label("Email or staff number").fill("rb 20331")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
