"""The main journey, from a staff list to an answered idea, with JavaScript and without."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.ideas.acts import UNDO_FOR
from talking_together.invitations.links import token_of
from talking_together.invitations.phases.delivery import count_deliveries
from talking_together.invitations.phases.sweeps import feed_phases
from talking_together.mail.sweeps import deliver_outbox
from talking_together.telling.facts import tell_settled
from talking_together.worker import ON_OUTCOME
from tests.factories import (
    PASSWORD,
    make_admin,
    make_challenge,
    make_member,
    make_moderator,
    make_organisation,
)
from tests.factories.invitations import make_invitation
from tests.support.mail_server import MailServer

NEWCOMER = "sam.example@riverside.example"
COLLEAGUE = "lee.example@riverside.example"
STAFF_LIST = f"""Name,Email,Organisation,Job title
Sam Example,{NEWCOMER},Riverside,Community nurse
Lee Example,{COLLEAGUE},Riverside,Pharmacist
Nobody,not an address,Riverside,Porter
Kim Example,kim@elsewhere.example,Nowhere,Clerk
"""
QUESTION = "How do we get people home by lunchtime?"
IDEA = "Whiteboards by the door"

OpenPage = Callable[..., Page]


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """Return whether the browsers of this test run scripts."""
    return request.param


def test_from_a_staff_list_to_an_answered_idea(
    server: Flask, mail: MailServer, open_page: OpenPage, javascript: bool
) -> None:
    riverside = make_organisation(name="Riverside", short_name="Riverside", domains=("riverside.example",))
    # The address at once: to read it from the row later would hold the database up.
    admin, moderator = make_admin(riverside).email, make_moderator(riverside)

    desk = open_page("/sign-in", javascript=javascript)
    sign_in(desk, admin)
    upload_the_staff_list(desk)
    prepare_a_phase(desk)
    test_email = ask_for_a_test(desk, mail)
    assert test_email["To"] == admin
    start_the_phase(desk, mail)

    sam = open_page(link_for(NEWCOMER, mail), javascript=javascript)
    join(sam, "Sam Example")
    lee = open_page(link_for(COLLEAGUE, mail), javascript=javascript)
    join(lee, "Lee Example")

    chair = open_page("/moderation", signed_in=moderator, javascript=javascript)
    ask_a_question(chair)

    share_an_idea(sam)
    vote_to_and_fro(lee)
    discuss(lee, sam)
    look_at_points(sam)
    appear_on_the_leaderboard(sam)
    answer_the_idea(chair)
    read_the_answer(sam)
    sign_out(sam)


def sign_in(page: Page, email: str) -> None:
    """Sign in through the form."""
    page.get_by_label("Email or staff number").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/$"))


def upload_the_staff_list(page: Page) -> None:
    """Upload a list of four rows, of which two can be invited."""
    page.goto("/admin/invitations")
    page.get_by_role("link", name="Upload a staff list").first.click()
    page.get_by_label("Name of the list").fill("First wave")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "staff.csv", "mimeType": "text/csv", "buffer": STAFF_LIST.encode()}
    )
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("First wave")
    page.get_by_role("button", name="Read the list").click()
    expect(page.locator(".figure", has_text="New")).to_contain_text("2")
    expect(page.get_by_role("heading", name="2 rows need attention")).to_be_visible()
    row = page.get_by_role("row", name="Row 4")
    expect(row).to_contain_text("Needs attention")


def prepare_a_phase(page: Page) -> None:
    """Write the message; nothing is sent by that."""
    page.get_by_role("link", name="Make a phase with this list").click()
    page.get_by_label("Name of the phase").fill("Champions")
    page.get_by_label("Subject", exact=True).fill("{first_name}, your ideas are wanted")
    # At any hour, since this may run at night.
    page.get_by_label("Every day").check()
    page.get_by_label("From", exact=True).select_option("0")
    page.get_by_label("Until", exact=True).select_option("24")
    page.get_by_role("button", name="Save and check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Champions")
    expect(page.get_by_text("your ideas are wanted")).to_be_visible()


def ask_for_a_test(page: Page, mail: MailServer) -> Any:
    """Send a test to the admin and return it as it arrived."""
    page.get_by_role("button", name="Send a test to yourself").click()
    expect(page.locator(".toast")).to_contain_text("A test is on its way")
    run_the_sweeps()
    (message,) = mail.messages
    page.goto(link_in(message))
    expect(page.get_by_role("heading", level=1)).to_have_text("This was a test")
    return message


def start_the_phase(page: Page, mail: MailServer) -> None:
    """Type the number of people and watch the phase finish."""
    page.goto("/admin/invitations")
    page.get_by_role("link", name="Champions", exact=True).click()
    page.get_by_label("Number of people").fill("3")
    page.get_by_role("button", name="Start the phase").click()
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()
    page.get_by_label("Number of people").fill("2")
    page.get_by_role("button", name="Start the phase").click()
    expect(page.locator(".toast")).to_contain_text("Phase started: 2 invitations to send")
    run_the_sweeps()
    page.reload()
    expect(page.locator("#progress")).to_contain_text("2 of 2 sent")
    assert {message["To"] for message in mail.messages[1:]} == {NEWCOMER, COLLEAGUE}
    assert mail.messages_to(NEWCOMER)[0]["Subject"] == "Sam, your ideas are wanted"


def run_the_sweeps() -> None:
    """Do what the worker does on its schedule."""
    db.session.rollback()
    feed_phases()
    deliver_outbox(ON_OUTCOME)
    count_deliveries()
    db.session.rollback()


def link_for(email: str, mail: MailServer) -> str:
    """Return the link in the invitation that arrived for an address."""
    (message,) = mail.messages_to(email)
    return link_in(message)


def link_in(message: Any) -> str:
    """Return the link to an invitation in a message."""
    found = re.search(r"http://127\.0\.0\.1:\d+/invitations/\S+", message.get_body(("plain",)).get_content())
    assert found
    return found.group()


def join(page: Page, name: str) -> None:
    """Complete the invitation's form; opening it, even twice, has changed nothing."""
    link = page.url
    page.goto(link)
    assert count_members(name) == 0
    expect(page.get_by_label("Your name")).to_have_value(name)
    page.get_by_role("button", name="Join").click()
    expect(page.locator("#password-error")).to_be_visible()
    page.get_by_label("Choose a password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.locator(".toast")).to_contain_text("Welcome · +50 points")
    expect(page.locator("#points")).to_contain_text("50")
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("You have already joined")
    page.goto("/")


def count_members(name: str) -> int:
    """Return how many members have a name, without keeping the database to ourselves."""
    found = db.session.scalar(select(func.count()).where(Member.name == name)) or 0
    db.session.rollback()
    return found


def ask_a_question(page: Page) -> None:
    """Write a challenge, look at it as members will, and open it."""
    page.get_by_role("link", name="New challenge").first.click()
    page.get_by_role("textbox", name="Question").fill(QUESTION)
    page.get_by_label("Short summary").fill("People wait for hours when they could be at home.")
    page.get_by_label("Brief").fill("What would help **your** ward?")
    page.get_by_label("Closes for ideas").fill(f"{clock.now() + timedelta(days=20):%Y-%m-%d}T17:00")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("link", name="Preview as a member").click()
    expect(page.get_by_text("This is a preview")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(QUESTION)
    page.get_by_role("link", name="Back to managing it").click()
    page.get_by_role("button", name="Open now").click()
    expect(page.locator(".toast")).to_be_visible()


def share_an_idea(page: Page) -> None:
    """Write an idea with Markdown, look at its preview, and publish it."""
    page.goto("/challenges")
    page.get_by_role("link", name=QUESTION).click()
    page.get_by_role("link", name="Share your idea").click()
    page.get_by_label("Title").fill(IDEA)
    body = page.get_by_label("Your idea", exact=True)
    body.fill("So that **everybody** sees:\n\n- who goes home\n- what is missing")
    preview = page.get_by_role("button", name="Preview")
    if preview.count():
        preview.click()
        expect(page.get_by_role("region", name="Preview").locator("strong")).to_have_text("everybody")
        expect(page.get_by_role("region", name="Preview").locator("li")).to_have_count(2)
        preview.click()
    page.get_by_role("button", name="Publish idea").click()
    expect(page.locator(".toast")).to_contain_text("Idea published · +20 points")
    expect(page.locator("#points")).to_contain_text("70")
    expect(page.locator("article .prose strong")).to_have_text("everybody")
    assert page.locator("article .vote__button").count() == 0, "Nobody votes on their own idea"


def open_the_idea(page: Page) -> None:
    """Go to the idea as a person would."""
    page.goto("/challenges")
    page.get_by_role("link", name=QUESTION).click()
    page.get_by_role("link", name=IDEA, exact=True).click()


def vote_to_and_fro(page: Page) -> None:
    """Vote up, change to down, withdraw, and vote up again: one vote in the end."""
    open_the_idea(page)
    up = page.locator("article .vote__button--up")
    down = page.locator("article .vote__button--down")
    for press, counts in ((up, (1, 0)), (down, (0, 1)), (down, (0, 0)), (up, (1, 0))):
        press.click()
        expect(up).to_have_text(re.compile(rf": {counts[0]}$"))
        expect(down).to_have_text(re.compile(rf": {counts[1]}$"))
        expect(up).to_have_attribute("aria-pressed", str(counts[0] == 1).lower())
    page.reload()
    expect(up).to_have_text(re.compile(r": 1$"))
    # Withdrawing took the point back, and each vote earns once for ever.
    expect(page.locator("#points")).to_contain_text("50")


def discuss(lee: Page, sam: Page) -> None:
    """Comment on the idea, and reply to the comment."""
    open_the_idea(lee)
    lee.get_by_role("button", name="Post comment").click()
    problem = lee.locator("#comment-form .nhsuk-error-message")
    expect(problem).to_contain_text("Enter your comment")
    lee.get_by_label("Add a comment").fill("We tried this and it *worked*.")
    lee.get_by_role("button", name="Post comment").click()
    expect(lee.locator(".comment .prose em")).to_have_text("worked")
    expect(lee.locator("#comments-heading")).to_have_text("1 comment")
    expect(problem).to_have_count(0)

    open_the_idea(sam)
    sam.get_by_role("link", name="Reply to Lee Example").click()
    sam.get_by_label("Your reply").fill("Which ward was it?")
    sam.get_by_role("button", name="Post reply").click()
    expect(sam.locator(".comment--1")).to_contain_text("Which ward was it?")
    sam.get_by_role("button", name="Thumb up for the comment by Lee Example").click()
    expect(sam.get_by_role("button", name="Thumb up for the comment by Lee Example")).to_have_text(
        re.compile(r": 1$")
    )


def look_at_points(page: Page) -> None:
    """Find what was earned, and by what."""
    page.goto("/points")
    for words in ("Joined", IDEA):
        expect(page.locator("main")).to_contain_text(re.compile(words, re.IGNORECASE))


def appear_on_the_leaderboard(page: Page) -> None:
    """Choose to appear, from tomorrow morning; before that nobody does."""
    page.goto("/leaderboard")
    expect(page.locator("main")).to_contain_text("You do not appear here")
    page.get_by_role("link", name="tick the box in your preferences").click()
    page.get_by_label("Show me on the leaderboard").check()
    page.get_by_role("button", name="Save preferences").click()
    expect(page.locator(".toast")).to_contain_text("Preferences saved")
    page.goto("/leaderboard")
    expect(page.locator("main")).to_contain_text("What you earn today is shown from tomorrow morning")


def answer_the_idea(page: Page) -> None:
    """Give the idea a status with a response."""
    open_the_idea(page)
    page.get_by_label("New status").select_option("planned")
    page.get_by_role("button", name="Change status").click()
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()
    page.get_by_label("Response").fill("We will put one on **every** ward by March.")
    page.get_by_role("button", name="Change status").click()
    expect(page.locator(".toast")).to_contain_text("Status changed to “planned”")


def read_the_answer(page: Page) -> None:
    """Be told once the answer can no longer be undone, read the response, and mark it as read."""
    db.session.rollback()
    with clock.held_at(clock.now() + UNDO_FOR):
        tell_settled()
    db.session.rollback()
    page.goto("/")
    expect(page.locator(".bell__count")).to_have_text("2")
    page.locator(".bell").click()
    page.get_by_role("link", name=f"your idea “{IDEA}”").first.click()
    expect(page.locator(".card--response")).to_contain_text("We will put one on every ward by March.")
    page.goto("/notifications")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator(".bell__count")).to_have_count(0)


def sign_out(page: Page) -> None:
    """Sign out from the menu; the page is not there for whoever comes next."""
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto("/me")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_a_link_that_is_over_says_so(server: Flask, open_page: OpenPage, javascript: bool) -> None:
    for values, words in (
        ({"state": "revoked"}, "This invitation has been withdrawn"),
        ({"expires_at": clock.now() - timedelta(days=1)}, "This invitation has expired"),
    ):
        invitation = make_invitation(**values)
        page = open_page(f"/invitations/{token_of(invitation.id, invitation.nonce)}", javascript=javascript)
        expect(page.get_by_role("heading", level=1)).to_have_text(words)


def test_what_was_written_survives_the_end_of_a_session(open_page: OpenPage, javascript: bool) -> None:
    member, challenge = make_member(), make_challenge()
    page = open_page(f"/challenges/{challenge.id}/ideas/new", signed_in=member, javascript=javascript)
    page.get_by_label("Title").fill(IDEA)
    page.get_by_label("Your idea", exact=True).fill("So that everybody sees.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Publish idea").click()
    expect(page.locator("main")).to_contain_text("You have been signed out")
    page.get_by_label("Email or staff number").fill(member.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("main")).to_contain_text("So that everybody sees.")
    page.locator("main form button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(IDEA)
