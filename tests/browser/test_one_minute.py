"""One minute by thumb, by key and without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_keyboard import has_focus, tab_to
from tests.factories import make_challenge, make_idea, make_member
from tests.support.accessibility import check_everywhere

OpenPage = Callable[..., Page]


def challenge_of(ideas: int) -> int:
    """Return the id of a challenge with so many ideas, one of them long."""
    challenge = make_challenge()
    for number in range(ideas):
        make_idea(challenge, body_source="Word after word. " * (60 if number == 0 else 3))
    return challenge.id


def test_every_state_can_be_read_by_everybody(open_page: OpenPage) -> None:
    path = f"/challenges/{challenge_of(6)}/one-minute"
    page = open_page(path, signed_in=make_member())
    for query in ("", "?done=2&last=1&earned=2", "?done=5&earned=5&last=1"):
        page.goto(path + query)
        check_everywhere(page)
    page.goto(f"/challenges/{challenge_of(0)}/one-minute")
    check_everywhere(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_minute_by_thumb(open_page: OpenPage, javascript: bool) -> None:
    challenge = challenge_of(6)
    page = open_page(f"/challenges/{challenge}", signed_in=make_member(), width=390, javascript=javascript)
    page.get_by_role("link", name=re.compile("One minute")).click()
    for number, button in enumerate(("Thumb up", "Skip", "Thumb down", "Thumb up"), start=1):
        expect(page.get_by_text(f"{number} of 5", exact=True).first).to_be_visible()
        place = page.get_by_role("button", name=button).bounding_box()
        bar = page.locator(".bar").bounding_box()
        assert place
        assert bar
        assert place["height"] >= 44
        assert place["y"] + place["height"] <= bar["y"] + 1, "The bar covers the buttons"
        page.get_by_role("button", name=button).click()
    title = page.locator("h2").first.text_content()
    page.get_by_role("button", name="Undo your last answer").click()
    expect(page.locator("h2").first).not_to_have_text(title or "")
    for _ in range(2):
        page.get_by_role("button", name="Thumb up").click()
    expect(page.get_by_role("heading", name="Thank you for your minute")).to_be_visible()
    # What was undone and voted on again earns nothing a second time.
    expect(page.get_by_text("earned 3 points")).to_be_visible()


def test_a_minute_by_key(open_page: OpenPage) -> None:
    challenge = challenge_of(6)
    page = open_page(f"/challenges/{challenge}/one-minute", signed_in=make_member())
    page.keyboard.press("u")
    expect(page.get_by_text("1 of 5", exact=True).first).to_be_visible()
    tab_to(page, ".minute__act")
    for number, key in enumerate(("u", "s", "ArrowDown", "ArrowRight"), start=2):
        page.keyboard.press(key)
        expect(page.get_by_text(f"{number} of 5", exact=True).first).to_be_visible()
        expect(page.locator(".minute__act:focus")).to_have_count(1)
        assert has_focus(page, ".minute__act")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you for your minute")).to_be_visible()


def test_no_answer_is_held_out_to_who_uses_a_finger_or_a_mouse(open_page: OpenPage) -> None:
    page = open_page(f"/challenges/{challenge_of(6)}/one-minute", signed_in=make_member())
    page.get_by_role("button", name="Thumb up").click()
    expect(page.get_by_text("2 of 5", exact=True).first).to_be_visible()
    assert not has_focus(page, ".minute__act")
    page.get_by_role("button", name="Thumb up").focus()
    page.keyboard.press("s")
    expect(page.get_by_text("3 of 5", exact=True).first).to_be_visible()
    expect(page.locator(".minute__act:focus")).to_have_count(1)
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_text("4 of 5", exact=True).first).to_be_visible()
    assert not has_focus(page, ".minute__act")
