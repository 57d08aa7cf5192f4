"""Thumbs up only and hidden counts, in a real browser: read by axe, and told to a screen reader."""

import re
from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from talking_together.extensions import db
from tests.factories import make_challenge, make_comment, make_idea, make_member
from tests.support.accessibility import check_everywhere

OpenPage = Callable[..., Page]


def test_pages_with_hidden_counts_can_be_read_by_everybody(server: Flask, open_page: OpenPage) -> None:
    member = make_member()
    challenge = make_challenge(counts_shown="once closed", allows_down_votes=False)
    idea = make_idea(challenge, up_count=4)
    make_idea(challenge, author=member)
    make_comment(idea, up_count=2)
    make_comment(idea, author=member)
    paths = (f"/challenges/{challenge.id}", f"/ideas/{idea.id}", "/me/ideas")
    db.session.rollback()
    page = open_page(paths[0], signed_in=member)
    for path in paths:
        page.goto(path)
        check_everywhere(page)


def test_a_vote_says_what_was_counted_and_no_number_that_is_hidden(
    server: Flask, open_page: OpenPage
) -> None:
    challenge = make_challenge(counts_shown="once closed", allows_down_votes=False)
    idea = make_idea(challenge, up_count=41)
    member, path = make_member(), f"/ideas/{idea.id}"
    db.session.rollback()
    page = open_page(path, signed_in=member)
    thumb = page.get_by_role("button", name=re.compile("^Thumb up for"))
    for words, pressed in (("Thumb up counted.", "true"), ("Vote withdrawn.", "false")):
        thumb.click()
        expect(page.locator("#announcer")).to_have_text(words)
        expect(thumb).to_have_attribute("aria-pressed", pressed)
        expect(thumb).to_be_focused()


def test_a_count_appears_with_ones_own_vote(server: Flask, open_page: OpenPage) -> None:
    idea = make_idea(make_challenge(counts_shown="once voted"), up_count=41, down_count=3)
    member, path = make_member(), f"/ideas/{idea.id}"
    db.session.rollback()
    page = open_page(path, signed_in=member)
    thumb = page.get_by_role("button", name=re.compile("^Thumb up for"))
    expect(thumb).not_to_contain_text("41")
    thumb.click()
    expect(page.locator("#announcer")).to_have_text("Thumb up counted. 42 up, 3 down.")
    expect(thumb).to_contain_text("42")
    thumb.click()
    expect(page.locator("#announcer")).to_have_text("Vote withdrawn.")
    expect(thumb).not_to_contain_text("41")
