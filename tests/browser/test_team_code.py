"""Joining with a team's code as a person does it: from the poster's words to being in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.factories import make_challenge
from tests.factories.invitations import make_join_code

OpenPage = Callable[..., Page]


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
        ("Choose a password", "kettle lamps under seven stones"),
    ):
        tab_to(page, label)
        page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/welcome?challenge={challenge.id}")
    page.goto("/me")
    expect(page.get_by_role("heading", level=1)).to_have_text("Amina Yusuf")
    expect(page.locator("main")).to_contain_text("We have no email address of yours")
