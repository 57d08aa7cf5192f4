"""What waits for moderators in each of its states, looked at by axe and by its layout."""

from datetime import timedelta

from flask import Flask
from playwright.sync_api import Browser, expect

from talking_together.challenges.models import ChallengeTheme
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.ideas.models import IdeaNote
from tests.factories import make_challenge, make_idea, make_member, make_moderator
from tests.factories.merging import make_proposal
from tests.factories.rows import saved
from tests.support.accessibility import HEIGHT, PHONE, WIDE
from tests.support.inspector import Inspector


def test_the_overview_can_be_read_by_everybody(server: Flask, browser: Browser) -> None:
    moderator, now = make_moderator(), clock.now()
    challenge, archived = make_challenge("open"), make_challenge("archived")
    for stage in ("draft", "scheduled", "paused", "in review", "answered"):
        make_challenge(stage)
    one, other = make_idea(challenge), make_idea(challenge)
    make_proposal((one, other), make_member())
    make_idea(challenge, status="waiting for approval")
    make_idea(challenge, answer_owner_id=moderator.id, answer_due_at=now - timedelta(days=1))
    make_idea(challenge, answer_due_at=now - timedelta(days=2))
    make_idea(challenge, status="hidden")
    inspector = Inspector(browser, server, moderator)
    archive = f"/moderation/challenges/{archived.id}"
    db.session.rollback()
    for path in ("/moderation", "/moderation?show=archived", "/moderation?show=hidden", archive):
        inspector.open(path)
    inspector.finish()


def test_an_idea_that_waits_for_approval_can_be_read_by_everybody(server: Flask, browser: Browser) -> None:
    moderator = make_moderator()
    idea = make_idea(make_challenge("open", needs_approval=True), status="waiting for approval")
    path, inspector = f"/ideas/{idea.id}", Inspector(browser, server, moderator)
    db.session.rollback()
    inspector.open(path)
    inspector.open(f"{path}/send-back")
    inspector.submit_empty(f"{path}/send-back")
    inspector.finish()


def test_what_moderators_do_with_an_idea_says_what_is_wrong(server: Flask, browser: Browser) -> None:
    moderator, now = make_moderator(), clock.now()
    idea = make_idea(make_challenge("in review"), answer_due_at=now - timedelta(days=1))
    saved(IdeaNote(idea_id=idea.id, author_id=moderator.id, body="Ask estates first", at=now))
    path, inspector = f"/ideas/{idea.id}", Inspector(browser, server, moderator)
    db.session.rollback()
    inspector.open(path)
    page = inspector.page
    page.get_by_role("button", name="Change status").click()
    expect(page.locator("#status-error")).to_contain_text("Choose a status")
    inspector.look()
    page.goto(path)
    page.get_by_label("New status").select_option("planned")
    page.get_by_role("button", name="Change status").click()
    expect(page.get_by_text("Say in words why this is").first).to_be_visible()
    inspector.look()
    inspector.finish()


def test_what_the_board_says_can_be_read_by_everybody(server: Flask, browser: Browser) -> None:
    moderator, challenge = make_moderator(), make_challenge("in review")
    saved(ChallengeTheme(challenge_id=challenge.id, name="Transport"))
    make_idea(challenge, status="under review")
    make_idea(challenge)
    inspector = Inspector(browser, server, moderator)
    board = f"/moderation/board?sort=new&challenge={challenge.id}"
    db.session.rollback()
    inspector.open("/moderation/board?q=zebra")
    inspector.open("/moderation/board?status=hidden&owner=nobody&overdue=1")
    page = inspector.page
    page.goto(board)
    bar = page.locator("#board-bar")
    # With nothing chosen, the bar covers nothing and its link is not in the way of Tab.
    expect(bar.get_by_role("link")).to_be_hidden()
    # Narrow, it would take the focus out of sight if it could not be pressed.
    page.set_viewport_size({"width": PHONE, "height": HEIGHT})
    page.get_by_label("Choose all on this page").check()
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    expect(bar.get_by_role("link", name="What to do with them")).to_be_visible()
    page.locator("summary", has_text="Change their status").click()
    page.get_by_label("New status").select_option("under review")
    page.get_by_role("button", name="Change status").click()
    expect(page.get_by_text("It is “under review” already")).to_be_visible()
    inspector.look()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone").first).to_be_visible()
    inspector.look()
    inspector.finish()
