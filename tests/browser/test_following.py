"""Following, what members are told, and the way out of emails, in a real browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from talking_together.core import clock
from talking_together.extensions import db
from talking_together.following.models import IdeaFollow
from talking_together.mail.models import OutboxMessage
from talking_together.notifications.kinds import TABLE
from talking_together.notifications.services import notify
from talking_together.telling.facts import tell_settled
from talking_together.telling.links import token_of, what_of
from talking_together.telling.mailing import write_due_emails
from tests.factories import make_challenge, make_comment, make_idea, make_member, make_moderator
from tests.factories.decisions import make_decision
from tests.factories.follows import make_follow
from tests.support.accessibility import check_accessibility, check_everywhere, check_fits


def follows() -> list[tuple[int, int]]:
    db.session.rollback()
    found = [tuple(row) for row in db.session.execute(select(IdeaFollow.idea_id, IdeaFollow.member_id))]
    # What the test read must not keep the page's next write waiting.
    db.session.rollback()
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_votes_in_a_list_is_asked_beside_the_vote(
    server: Flask, open_page: Callable[..., Page], scheme: str
) -> None:
    member, challenge = make_member(), make_challenge(title="Home by lunch")
    idea = make_idea(challenge, title="A shared list")
    page = open_page(f"/challenges/{challenge.id}-home-by-lunch", signed_in=member, scheme=scheme, width=390)
    card = page.locator(f"#idea-{idea.id}")
    expect(card.get_by_role("button", name="Follow")).to_have_count(0)
    card.get_by_role("button", name="Thumb up").click()
    button = card.get_by_role("button", name="Follow “A shared list”")
    expect(card).to_contain_text("Hear what becomes of it?")
    check_accessibility(page)
    check_fits(page)
    assert follows() == []
    button.click()
    expect(card.get_by_role("button", name="Following “A shared list”, press to stop")).to_be_focused()
    assert follows() == [(idea.id, member.id)]
    check_accessibility(page)


def test_following_works_by_keyboard_and_without_javascript(
    server: Flask, open_page: Callable[..., Page]
) -> None:
    member, idea = make_member(), make_idea(title="A shared list")
    page = open_page(f"/ideas/{idea.id}-a-shared-list", signed_in=member, javascript=False)
    page.get_by_role("button", name="Follow “A shared list”").focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(page.get_by_role("button", name="Following “A shared list”, press to stop")).to_be_visible()
    assert follows() == [(idea.id, member.id)]


def test_the_pages_of_telling_can_be_read_by_everybody(server: Flask, open_page: Callable[..., Page]) -> None:
    member = make_moderator()
    challenge = make_challenge(title="Home by lunch")
    idea = make_idea(challenge, member, title="A shared list of medicines to take home the day before")
    comment = make_comment(idea)
    for thing in (challenge, idea):
        make_follow(member, thing)
    for number, kind in enumerate(TABLE):
        about = {"challenge_id": challenge.id} if TABLE[kind].group == "challenges" else {"idea_id": idea.id}
        if "comment" in kind and not kind.startswith("status"):
            about["comment_id"] = comment.id
        with clock.held_at(clock.now() - timedelta(days=2 - number // 10)):
            notify(member.id, kind, fact_key=kind, **about)
    db.session.commit()
    page = open_page("/notifications", signed_in=member)
    for path in (
        "/notifications",
        "/me/notifications",
        "/me/following",
        "/me",
        f"/challenges/{challenge.id}-home-by-lunch",
        f"/notifications/stop/{token_of(member.id, 'all')}",
        f"/notifications/stop/{token_of(member.id, what_of({'mention', 'idea approved'}))}",
    ):
        page.goto(path)
        if path == "/me/notifications":
            page.evaluate(
                "document.querySelectorAll('main details').forEach((each) => { each.open = true; })"
            )
        check_everywhere(page)


def test_an_email_can_be_read_by_everybody(server: Flask, browser: Browser) -> None:
    author = make_member(name="Amina Yusuf")
    idea = make_idea(author=author, title="A shared list")
    make_decision(idea, response="We **start** in May.\n\n- first on one ward\n- then on all")
    make_comment(idea, make_member(), created_at=clock.now() - timedelta(minutes=5))
    make_follow(author, idea)
    tell_settled()
    with clock.held_at(clock.now() + timedelta(minutes=3)):
        write_due_emails()
    letter = db.session.scalars(select(OutboxMessage)).one()
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.set_content(letter.body_html)
    check_accessibility(page, is_email=True)
    check_fits(page)
    page.close()


def test_the_way_out_is_one_press_and_all_else_one_choice(
    server: Flask, open_page: Callable[..., Page]
) -> None:
    member = make_member()
    page = open_page(f"/notifications/stop/{token_of(member.id, 'mention')}", javascript=False)
    page.wait_for_timeout(1_100)
    page.get_by_role("button", name="Stop these emails").click()
    expect(page.get_by_role("heading", name="These emails have stopped")).to_be_visible()
    expect(page.get_by_role("button", name="Send them again")).to_be_visible()
    page = open_page(f"/notifications/stop/{token_of(member.id, 'mine')}")
    page.get_by_role("button", name="Stop these emails").click()
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()
    check_accessibility(page)
    page.get_by_label("All emails about ideas and challenges").check()
    page.get_by_role("button", name="Stop these emails").click()
    expect(page.get_by_role("heading", name="No more emails")).to_be_visible()
    check_accessibility(page)
