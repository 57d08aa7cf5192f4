"""Writing an idea in a real browser: it saves itself, names colleagues, and is passed on."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from talking_together.extensions import db
from talking_together.ideas import co_authors
from talking_together.ideas.models import Idea
from talking_together.ideas.services import edit_idea
from talking_together.ideas.wording import version_of
from tests.factories import make_challenge, make_idea, make_member, make_moderator, viewer_of
from tests.factories.challenges import make_prompt, make_theme
from tests.support.accessibility import check_accessibility, check_fits

OpenPage = Callable[..., Page]
LOOKS = [("light", 1280), ("dark", 390)]


def only_idea() -> Any:
    """Return the only idea there is, as the database has it now."""
    db.session.rollback()
    idea = db.session.execute(select(Idea.id, Idea.status, Idea.title, Idea.body_source)).one()
    # What the test holds open would keep the page's next save waiting.
    db.session.rollback()
    return idea


def test_an_idea_saves_itself_while_it_is_typed_and_is_found_again(
    server: Flask, open_page: OpenPage
) -> None:
    member, challenge = make_member(), make_challenge("open")
    path = f"/challenges/{challenge.id}/ideas/new"
    page = open_page(path, signed_in=member)
    page.get_by_label("Title").fill("A taxi list")
    expect(page.get_by_text("Saved at")).to_be_visible()
    idea = only_idea()
    assert (idea.status, idea.title) == ("draft", "A taxi list")
    expect(page).to_have_url(f"{server.config['BASE_URL']}/ideas/{idea.id}/edit")
    page.get_by_label("Your idea").fill("People wait for transport.")
    with page.expect_response(f"**/ideas/{idea.id}/autosave") as answer:
        pass
    assert answer.value.status == 200
    assert only_idea().body_source == "People wait for transport."
    # Leaving the page saves what was typed last.
    page.get_by_label("Your idea").fill("People wait for transport. They could book it.")
    page.goto(f"{server.config['BASE_URL']}/me/ideas")
    page.get_by_role("link", name="A taxi list").click()
    expect(page.get_by_label("Your idea")).to_have_value("People wait for transport. They could book it.")
    page.get_by_role("button", name="Publish idea").click()
    expect(page.get_by_role("heading", name="A taxi list")).to_be_visible()
    assert only_idea().status == "new"


def test_publishing_straight_after_a_save_is_at_odds_with_nobody(open_page: OpenPage) -> None:
    member, challenge = make_member(), make_challenge("open")
    page = open_page(f"/challenges/{challenge.id}/ideas/new", signed_in=member)
    page.get_by_label("Title").fill("A taxi list")
    page.get_by_label("Your idea").fill("One")
    expect(page.get_by_text("Saved at")).to_be_visible()
    page.get_by_label("Your idea").fill("One and two")
    page.get_by_role("button", name="Publish idea").click()
    expect(page.get_by_role("heading", name="A taxi list")).to_be_visible()
    assert (only_idea().status, only_idea().body_source) == ("new", "One and two")


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_a_colleague_is_mentioned_by_the_keyboard(open_page: OpenPage, scheme: str, width: int) -> None:
    ana = make_member(name="Ana Silva")
    make_member(name="Ana Sousa")
    idea = make_idea(make_challenge("open"))
    page = open_page(f"/ideas/{idea.id}", signed_in=make_member(), scheme=scheme, width=width)
    area = page.locator("#comment-form textarea")
    area.press_sequentially("Ask @ana s")
    expect(page.get_by_role("option")).to_have_count(2)
    check_accessibility(page)
    check_fits(page)
    area.press("ArrowDown")
    area.press("ArrowUp")
    area.press("Enter")
    expect(area).to_have_value(f"Ask @[Ana Silva](member:{ana.id}) ")
    expect(page.get_by_role("option")).to_have_count(0)
    area.press_sequentially("@ana")
    expect(page.get_by_role("option")).to_have_count(2)
    area.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator(".comment strong", has_text="@Ana Silva")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_each_page_of_writing_can_be_read_by_everybody(open_page: OpenPage, scheme: str, width: int) -> None:
    author, ben, moderator = make_member(), make_member(name="Ben Okafor"), make_moderator()
    challenge = make_challenge("open", needs_approval=True)
    make_prompt(challenge)
    make_prompt(challenge, "What does it need?", 2)
    make_theme(challenge)
    idea = make_idea(challenge, author, body_source="The old list helps us all, often.")
    waiting = make_idea(challenge, author, status="waiting for approval", published_at=None)
    viewer = viewer_of(author)
    co_authors.ask_co_author(viewer, idea_id=idea.id, member_id=ben.id)
    edit_idea(
        viewer, idea_id=idea.id, title="New words", body="The new list helps us.", version=version_of(idea)
    )
    db.session.commit()
    for path, who in (
        (f"/challenges/{challenge.id}/ideas/new", author),
        (f"/ideas/{idea.id}/edit", author),
        (f"/ideas/{idea.id}/co-authors?q=ro", author),
        (f"/ideas/{idea.id}/co-author", ben),
        (f"/ideas/{idea.id}/history", ben),
        (f"/ideas/{waiting.id}", author),
        (f"/ideas/{waiting.id}", moderator),
        (f"/ideas/{waiting.id}/send-back", moderator),
        ("/me/ideas", ben),
        ("/moderation", moderator),
    ):
        page = open_page(path, signed_in=who, scheme=scheme, width=width)
        check_accessibility(page)
        check_fits(page)


def test_the_link_of_an_idea_is_copied(open_page: OpenPage) -> None:
    idea = make_idea(make_challenge("open"))
    page = open_page(f"/ideas/{idea.id}", signed_in=make_member())
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("Share or print this idea").click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    address = page.locator("#share-address").input_value()
    assert page.evaluate("navigator.clipboard.readText()") == address
    check_accessibility(page)
