"""The pages of signs in every state, and the way from a sign to votes set aside and back."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Browser, Page, expect

from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.fairness.services import void_votes_of
from tests.factories import make_idea, make_member, make_moderator, viewer_of
from tests.factories.fairness import make_ring, note, ring_found, signs_of_each_kind
from tests.support.inspector import Inspector


def test_each_state_of_a_sign_can_be_read_by_everybody(server: Flask, browser: Browser) -> None:
    moderator, (members, _) = make_moderator(), make_ring(3)
    found = {each.kind: each for each in signs_of_each_kind(members, make_idea(author=members[0]))}
    voided, copies = note(ring_found(members)), note(found["own duplicates"])
    joins, mine = note(found["burst of joins"]), note(ring_found([moderator, make_member(), make_member()]))
    viewer = viewer_of(make_moderator())
    in_transaction(lambda: void_votes_of(viewer, sign_id=voided, reason="They agreed on it"))
    db.session.rollback()
    moderating = Inspector(browser, server, moderator)
    for path in ("/moderation/signs", "/moderation/signs?show=settled"):
        moderating.open(path)
    for sign_id in (copies, joins, mine):
        moderating.open(f"/moderation/signs/{sign_id}")
    moderating.submit_empty(f"/moderation/signs/{voided}")
    moderating.finish()
    reading = Inspector(browser, server, members[0])
    reading.open("/me/votes-set-aside")
    reading.finish()


def test_from_a_sign_to_votes_set_aside_and_back_without_javascript(
    server: Flask, open_page: Callable[..., Page]
) -> None:
    members, _ = make_ring(3)
    note(ring_found(members))
    page = open_page("/moderation", signed_in=make_moderator(), javascript=False)
    page.get_by_role("link", name="1 sign that votes or points").click()
    page.get_by_role("link", name="People who vote for one another").click()
    page.get_by_label("Why these votes are set aside").fill("They agreed to vote for one another")
    page.get_by_role("button", name="Set these votes aside").click()
    expect(page.get_by_text("6 votes set aside. The people concerned are told.")).to_be_visible()
    page.get_by_label("Why it is undone").fill("It was a workshop")
    page.get_by_role("button", name="Bring the votes back").click()
    expect(page.get_by_text("6 votes brought back.")).to_be_visible()
    expect(page.get_by_role("button", name="Set these votes aside")).to_be_visible()
