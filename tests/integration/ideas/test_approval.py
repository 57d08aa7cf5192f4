"""Ideas that a moderator looks at before others see them."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.ideas import recounts
from talking_together.ideas.approval import ideas_to_approve
from talking_together.ideas.models import Idea
from talking_together.notifications.models import Notification
from talking_together.points.models import PointEntry
from tests.factories import make_challenge, make_idea, make_member, make_moderator, viewer_of
from tests.support.client import Client
from tests.support.plans import plans_of

TITLE, BODY = "A taxi list on every ward", "People wait for transport they could book."


def only_idea() -> Idea:
    """Return the only idea there is, as the database has it now."""
    return db.session.scalars(select(Idea)).one()


def told() -> list[tuple[int, str]]:
    """Return who was told what."""
    rows = db.session.execute(select(Notification.member_id, Notification.kind).order_by(Notification.id))
    return [tuple(row) for row in rows]


def points() -> list[int]:
    """Return every entry of the ledger."""
    return list(db.session.scalars(select(PointEntry.points).order_by(PointEntry.id)))


def test_an_idea_waits_unseen_until_it_is_approved_and_earns_then(client: Client) -> None:
    author, challenge = make_member(), make_challenge("open", needs_approval=True)
    form = client.sign_in(author).get(f"/challenges/{challenge.id}/ideas/new").form()
    sent = form.submit(title=TITLE, body=BODY, action="publish")
    idea = only_idea()
    assert (idea.status, idea.listed, idea.published_at, points()) == (
        "waiting for approval",
        False,
        None,
        [],
    )
    assert "waits for a moderator to approve it" in sent.follow().text
    client.get(f"/ideas/{idea.id}/edit").form().submit(title="Better words")
    client.sign_in(make_member()).get(f"/ideas/{idea.id}", status=404)
    client.post(f"/ideas/{idea.id}/approve", status=403)
    client.post(f"/ideas/{idea.id}/vote", {"value": "1"}, status=404)
    moderator = make_moderator()
    client.sign_in(moderator)
    assert "Ideas to approve" in client.get("/moderation").text
    path = f"/ideas/{idea.id}-better-words"
    client.post(f"/ideas/{idea.id}/status", {"status": "new"}, status=409)
    client.get(path).form(f"/ideas/{idea.id}/approve").submit().follow()
    idea = only_idea()
    assert (idea.status, idea.listed, idea.title, points()) == ("new", True, "Better words", [20])
    assert idea.published_at is not None
    assert told() == [(author.id, "idea approved")]
    assert list(recounts.drift()) == []
    assert "Ideas to approve" not in client.get("/moderation").text
    client.post(f"/ideas/{idea.id}/approve", status=409)
    assert "Your idea “Better words” was approved" in client.sign_in(author).get("/notifications").text


def test_an_idea_sent_back_keeps_its_text_and_its_author_reads_why_and_nobody_else(client: Client) -> None:
    author, challenge = make_member(), make_challenge("open", needs_approval=True)
    idea = make_idea(challenge, author, title=TITLE, status="waiting for approval", published_at=None)
    client.sign_in(make_moderator())
    form = client.get(f"/ideas/{idea.id}/send-back").form()
    refused = form.submit(status=400, response=" ")
    assert refused.query("#response-error")
    form.submit(response="Leave out the **ward**.")
    assert (only_idea().status, only_idea().title) == ("draft", TITLE)
    client.get(f"/ideas/{idea.id}", status=404)
    client.sign_in(author)
    assert told() == [(author.id, "idea sent back")]
    page = client.get(f"/ideas/{idea.id}/edit")
    assert "Leave out the ward." in page.text
    page.form(f"/ideas/{idea.id}/edit").submit(action="publish")
    assert only_idea().status == "waiting for approval"
    client.sign_in(make_moderator()).post(f"/ideas/{idea.id}/approve")
    for member in (make_member(), author):
        page = client.sign_in(member).get(f"/ideas/{idea.id}", status=301).follow()
        assert "Leave out the ward." not in page.text
        assert "The response" not in page.text


def test_an_author_takes_an_idea_back_to_the_drafts(client: Client) -> None:
    author = make_member()
    idea = make_idea(
        make_challenge("open", needs_approval=True), author, status="waiting for approval", published_at=None
    )
    page = client.sign_in(author).get(f"/ideas/{idea.id}", status=301).follow()
    page.form(f"/ideas/{idea.id}/back-to-draft").submit()
    assert only_idea().status == "draft"
    client.post(f"/ideas/{idea.id}/back-to-draft", status=409)
    client.sign_in(make_moderator()).post(f"/ideas/{idea.id}/approve", status=404)


def test_words_that_changed_after_the_moderator_read_them_are_not_approved_unread(client: Client) -> None:
    author = make_member()
    challenge = make_challenge("open", needs_approval=True)
    idea = make_idea(challenge, author, title=TITLE, status="waiting for approval", published_at=None)
    moderator = make_moderator()
    read = client.sign_in(moderator).get(f"/ideas/{idea.id}", status=301).follow()
    seen = read.form(f"/ideas/{idea.id}/approve").fields["version"]
    client.sign_in(author).get(f"/ideas/{idea.id}/edit").form().submit(title="Quite another thing")
    client.sign_in(moderator)
    again = client.post(f"/ideas/{idea.id}/approve", {"version": seen}, status=409)
    assert "changed this idea after you opened the page" in again.text
    assert "Quite another thing" in again.text
    assert only_idea().status == "waiting for approval"
    again.form(f"/ideas/{idea.id}/approve").submit()
    assert only_idea().status == "new"


def test_moderators_read_what_changed_since_an_idea_was_approved(
    client: Client, hold_clock: Callable[..., None]
) -> None:
    author, challenge = make_member(), make_challenge("open", needs_approval=True)
    new = client.sign_in(author).get(f"/challenges/{challenge.id}/ideas/new").form()
    draft = new.submit(title=TITLE, body=BODY, action="draft").follow()
    assert "Send for approval" in draft.text
    idea = only_idea()
    draft.form(f"/ideas/{idea.id}/edit").submit(action="publish")
    moderator = make_moderator()
    client.sign_in(moderator).post(f"/ideas/{idea.id}/approve")
    assert "Changed since" not in client.get("/moderation").text
    form = client.sign_in(author).get(f"/ideas/{idea.id}/edit")
    assert "moderators are shown them" in form.text
    form.form(f"/ideas/{idea.id}/edit").submit(title="Quite another thing")
    assert (
        "moderators are shown" not in client.get(f"/ideas/{make_idea(make_challenge(), author).id}/edit").text
    )
    page = client.sign_in(moderator).get("/moderation", statements=6)
    assert "1 idea changed since it was approved" in page.text
    assert page.query("#changed-heading ~ ul a")[0]["href"] == f"/ideas/{idea.id}/history"
    later = clock.now() + timedelta(minutes=1)
    hold_clock(later)
    client.post(f"/ideas/{idea.id}/status", {"status": "under review"})
    assert "Changed since" not in client.get("/moderation").text
    # A tag is no other wording; another wording is shown anew, for two weeks.
    hold_clock(later + timedelta(minutes=1))
    client.sign_in(author).get(f"/ideas/{idea.id}/edit").form(f"/ideas/{idea.id}/edit").submit(tags="taxis")
    assert "Changed since" not in client.sign_in(moderator).get("/moderation").text
    client.sign_in(author).get(f"/ideas/{idea.id}/edit").form(f"/ideas/{idea.id}/edit").submit(body="Buses")
    assert "Changed since" in client.sign_in(moderator).get("/moderation").text
    hold_clock(later + timedelta(days=15))
    assert "Changed since" not in client.sign_in(moderator).get("/moderation").text


def test_a_change_is_ticked_off_once_seen_and_no_newer_one_with_it(
    client: Client, hold_clock: Callable[..., None]
) -> None:
    author, challenge = make_member(), make_challenge("open", needs_approval=True)
    idea = make_idea(challenge, author, title=TITLE)
    history, act = f"/ideas/{idea.id}/history", f"/ideas/{idea.id}/looked-at"
    one, other = make_moderator(), make_moderator()

    def say(title: str) -> None:
        hold_clock(clock.now() + timedelta(seconds=1))
        client.sign_in(author).get(f"/ideas/{idea.id}/edit").form(f"/ideas/{idea.id}/edit").submit(
            title=title
        )

    say("Quite another thing")
    assert not client.get(history).query(f'form[action="{act}"]')
    client.post(act, status=403)
    read = client.sign_in(one).get(history, statements=7)
    say("Another thing again")
    again = client.sign_in(one).post(act, {"version": read.form(act).fields["version"]}, status=409)
    assert "changed once more" in again.text
    assert "Another thing again" in again.text
    assert again.text.count("Not looked at yet") == 2
    seen = again.form(act).submit().follow()
    assert "was found fine just now" in seen.text
    assert "Not looked at yet" not in seen.text
    assert seen.query('main a[href="/moderation"]')
    assert "Changed since" not in client.sign_in(other).get("/moderation").text
    late = client.post(act, {"version": again.form(act).fields["version"]}).follow()
    assert "Nothing waits here any more: it has been looked at" in late.text
    # It can be undone as other acts are, and what changes after it waits anew.
    mine = client.sign_in(one).get(history)
    undo = mine.query('form[action$="/undo"]')[0].get("action")
    assert mine.form(undo).submit().follow().text.count("Not looked at yet") == 2
    client.get(history).form(act).submit()
    say("Yet another thing")
    page = client.sign_in(other).get(history)
    assert page.text.count("Not looked at yet") == 1
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.actor_id == one.id)).all()
    assert actions.count("change of idea looked at") == 2
    assert told() == []


def test_what_waits_for_a_look_is_found_by_index(app: Flask) -> None:
    viewer = viewer_of(make_moderator())
    (plan,) = plans_of(lambda: ideas_to_approve(viewer, at=clock.now()), as_if_large=True)
    assert "ix_ideas_unanswered" in plan
    assert "SCAN ideas" not in plan
    assert "Seq Scan on ideas" not in plan
