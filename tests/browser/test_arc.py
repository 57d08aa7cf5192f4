"""From a question to "we did": two ideas become one, are answered, and everybody reads what came of it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from talking_together.core import clock
from talking_together.extensions import db
from talking_together.mail.sweeps import deliver_outbox
from talking_together.results.sweeps import announce_results
from talking_together.telling.facts import tell_settled
from talking_together.telling.mailing import write_due_emails
from talking_together.worker import ON_OUTCOME
from tests.factories import make_member, make_moderator, make_organisation
from tests.support.accessibility import check_accessibility, check_fits
from tests.support.mail_server import MailServer

QUESTION = "What would make mornings calmer?"
PROMPT = "Who would it help?"
THEME = "Handover"
IDEA, ALIKE = "One handover sheet for both teams", "A handover sheet that both teams share"
ANSWER = "Northside has begun with **one sheet**."

OpenPage = Callable[..., Page]


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """Return whether the browsers of this test run scripts."""
    return request.param


def test_from_a_question_to_what_was_done(
    server: Flask, mail: MailServer, open_page: OpenPage, javascript: bool
) -> None:
    organisation = make_organisation(name="Riverside", short_name="Riverside")
    people = {
        name: make_member(organisation, name=name, email=f"{name.split()[0].lower()}@riverside.example")
        for name in ("Sam Example", "Lee Example", "Kim Example")
    }
    chair = open_page("/moderation", signed_in=make_moderator(), javascript=javascript)
    ask(chair)
    sam, lee, kim = (open_page("/", signed_in=each, javascript=javascript) for each in people.values())

    share(sam, IDEA, answer="Whoever starts at seven")
    share_all_the_same(lee, ALIKE, answer="Night staff", found=IDEA, javascript=javascript)
    follow_the_challenge(kim)
    vote(kim, IDEA)
    vote(kim, ALIKE)

    merge(chair)
    answer(chair)
    hear_of_it(sam, mail, "sam@riverside.example")
    close(chair)
    write_the_results(chair)
    read_the_results(kim)
    for reader in (sam, lee, kim):
        see_what_was_done(reader, looks=javascript and reader is kim)


def go_to_the_challenge(page: Page) -> None:
    """Find the challenge as a person would."""
    page.goto("/challenges")
    page.get_by_role("link", name=QUESTION).click()


def ask(page: Page) -> None:
    """Write a challenge with a prompt and a theme, and open it."""
    page.get_by_role("link", name="New challenge").first.click()
    page.get_by_role("textbox", name="Question").fill(QUESTION)
    page.get_by_label("Short summary").fill("The first hour of the day is a scramble.")
    page.get_by_label("Brief").fill("What would help **your** team?")
    page.get_by_label("Closes for ideas").fill(f"{clock.now() + timedelta(days=20):%Y-%m-%d}T17:00")
    page.locator("#prompt_1").fill(PROMPT)
    page.get_by_label("Theme 1").fill(THEME)
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("button", name="Open now").click()
    expect(page.locator(".toast")).to_be_visible()


def share(page: Page, title: str, *, answer: str) -> None:
    """Publish an idea with an answer to the prompt, under the theme."""
    begin_to_share(page, title, answer)
    page.get_by_role("button", name="Publish idea").click()
    expect(page.locator(".toast")).to_contain_text("Idea published")
    expect(page.locator("main")).to_contain_text(answer)


def share_all_the_same(page: Page, title: str, *, answer: str, found: str, javascript: bool) -> None:
    """Be shown an idea that is alike, while typing or before publishing, and publish one's own."""
    begin_to_share(page, title, answer)
    if not javascript:
        page.get_by_role("button", name="Publish idea").click()
    expect(page.get_by_role("region", name="Similar ideas")).to_contain_text(found)
    page.get_by_role("button", name=re.compile("^Publish")).first.click()
    expect(page.locator(".toast")).to_contain_text("Idea published")


def begin_to_share(page: Page, title: str, answer: str) -> None:
    """Write everything that the form of an idea asks for."""
    go_to_the_challenge(page)
    page.get_by_role("link", name="Share your idea").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Your idea", exact=True).fill("A page on the wall that both teams fill in at seven.")
    page.get_by_label(PROMPT).fill(answer)
    page.get_by_label("Theme").select_option(label=THEME)


def follow_the_challenge(page: Page) -> None:
    """Ask to be told what happens to the challenge."""
    go_to_the_challenge(page)
    page.get_by_role("button", name=re.compile("^Follow")).first.click()
    expect(page.get_by_role("button", name=re.compile("^Following")).first).to_be_visible()


def vote(page: Page, title: str) -> None:
    """Give an idea a thumb up."""
    go_to_the_challenge(page)
    page.get_by_role("link", name=title, exact=True).click()
    up = page.locator("article .vote__button--up")
    up.click()
    expect(up).to_have_text(re.compile(r": 1$"))


