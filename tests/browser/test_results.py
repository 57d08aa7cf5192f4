"""The pages of results and of what was done, looked at by axe and by their layout."""

from datetime import timedelta

from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import select

from talking_together.core import clock
from talking_together.extensions import db
from talking_together.ideas.decisions import change_status
from talking_together.ideas.models import Idea
from talking_together.results.queries import content_to_edit, facts_of, find_stored
from talking_together.results.services import publish_results, save_results
from tests.factories import make_challenge, make_idea, make_member, make_moderator, make_vote, viewer_of
from tests.factories.files import make_picture
from tests.support.inspector import Inspector

ANSWERS = {
    "planned": "Yes: **from May**.",
    "in progress": "It has begun.",
    "done": "It is here.",
    "not now": "There is no money for it.",
}


def test_each_page_can_be_read_by_everybody(server: Flask, browser: Browser) -> None:
    moderator, member = make_moderator(), make_member()
    challenge = make_challenge("in review", title="What would help?")
    waits, empty = make_challenge("in review"), make_challenge("open")
    for status, answer in ANSWERS.items():
        idea = make_idea(challenge, member, title=f"An idea that is {status}")
        make_vote(idea, make_member())
        change_status(viewer_of(moderator), idea_id=idea.id, status=status, response=answer)
    db.session.commit()
    shown = db.session.scalars(select(Idea).where(Idea.status == "done")).one()
    make_picture(member, idea_id=shown.id)
    for each, at in ((challenge, None), (waits, clock.now() + timedelta(days=3))):
        content = content_to_edit(None, facts_of(each.id))
        save_results(viewer_of(moderator), challenge_id=each.id, version="", content=content)
        stored = find_stored(each.id)
        assert stored
        publish_results(viewer_of(moderator), challenge_id=each.id, version=stored.version, at=at)
    db.session.commit()
    paths = {
        moderator: (
            "/",
            *(f"/moderation/challenges/{each.id}/results" for each in (challenge, waits, empty)),
            f"/moderation/challenges/{challenge.id}/results/preview",
        ),
        member: (
            "/",
            f"/challenges/{challenge.id}-what-would-help/results",
            "/you-said-we-did",
            "/you-said-we-did?status=done",
            "/you-said-we-did?theme=Nothing",
        ),
    }
    for who, wanted in paths.items():
        inspector = Inspector(browser, server, who)
        db.session.rollback()
        for path in wanted:
            inspector.open(path)
        inspector.finish()


def test_changing_the_editor_keeps_the_page_whole(server: Flask, browser: Browser) -> None:
    moderator, challenge = make_moderator(), make_challenge("in review")
    for _ in range(3):
        make_vote(make_idea(challenge), make_member())
    path = f"/moderation/challenges/{challenge.id}/results"
    inspector = Inspector(browser, server, moderator)
    db.session.rollback()
    # Nothing has been done yet.
    inspector.open("/you-said-we-did")
    page = inspector.page
    page.goto(path)
    page.get_by_role("button", name="Move down").first.click()
    page.get_by_text("Changed below, and not saved yet").wait_for()
    inspector.look()
    page.get_by_label("What we heard").fill("Mine alone.")
    page.locator("button[value='fill:heard']").click()
    page.get_by_text("What stood here before").click()
    inspector.look()
    page.locator("button[value='back:heard']").click()
    page.get_by_text("Changed below, and not saved yet").wait_for()
    assert page.get_by_label("What we heard").input_value() == "Mine alone."
    page.locator("#supported-0-source").fill("x" * 2_001)
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.locator(".nhsuk-error-summary").wait_for()
    inspector.look()
    inspector.finish()
