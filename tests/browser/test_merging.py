"""The pages of merging in every state, and the way from a proposal to a merge and back."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Browser, Page, expect

from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.merging.services import undo_merge
from tests.factories import (
    make_challenge,
    make_comment,
    make_idea,
    make_member,
    make_moderator,
    make_vote,
    viewer_of,
)
from tests.factories.merging import make_merge, make_proposal
from tests.support.inspector import Inspector

WORDS = (
    "Pharmacy sees the list of who goes home **before** the morning round, and packs what they take along."
)


def test_each_state_of_merging_can_be_read_by_everybody(server: Flask, browser: Browser) -> None:
    moderator, member = make_moderator(), make_member()
    moderating = Inspector(browser, server, moderator)
    for path in ("/moderation/merges", "/moderation/merges?show=done"):
        moderating.open(path)
    challenge = make_challenge()
    titles = (
        "Order medicines the day before",
        "Medicines ordered a day before",
        "Pack medicines a day early",
    )
    one, other, third = (make_idea(challenge, title=title, body_source=WORDS) for title in titles)
    kept, gone, last = (make_idea(challenge, title=f"A longer title for the plan {n}") for n in range(3))
    for idea in (one, other, gone):
        make_vote(idea)
        make_comment(idea)
    make_proposal((one, other), member)
    undone = make_merge((kept, gone), moderator)
    in_transaction(lambda: undo_merge(viewer_of(moderator), merge_id=undone, reason="They differ"))
    db.session.expire_all()
    chained, standing = make_merge((kept, gone), moderator), make_merge((last, kept), moderator)
    pages = [
        "/moderation/merges",
        "/moderation/merges?show=done",
        f"/moderation/merges/new?ideas={one.id}&ideas={other.id}",
        f"/moderation/merges/new?ideas={one.id}&ideas={other.id}&ideas={third.id}&keep={third.id}",
        f"/moderation/merges/new?ideas={one.id}&ideas={gone.id}",
        *(f"/moderation/merges/{id}" for id in (undone, chained, standing)),
    ]
    paths = [f"/ideas/{one.id}/looks-like", f"/ideas/{one.id}/looks-like?q=zebra"]
    paths += [f"/ideas/{gone.id}/original", f"/ideas/{last.id}?from={gone.id}"]
    db.session.rollback()
    for path in pages:
        moderating.open(path)
    moderating.submit_empty(pages[3])
    moderating.submit_empty(pages[-1])
    moderating.finish()
    talking = Inspector(browser, server, member)
    for path in paths:
        talking.open(path)
    talking.submit_empty(paths[0])
    talking.finish()


def test_from_a_proposal_to_a_merge_and_back_without_javascript(
    server: Flask, open_page: Callable[..., Page]
) -> None:
    challenge = make_challenge()
    one = make_idea(challenge, title="Order medicines the day before", body_source=WORDS)
    other = make_idea(challenge, title="Medicines ordered a day before", body_source=WORDS)
    member, moderator = make_member(), make_moderator()
    page = open_page(f"/ideas/{one.id}", signed_in=member, javascript=False)
    page.get_by_role("link", name="Seen an idea like this?").click()
    page.get_by_label(other.title).check()
    page.get_by_label("What they have in common (optional)").fill("Both are about medicines")
    page.get_by_role("button", name="Tell the moderators").click()
    expect(page.get_by_text("The moderators will look at the two ideas")).to_be_visible()

    page = open_page("/moderation/merges", signed_in=moderator, javascript=False)
    page.get_by_role("link", name=one.title).click()
    expect(page.get_by_text("Both are about medicines")).to_be_visible()
    page.get_by_role("link", name="Keep this one instead").click()
    page.get_by_label("Why these belong together").fill("They say the same")
    page.get_by_role("button", name="Merge into").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two ideas merged")
    page.get_by_label("Why it is undone").fill("They differ after all")
    page.get_by_role("button", name="Undo merge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A merge that was undone")
