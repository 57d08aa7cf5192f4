"""The triage board by keyboard, without JavaScript, and on a phone; and an answer that came second."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from talking_together.challenges.models import ChallengeTheme
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.ideas.decisions import change_status
from talking_together.ideas.models import Idea
from tests.factories import make_challenge, make_idea, make_moderator, viewer_of
from tests.factories.rows import saved
from tests.support.accessibility import check_accessibility, check_everywhere, check_fits

OpenPage = Callable[..., Page]
BOX = "table.board tbody tr:nth-child({}) input[type=checkbox]"


def some_ideas(count: int = 4) -> list[Idea]:
    """Return ideas of one challenge with a theme, one of them late, the newest first."""
    challenge = make_challenge("in review")
    saved(ChallengeTheme(challenge_id=challenge.id, name="Transport"))
    now = clock.now()
    made = [
        make_idea(
            challenge,
            title=f"An idea with quite a long title, number {place}",
            published_at=now - timedelta(hours=place),
            answer_due_at=now - timedelta(days=1) if place == 0 else None,
        )
        for place in range(count)
    ]
    db.session.commit()
    return made


def statuses() -> list[str]:
    """Return the statuses of the ideas, the newest first."""
    found = list(db.session.scalars(select(Idea.status).order_by(Idea.published_at.desc())))
    # What the test holds open would keep the site waiting for its lock.
    db.session.rollback()
    return found


def test_ideas_are_chosen_and_answered_by_keyboard_alone(open_page: OpenPage) -> None:
    some_ideas()
    page = open_page("/moderation/board?sort=new", signed_in=make_moderator())
    # Outside the table the keys are a person's own.
    page.locator("#q").focus()
    page.keyboard.type("xjk")
    expect(page.locator("#q")).to_have_value("xjk")
    expect(page.locator("#board-count")).to_have_text("0 ideas chosen")
    page.locator(BOX.format(1)).focus()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.locator("#board-count")).to_have_text("2 ideas chosen")
    page.keyboard.press("k")
    expect(page.locator(BOX.format(2))).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("k")
    expect(page.locator(BOX.format(1))).to_be_focused()
    page.locator("summary", has_text="Change their status").focus()
    page.keyboard.press("Enter")
    page.get_by_label("New status").select_option("planned")
    page.locator("#response").fill("We will do it in spring.")
    page.get_by_role("button", name="Change status").press("Enter")
    expect(page.get_by_text("2 ideas changed to “planned”").first).to_be_visible()
    assert statuses() == ["planned", "new", "planned", "new"]
    check_accessibility(page)
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("Undone").first).to_be_visible()
    assert statuses() == ["new"] * 4


@pytest.mark.parametrize("width", [1280, 390])
def test_all_of_it_works_without_javascript(open_page: OpenPage, width: int) -> None:
    ideas = some_ideas()
    page = open_page(
        f"/moderation/board?sort=new&challenge={ideas[0].challenge_id}",
        signed_in=make_moderator(),
        javascript=False,
        width=width,
    )
    expect(page.locator("#board-count")).to_be_hidden()
    for row in (1, 3):
        page.locator(BOX.format(row)).check()
    page.locator("summary", has_text="File them under a theme").click()
    page.locator("#theme").select_option(label="Transport")
    page.get_by_role("button", name="Set theme").click()
    expect(page.get_by_text("2 ideas filed under “Transport”").first).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    db.session.rollback()
    assert set(db.session.scalars(select(Idea.theme_id))) == {None}


def test_the_board_fits_and_can_be_read_by_everybody(open_page: OpenPage) -> None:
    ideas = some_ideas(12)
    page = open_page(
        f"/moderation/board?sort=new&challenge={ideas[0].challenge_id}&status=new",
        signed_in=make_moderator(),
    )
    page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true })")
    page.locator(BOX.format(2)).check()
    check_everywhere(page)
    page.get_by_role("button", name="Change status").click()
    expect(page.get_by_text("Choose a status").first).to_be_visible()
    check_everywhere(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_second_answer_stands_below_the_first(server: Flask, open_page: OpenPage, width: int) -> None:
    idea, first = some_ideas(1)[0], make_moderator()
    page = open_page(f"/ideas/{idea.id}", signed_in=make_moderator(), width=width)
    page.get_by_label("New status").select_option("not now")
    page.locator("#response").fill("There is no money this year.")
    change_status(viewer_of(first), idea_id=idea.id, status="planned", response="From spring on.")
    db.session.commit()
    page.get_by_role("button", name="Change status").click()
    expect(page.get_by_role("heading", name="answered first: planned")).to_be_visible()
    expect(page.locator("#response")).to_have_value("There is no money this year.")
    check_accessibility(page)
    check_fits(page)
    page.get_by_role("button", name="Save mine after theirs").click()
    expect(page.get_by_role("heading", name="The response: not now")).to_be_visible()
    check_accessibility(page)