def merge(page: Page) -> None:
    """Put the two ideas together from the board: of who voted on both, one vote stays."""
    page.goto("/moderation/board")
    for title in (IDEA, ALIKE):
        page.get_by_label(f"Choose “{title}”").check()
    page.get_by_text("Merge them").click()
    page.get_by_role("button", name="Go on to merge").click()
    page.wait_for_load_state()
    if page.get_by_role("button", name=f"Merge into “{IDEA}”").count() == 0:
        page.locator("a.compare__keep", has_text=IDEA).click()
    page.get_by_label("Why these belong together").fill("Both ask for one sheet.")
    page.get_by_role("button", name=f"Merge into “{IDEA}”").click()
    go_to_the_challenge(page)
    expect(page.get_by_role("link", name=ALIKE, exact=True)).to_have_count(0)
    page.get_by_role("link", name=IDEA, exact=True).click()
    expect(page.locator("article .vote__button--up")).to_have_text(re.compile(r": 1$"))


def answer(page: Page) -> None:
    """Say that the idea is in progress, in words."""
    page.get_by_label("New status").select_option("in progress")
    page.get_by_label("Response").fill(ANSWER)
    page.get_by_role("button", name="Change status").click()
    expect(page.locator(".toast").first).to_contain_text("in progress")


def run_the_sweeps() -> None:
    """Do what the worker does, once what happened has stood for a while, and the email a while after."""
    begun = clock.now()
    for minutes in (10, 20):
        db.session.rollback()
        with clock.held_at(begun + timedelta(minutes=minutes)):
            announce_results()
            tell_settled()
            write_due_emails()
            deliver_outbox(ON_OUTCOME)
    db.session.rollback()


def hear_of_it(page: Page, mail: MailServer, address: str) -> None:
    """Be told on the site and by email, with the answer in words."""
    run_the_sweeps()
    page.goto("/")
    news = page.get_by_role("region", name="New since you looked")
    expect(news).to_contain_text(f"Your idea “{IDEA}” is now in progress")
    words = [message.get_body(("plain",)).get_content() for message in mail.messages_to(address)]
    assert any("Northside has begun with" in each for each in words), words
    news.get_by_role("link", name=f"your idea “{IDEA}”").first.click()
    expect(page.locator(".card--response")).to_contain_text("Northside has begun with one sheet.")


def close(page: Page) -> None:
    """Close the challenge early."""
    go_to_the_challenge(page)
    page.get_by_role("link", name="Manage this challenge").click()
    page.get_by_text("More that you can do").click()
    page.get_by_role("button", name="Close for ideas now").click()
    expect(page.locator(".toast")).to_contain_text("Closed")


def write_the_results(page: Page) -> None:
    """Open the editor filled in, say by whom and when, and publish."""
    page.get_by_role("link", name="Write the results").click()
    expect(page.locator("#asked")).to_have_value(re.compile(re.escape(QUESTION)))
    expect(page.locator("#will_do-0-source")).to_have_value(ANSWER)
    page.get_by_label(f"By whom: {IDEA}").fill("The ward managers")
    page.get_by_label(f"By when: {IDEA}").fill("The end of May")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.locator(".toast")).to_contain_text("Results published")


def read_the_results(page: Page) -> None:
    """Be told that there are results, and read them."""
    run_the_sweeps()
    page.goto("/")
    page.get_by_role("link", name=f"“{QUESTION}”").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Results: {QUESTION}")
    main = page.locator("main")
    # Three people: too few to be counted.
    expect(main).to_contain_text("Under 5")
    expect(main).to_contain_text("The ward managers")
    expect(main).to_contain_text("The end of May")
    go_to_the_challenge(page)
    expect(page.get_by_role("link", name=re.compile("^Read the results"))).to_be_visible()
    check_paper(page)


def check_paper(page: Page) -> None:
    """See that the results print: without what only a screen needs, and with their address."""
    page.get_by_role("link", name=re.compile("^Read the results")).click()
    page.emulate_media(media="print")
    expect(page.locator("header.header")).to_be_hidden()
    expect(page.locator(".results__address")).to_contain_text("/results")
    assert len(page.pdf(prefer_css_page_size=True)) > 5_000
    page.emulate_media(media="screen")


def see_what_was_done(page: Page, *, looks: bool) -> None:
    """Find the idea with its answer on the page of the whole partnership."""
    page.goto("/you-said-we-did")
    item = page.locator(".you-said__item", has_text=IDEA)
    expect(item).to_contain_text("Northside has begun with one sheet.")
    expect(item).to_contain_text("Sam Example")
    if looks:
        for path in ("/", "/you-said-we-did", "/challenges"):
            page.goto(path)
            check_accessibility(page)
            check_fits(page)
