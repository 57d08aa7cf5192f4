"""A form that saves itself, in a real browser: kept, offered, used, and honest when it cannot."""

import time
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from talking_together.drafts.models import KeptDraft
from talking_together.extensions import db
from tests.factories import make_challenge, make_moderator
from tests.support.accessibility import check_accessibility, check_fits

OpenPage = Callable[..., Page]
KEPT = "“Question” as it is being typed"


def status_of(page: Page) -> Locator:
    """Return the line under the form that says whether it is kept."""
    return page.locator(".autosave")


def _wait_for(words: str) -> None:
    """Wait until the request that outlives its page has been carried out."""
    for _ in range(50):
        db.session.rollback()
        if any(words in draft.fields["summary"] for draft in db.session.query(KeptDraft)):
            return
        time.sleep(0.1)
    raise AssertionError(f"Nobody kept “{words}”")


@pytest.mark.parametrize("javascript", [True, False])
def test_what_was_typed_comes_back_when_asked_for(
    server: Flask, open_page: OpenPage, javascript: bool
) -> None:
    moderator, challenge = make_moderator(), make_challenge("draft")
    path, title = f"/moderation/challenges/{challenge.id}", challenge.title
    db.session.rollback()
    page = open_page(path, signed_in=moderator)
    page.get_by_role("textbox", name="Question").fill(KEPT)
    expect(status_of(page)).to_contain_text("Kept as a draft at")
    # Typed a moment before the page is left, too.
    page.get_by_label("Short summary").fill("Left in a hurry")
    page.goto("/challenges")
    expect(page.get_by_role("heading", level=1)).to_have_text("Challenges")
    _wait_for("Left in a hurry")

    page = open_page(path, signed_in=moderator, javascript=javascript)
    expect(page.get_by_role("textbox", name="Question")).to_have_value(title)
    expect(page.get_by_text("You have unsaved changes from")).to_be_visible()
    check_fits(page)
    if javascript:
        check_accessibility(page)
        page.get_by_role("textbox", name="Question").fill("Something else")
        expect(status_of(page)).to_contain_text("Choose above")
        page.get_by_role("textbox", name="Question").fill(title)
    page.get_by_role("link", name="Use my changes").click()
    expect(page.get_by_role("textbox", name="Question")).to_have_value(KEPT)
    expect(page.get_by_label("Short summary")).to_have_value("Left in a hurry")
    if javascript:
        check_accessibility(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(KEPT)
    expect(page.get_by_text("unsaved changes")).to_have_count(0)
    db.session.rollback()
    assert not db.session.query(KeptDraft).count()


def test_it_says_so_when_nothing_can_be_kept(server: Flask, open_page: OpenPage) -> None:
    moderator = make_moderator()
    db.session.rollback()
    page = open_page("/moderation/challenges/new", signed_in=moderator)
    page.route("**/drafts/*", lambda route: route.fulfill(status=503, body=""))
    page.on("console", lambda _message: None)
    page.get_by_role("textbox", name="Question").fill(KEPT)
    expect(status_of(page)).to_contain_text("kept on this device")
    page.unroute("**/drafts/*")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(status_of(page)).to_contain_text("Kept as a draft at")
    page.context.clear_cookies()
    page.get_by_label("Short summary").fill("One more line")
    expect(status_of(page)).to_contain_text("you are signed out")
    assert page.evaluate("Object.keys(localStorage)") == [f"draft:challenge-new-{moderator.id}"]
