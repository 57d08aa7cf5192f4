"""What moderators and members print from the browser."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from tests.factories import make_challenge, make_idea, make_moderator
from tests.support.printing import A4, A4_WIDE, pages_in

WHY = "Because people wait for their medicines."


def test_the_board_and_a_challenge_are_printed_with_what_they_hold(
    server: Flask, open_page: Callable[..., Page]
) -> None:
    challenge = make_challenge("in review", title="Home by lunch", brief_html=f"<p>{WHY}</p>")
    for number in range(8):
        make_idea(challenge, title=f"An idea, number {number}")
    page = open_page(f"/moderation/board?challenge={challenge.id}", signed_in=make_moderator())
    page.emulate_media(media="print")
    expect(page.get_by_role("rowheader", name="An idea, number 7")).to_be_visible()
    expect(page.get_by_text("Oldest unanswered first. As it stood on")).to_contain_text("Home by lunch")
    for aside in ("#q", "#acts-heading", "input[name=ideas]"):
        expect(page.locator(aside).first).not_to_be_visible()
    # It begins on the first page.
    assert pages_in(page.pdf(prefer_css_page_size=True)) == [A4_WIDE]
    page.emulate_media(media="screen")
    page.goto(f"/challenges/{challenge.id}-home-by-lunch")
    expect(page.get_by_text(WHY)).not_to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_text(WHY)).to_be_visible()
    expect(page.get_by_text("why we ask")).not_to_be_visible()
    assert set(pages_in(page.pdf(prefer_css_page_size=True))) == {A4}
