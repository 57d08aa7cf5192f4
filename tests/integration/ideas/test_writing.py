"""Writing ideas: publishing, drafts, edits, and giving back what cannot be taken."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from talking_together.challenges.models import Challenge
from talking_together.extensions import db
from talking_together.ideas import recounts
from talking_together.ideas.models import Idea, IdeaRevision
from talking_together.points.models import PointEntry
from talking_together.votes import recounts as vote_recounts
from tests.factories import make_challenge, make_comment, make_idea, make_member, make_moderator
from tests.support.client import Client, Page

TITLE, BODY = "A taxi list on every ward", "People wait for **transport** they could book."


def only_idea() -> Idea:
    """Return the only idea there is, as the database has it now."""
    return db.session.scalars(select(Idea)).one()


def nothing_drifted() -> bool:
    """Return whether every count and rank equals its recount."""
    return [*recounts.drift(), *vote_recounts.drift()] == []


def write(client: Client, challenge: Challenge, **fields: str) -> Page:
    """Send the form of a new idea."""
    path = f"/challenges/{challenge.id}/ideas/new"
    fields = {"title": TITLE, "body": BODY, "action": "publish", **fields}
    status = int(fields.pop("status", "303"))
    return client.get(path).form().submit(status=status, **fields)


def test_a_published_idea_is_listed_counted_ranked_and_earns_once(client: Client) -> None:
    member, challenge = make_member(), make_challenge("open")
    answer = write(client.sign_in(member), challenge)
    idea = only_idea()
    assert (idea.status, idea.listed, idea.author_id) == ("new", True, member.id)
    assert answer.location == f"/ideas/{idea.id}-a-taxi-list-on-every-ward"
    page = answer.follow()
    assert page.heading == TITLE
    assert "Idea published · +20 points" in page.text
    assert page.query("main .prose strong")[0].text == "transport"
    db.session.refresh(challenge)
    assert challenge.ideas_count == 1
    assert nothing_drifted()


def test_publishing_takes_at_most_nine_statements_and_the_page_five(client: Client) -> None:
    challenge = make_challenge("open")
    client.sign_in(make_member())
    path = f"/challenges/{challenge.id}/ideas/new"
    fields = {"title": TITLE, "body": BODY, "action": "publish"}
    answer = client.get(path).form().submit(statements=9, **fields)
    answer.follow(statements=5)


def test_a_draft_is_for_its_author_alone_and_publishes_later(client: Client) -> None:
    member, challenge = make_member(), make_challenge("open")
    client.sign_in(member)
    answer = write(client, challenge, action="draft", body="")
    idea = only_idea()
    assert answer.location == f"/ideas/{idea.id}/edit"
    assert (idea.status, idea.listed, idea.published_at) == ("draft", False, None)
    for other in (make_member(), make_moderator()):
        client.sign_in(other).get(f"/ideas/{idea.id}", status=404)
        client.get(f"/ideas/{idea.id}/edit", status=404)
        client.post(f"/ideas/{idea.id}/publish", status=404)
    page = client.sign_in(member).get(f"/ideas/{idea.id}/edit")
    refused = page.form(f"/ideas/{idea.id}/edit").submit(status=400, action="publish")
    assert "Describe your idea" in refused.text
    page.form(f"/ideas/{idea.id}/edit").submit(action="publish", body=BODY, statements=9)
    idea = only_idea()
    assert (idea.status, idea.listed) == ("new", True)
    assert idea.published_at is not None
    assert nothing_drifted()


def test_a_new_idea_asks_for_its_challenge_only_where_several_take_ideas(client: Client) -> None:
    client.sign_in(make_member())
    assert client.get("/ideas/new").heading == "No challenge takes ideas right now"
    first = make_challenge("open")
    make_challenge("voting only")
    assert client.get("/ideas/new", status=303).location == f"/challenges/{first.id}/ideas/new"
    second = make_challenge("open")
    links = {link["href"] for link in client.get("/ideas/new").query("main h2 a")}
    assert links == {f"/challenges/{each.id}/ideas/new" for each in (first, second)}


def test_a_draft_can_be_deleted(client: Client) -> None:
    member = make_member()
    idea = make_idea(make_challenge("open"), member, status="draft")
    client.sign_in(make_member()).post(f"/ideas/{idea.id}/discard", status=404)
    client.sign_in(member).post(f"/ideas/{idea.id}/discard")
    assert db.session.scalars(select(Idea)).all() == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "Enter a title"),
        ({"title": "   "}, "Enter a title"),
        ({"title": "x" * 5000}, "Title must be 150 characters or fewer"),
        ({"title": "A\x07bell"}, "Remove the control characters"),
        ({"title": "A \u202eesrever"}, "hidden characters that change the direction"),
        ({"body": ""}, "Describe your idea"),
        ({"body": " \n \t "}, "Describe your idea"),
        ({"body": "x" * 20_001}, "must be 20,000 characters or fewer"),
        ({"body": "back \u2066wards"}, "hidden characters that change the direction"),
    ],
)
def test_what_cannot_be_published_comes_back_with_words_and_text(
    client: Client, fields: dict[str, str], words: str
) -> None:
    challenge = make_challenge("open")
    page = write(client.sign_in(make_member()), challenge, status="400", **fields)
    assert words in page.text
    assert page.query(".nhsuk-error-summary a")[0].node.get("href") in ("#title", "#body")
    kept = page.form().fields
    sent = {"title": TITLE, "body": BODY, **fields}
    for name in ("title", "body"):
        assert kept[name].strip() == sent[name].replace("\x07", "").strip()
    assert db.session.scalars(select(Idea)).all() == []


def test_a_challenge_that_closed_while_writing_keeps_the_text_as_a_draft(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    challenge = make_challenge("open")
    form = client.sign_in(make_member()).get(f"/challenges/{challenge.id}/ideas/new").form()
    hold_clock(challenge.closes_at)
    answer = form.submit(status=303, title=TITLE, body=BODY, action="publish")
    idea = only_idea()
    assert (idea.status, answer.location) == ("draft", f"/ideas/{idea.id}/edit")
    page = answer.follow()
    assert "This challenge has closed" in page.text
    assert "as a draft that only you can see" in page.text
    assert page.form(f"/ideas/{idea.id}/edit").fields["body"].strip() == BODY
    client.get(f"/challenges/{challenge.id}/ideas/new", status=409)


def test_the_last_microsecond_before_closing_still_counts(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    challenge = make_challenge("open")
    form = client.sign_in(make_member()).get(f"/challenges/{challenge.id}/ideas/new").form()
    hold_clock(challenge.closes_at - timedelta(microseconds=1))
    form.submit(title=TITLE, body=BODY, action="publish")
    assert only_idea().published_at == challenge.closes_at - timedelta(microseconds=1)


def test_an_edit_keeps_the_earlier_wording(client: Client) -> None:
    member = make_member()
    idea = make_idea(make_challenge("open"), member, title="First words")
    page = client.sign_in(member).get(f"/ideas/{idea.id}/edit")
    page.form().submit(title="Second words", statements=8)
    assert only_idea().title == "Second words"
    assert db.session.scalars(select(IdeaRevision)).one().title == "First words"
    history = client.sign_in(make_member()).get(f"/ideas/{idea.id}/history")
    assert "taken out: First" in history.text
    assert "put in: Second" in history.text
    assert member.name in history.text


def test_a_second_tab_does_not_overwrite_in_silence(client: Client) -> None:
    member = make_member()
    idea = make_idea(make_challenge("open"), member)
    client.sign_in(member)
    stale = client.get(f"/ideas/{idea.id}/edit").form()
    client.get(f"/ideas/{idea.id}/edit").form().submit(title="From the first tab")
    refused = stale.submit(status=409, title="From the second tab")
    assert only_idea().title == "From the first tab"
    assert "changed in another tab" in refused.text
    assert refused.form().fields["title"] == "From the second tab"
    refused.form().submit()
    assert only_idea().title == "From the second tab"


def test_withdrawing_takes_points_and_the_count_back_and_can_be_undone(client: Client) -> None:
    member, challenge = make_member(), make_challenge("open")
    write(client.sign_in(member), challenge)
    idea = only_idea()
    page = client.post(f"/ideas/{idea.id}/withdraw", statements=8).follow()
    assert "You withdrew this idea" in page.text
    entries = db.session.scalars(select(PointEntry.points).order_by(PointEntry.id)).all()
    assert entries == [20, -20]
    assert nothing_drifted()
    client.sign_in(make_member()).get(f"/ideas/{idea.id}", status=404)
    client.sign_in(make_moderator()).get(f"/ideas/{idea.id}-a-taxi-list-on-every-ward")
    client.post(f"/ideas/{idea.id}/restore", status=403)
    client.sign_in(member)
    client.get(page.path).form(f"/ideas/{idea.id}/restore").submit()
    assert only_idea().status == "new"
    assert nothing_drifted()
    assert sum(db.session.scalars(select(PointEntry.points))) == 0


@pytest.mark.parametrize("act", ["edit", "withdraw", "restore"])
def test_only_the_author_changes_an_idea(client: Client, act: str) -> None:
    idea = make_idea(make_challenge("open"))
    for other in (make_member(), make_moderator()):
        fields = {"title": "Mine now", "body": "x", "version": "1"}
        client.sign_in(other).post(f"/ideas/{idea.id}/{act}", fields, status=403)


@pytest.mark.parametrize("stage", ["in review", "answered", "archived"])
def test_after_closing_nothing_of_an_idea_changes(client: Client, stage: str) -> None:
    member = make_member()
    idea = make_idea(make_challenge(stage), member)
    client.sign_in(member).get(f"/ideas/{idea.id}/edit", status=409)
    client.post(f"/ideas/{idea.id}/withdraw", status=409)
    page = client.post(f"/ideas/{idea.id}/comments", {"body": "Too late"}, status=409)
    assert "Too late" in page.html


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999", str(2**63 - 1), "x"])
def test_ids_that_name_nothing_are_not_found(client: Client, number: str) -> None:
    client.sign_in(make_moderator())
    for path in (f"/ideas/{number}", f"/ideas/{number}/edit", f"/challenges/{number}/ideas/new"):
        client.get(path, status=404)


def test_a_wrong_slug_leads_to_the_right_address(client: Client) -> None:
    idea = make_idea(title="A taxi list")
    client.sign_in(make_member())
    for path in (f"/ideas/{idea.id}", f"/ideas/{idea.id}-old-words"):
        answer = client.get(f"{path}?comments-after=", status=301)
        assert answer.location.startswith(f"/ideas/{idea.id}-a-taxi-list")


def test_the_preview_is_sanitised(client: Client) -> None:
    client.sign_in(make_member())
    text = "**bold** <script>alert(1)</script> [x](javascript:alert(1))"
    page = client.post("/preview", {"text": text}, status=200)
    assert "<strong>bold</strong>" in page.html
    assert "<script" not in page.html
    assert 'href="javascript' not in page.html


def test_headings_in_what_people_write_follow_the_outline_of_the_page(client: Client) -> None:
    words = "## Why\n\n#### And how\n\nBy asking."
    idea = make_idea(title="A list", body_source=words)
    make_comment(idea, body_source=words)
    page = client.sign_in(make_member()).get(f"/ideas/{idea.id}-a-list")
    assert [each.text for each in page.query("article .prose > h2, article .prose > h3")] == [
        "Why",
        "And how",
    ]
    assert [each.text for each in page.query(".comment .prose > h3, .comment .prose > h4")] == [
        "Why",
        "And how",
    ]
    assert client.post("/preview", {"text": words}, status=200).query("h2, h3")[1].text == "And how"
