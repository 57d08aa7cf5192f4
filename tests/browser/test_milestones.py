"""Thanks by an author, and a member's milestones and word, as they look and as they are pressed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from talking_together.core import clock
from talking_together.milestones.sweeps import settle_all_milestones
from tests.factories import make_challenge, make_comment, make_idea, make_member, make_vote
from tests.factories.decisions import make_decision
from tests.support.accessibility import check_everywhere

OpenPage = Callable[..., Page]


@pytest.mark.parametrize("javascript", [True, False])
def test_an_author_thanks_and_takes_it_back(open_page: OpenPage, javascript: bool) -> None:
    author, helper = make_member(), make_member(name="Anna Lowe")
    idea = make_idea(make_challenge("open"), author)
    comment = make_comment(idea, helper)
    page = open_page(f"/ideas/{idea.id}", signed_in=author, javascript=javascript, width=390)
    box = page.locator(f"#comment-{comment.id}")
    thank, thanked = (
        box.get_by_role("button", name=f"{word} Anna Lowe for this comment", exact=True)
        for word in ("Thank", "Thanked")
    )
    expect(thank).to_have_attribute("aria-pressed", "false")
    thank.focus()
    page.keyboard.press("Enter")
    expect(thanked).to_have_attribute("aria-pressed", "true")
    if javascript:
        # Where the person was, they are still.
        expect(thanked).to_be_focused()
        check_everywhere(page)
    others = open_page(f"/ideas/{idea.id}", signed_in=helper, width=390)
    expect(others.locator(f"#comment-{comment.id}")).to_contain_text("Thanked by the author")
    if javascript:
        check_everywhere(others)
    thanked.click()
    expect(thank).to_have_attribute("aria-pressed", "false")
    others.reload()
    expect(others.locator(f"#comment-{comment.id}")).not_to_contain_text("Thanked by the author")


def test_a_member_reads_their_milestones_and_gets_a_word(open_page: OpenPage) -> None:
    member, challenge = make_member(), make_challenge("open")
    idea = make_idea(challenge, member, published_at=clock.now() - timedelta(days=40))
    make_decision(idea, "done", response="It is done.", told_at=clock.now())
    for _ in range(7):
        make_vote(make_idea(challenge), member)
    settle_all_milestones()
    page = open_page("/me", signed_in=member, width=390)
    milestones = page.get_by_role("region", name="Milestones")
    expect(milestones.get_by_role("listitem")).to_have_count(5)
    expect(milestones.locator(".badge--reached")).to_have_count(2)
    expect(milestones).to_contain_text("7 of 10")
    page.get_by_role("button", name="Get my word").click()
    word = page.get_by_role("region", name="Tell a colleague").locator("strong").inner_text()
    assert len(word.split("-")) == 3
    check_everywhere(page)
