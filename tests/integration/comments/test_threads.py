"""Talking under ideas: threads, permalinks, changes, and what hangs on a deleted comment."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import insert, select

from talking_together.comments import recounts
from talking_together.comments.models import Comment, CommentRevision
from talking_together.comments.paths import path_of
from talking_together.comments.queries import PAGE_SIZE
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.notifications.models import Notification
from talking_together.points.models import PointEntry
from talking_together.votes import recounts as vote_recounts
from tests.factories import make_challenge, make_comment, make_idea, make_member, make_organisation
from tests.support.client import Client


def nothing_drifted() -> bool:
    """Return whether every count, place and rank equals its recount."""
    return [*recounts.drift(), *vote_recounts.drift()] == []


def newest() -> Comment:
    """Return the comment written last."""
    return db.session.scalars(select(Comment).order_by(Comment.id.desc()).limit(1)).one()


def say(client: Client, idea: Idea, body: str, parent: Comment | None = None) -> Comment:
    """Write a comment or a reply, and return it."""
    fields = {"body": body, **({"parent_id": str(parent.id)} if parent else {})}
    client.post(f"/ideas/{idea.id}/comments", fields)
    return newest()


def test_a_comment_counts_earns_and_tells_the_author_of_the_idea(client: Client) -> None:
    author, member = make_member(), make_member()
    idea = make_idea(make_challenge("open"), author)
    page = client.sign_in(member).get(f"/ideas/{idea.id}", status=301).follow()
    answer = page.form(f"/ideas/{idea.id}/comments").submit(body="We do this **already**.", statements=8)
    comment = newest()
    assert answer.location == f"/comments/{comment.id}"
    landed = client.get(answer.location, status=302)
    assert landed.location == f"{page.path}#comment-{comment.id}"
    assert (comment.depth, comment.path) == (0, path_of(comment.id, None))
    assert db.session.get(Idea, idea.id).comments_count == 1
    assert db.session.scalars(select(PointEntry.points)).all() == [5]
    told = db.session.scalars(select(Notification)).one()
    assert (told.member_id, told.kind) == (author.id, "comment on your idea")
    assert nothing_drifted()


def test_nobody_is_told_of_their_own_words(client: Client) -> None:
    member = make_member()
    idea = make_idea(make_challenge("open"), member)
    client.sign_in(member)
    say(client, idea, "More about it", say(client, idea, "A thought"))
    assert db.session.scalars(select(Notification)).all() == []


def test_replies_stand_in_reading_order_and_deep_ones_name_whom_they_answer(client: Client) -> None:
    idea = make_idea(make_challenge("open"))
    anna, ben = make_member(name="Anna Lowe"), make_member(name="Ben Achebe")
    first = say(client.sign_in(anna), idea, "First")
    second = say(client, idea, "Second")
    reply = say(client.sign_in(ben), idea, "Reply", first)
    deep = say(client.sign_in(anna), idea, "Deep", reply)
    deeper = say(client.sign_in(ben), idea, "Deeper", deep)
    assert [comment.depth for comment in (first, reply, deep, deeper)] == [0, 1, 2, 2]
    page = client.get(f"/ideas/{idea.id}", status=301).follow(statements=5)
    shown = [element.node.get("id") for element in page.query(".thread > li")]
    assert shown == [f"comment-{one.id}" for one in (first, reply, deep, deeper, second)]
    assert "In reply to Anna Lowe" in page.query(f"#comment-{deeper.id}")[0].text
    assert "In reply to" not in page.query(f"#comment-{deep.id}")[0].text
    kinds = db.session.execute(
        select(Notification.kind, Notification.member_id).where(Notification.comment_id == reply.id)
    ).all()
    assert kinds == [("reply to your comment", anna.id)]
    assert nothing_drifted()


def test_the_reply_form_works_without_javascript(client: Client) -> None:
    idea = make_idea(make_challenge("open"))
    parent = make_comment(idea, make_member(name="Anna Lowe"))
    page = client.sign_in(make_member()).get(f"/comments/{parent.id}/reply")
    assert page.heading == "Reply to Anna Lowe"
    again = page.form().submit(status=400, body="  ")
    assert "Enter your comment" in again.text
    again.form().submit(body="I agree", statements=8)
    assert newest().parent_id == parent.id


@pytest.mark.parametrize("body", ["", "   ", "x" * 10_001, "bell\x07", "\u202eover"])
def test_what_cannot_be_said_comes_back_on_the_page(client: Client, body: str) -> None:
    idea = make_idea(make_challenge("open"))
    page = client.sign_in(make_member()).post(f"/ideas/{idea.id}/comments", {"body": body}, status=400)
    assert page.query(".nhsuk-error-message")
    kept = page.form(f"/ideas/{idea.id}/comments").fields["body"].strip()
    assert kept == body.replace("\x07", "").strip()
    assert db.session.scalars(select(Comment)).all() == []


@pytest.mark.parametrize("parent", ["x", "-1", "1.5", "99999999999999999999", "424242"])
def test_a_parent_that_is_none_is_not_found(client: Client, parent: str) -> None:
    idea = make_idea(make_challenge("open"))
    client.sign_in(make_member())
    fields = {"body": "Hello", "parent_id": parent}
    client.post(f"/ideas/{idea.id}/comments", fields, status=404)


def test_a_parent_that_went_to_another_idea_leads_there_with_the_text(client: Client) -> None:
    challenge = make_challenge("open")
    elsewhere = make_comment(make_idea(challenge))
    idea = make_idea(challenge)
    fields = {"body": "Hello", "parent_id": str(elsewhere.id)}
    page = client.sign_in(make_member()).post(f"/ideas/{idea.id}/comments", fields, status=409)
    page.form(f"/ideas/{elsewhere.idea_id}/comments").submit()
    assert (newest().idea_id, newest().body_source) == (elsewhere.idea_id, "Hello")


@pytest.mark.parametrize("body", ["Hello", ""])
def test_a_parent_that_does_not_exist_for_the_member_is_not_found(client: Client, body: str) -> None:
    elsewhere = make_comment(make_idea(make_challenge("open", organisations=[make_organisation()])))
    idea = make_idea(make_challenge("open"))
    fields = {"body": body, "parent_id": str(elsewhere.id)}
    client.sign_in(make_member()).post(f"/ideas/{idea.id}/comments", fields, status=404)


def test_a_reply_to_what_was_deleted_meanwhile_keeps_its_text(client: Client) -> None:
    idea = make_idea(make_challenge("open"))
    parent = make_comment(idea)
    form = client.sign_in(make_member()).get(f"/comments/{parent.id}/reply").form()
    parent.deleted_at = clock.now()
    db.session.commit()
    page = form.submit(status=409, body="My long answer")
    assert "was removed" in page.text
    assert page.form().fields["body"].strip() == "My long answer"


def test_a_challenge_that_closed_while_writing_keeps_the_text(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    challenge = make_challenge("open", voting_closes_at=None)
    idea = make_idea(challenge)
    page = client.sign_in(make_member()).get(f"/ideas/{idea.id}", status=301).follow()
    hold_clock(challenge.closes_at)
    refused = page.form(f"/ideas/{idea.id}/comments").submit(status=409, body="My long answer")
    assert "My long answer" in refused.query("#kept-body")[0].text
    assert db.session.scalars(select(Comment)).all() == []


def test_an_edit_keeps_the_earlier_words(client: Client) -> None:
    member = make_member()
    comment = make_comment(make_idea(make_challenge("open")), member, body_source="First words")
    client.sign_in(member).get(f"/comments/{comment.id}/edit").form().submit(
        body="Second words", statements=8
    )
    assert newest().body_source == "Second words"
    assert newest().edited_at is not None
    assert db.session.scalars(select(CommentRevision.body_source)).all() == ["First words"]
    assert "First words" in client.get(f"/comments/{comment.id}/history").text
    client.sign_in(make_member()).post(f"/comments/{comment.id}/edit", {"body": "Mine"}, status=403)
    client.get(f"/comments/{comment.id}/edit", status=403)
    client.post(f"/comments/{comment.id}/delete", status=403)
    client.post(f"/comments/{comment.id}/restore", status=403)


def test_a_deleted_comment_vanishes_unless_replies_hang_on_it_and_can_come_back(client: Client) -> None:
    member, idea = make_member(), make_idea(make_challenge("open"))
    client.sign_in(member)
    first = say(client, idea, "First words")
    alone = say(client, idea, "Alone here")
    reply = say(client, idea, "A reply", first)
    page = client.post(f"/comments/{first.id}/delete", statements=8).follow()
    assert "Removed by its author" in page.query(f"#comment-{first.id}")[0].text
    assert "First words" not in page.html
    client.post(f"/comments/{alone.id}/delete")
    page = client.get(f"/ideas/{idea.id}", status=301).follow()
    assert not page.query(f"#comment-{alone.id}")
    assert db.session.get(Idea, idea.id).comments_count == 1
    assert sum(db.session.scalars(select(PointEntry.points))) == 5
    client.post(f"/comments/{reply.id}/delete")
    page = client.get(f"/ideas/{idea.id}", status=301).follow()
    assert not page.query(".thread > li")
    client.sign_in(make_member()).get(f"/comments/{first.id}", status=404)
    page = client.sign_in(member).get(f"{page.path}?removed={first.id}")
    page.form(f"/comments/{first.id}/restore").submit(statements=8)
    page = client.get(page.path)
    assert "First words" in page.html
    assert sum(db.session.scalars(select(PointEntry.points))) == 0
    assert nothing_drifted()


def test_htmx_gets_the_comment_the_count_and_an_empty_form(client: Client) -> None:
    idea = make_idea(make_challenge("open"))
    client.sign_in(make_member(name="Anna Lowe"))
    answer = client.post(
        f"/ideas/{idea.id}/comments", {"body": "Quick **word**"}, status=200, htmx=True, statements=8
    )
    assert "<strong>word</strong>" in answer.html
    assert "Anna Lowe" in answer.html
    assert "1 comment" in answer.html
    # Escaped as ASCII: headers carry nothing else.
    assert "Comment published \\u00b7 +5 points" in answer.headers["HX-Trigger"]
    path = f"/ideas/{idea.id}/comments"
    refused = client.post(path, {"body": " "}, status=400, htmx=True)
    assert "Enter your comment" in refused.html


def test_comments_of_an_idea_out_of_sight_do_not_exist(client: Client) -> None:
    challenge = make_challenge("open", organisations=[make_organisation()])
    comment = make_comment(make_idea(challenge))
    client.sign_in(make_member())
    for path in ("", "/edit", "/reply", "/history"):
        client.get(f"/comments/{comment.id}{path}", status=404)
    for act in ("delete", "restore", "edit"):
        client.post(f"/comments/{comment.id}/{act}", {"body": "x"}, status=404)
    client.post(f"/ideas/{comment.idea_id}/comments", {"body": "x"}, status=404)


def test_a_long_thread_comes_in_pages_and_permalinks_lead_to_the_right_one(client: Client) -> None:
    idea, member = make_idea(make_challenge("open")), make_member()
    first = 50_000
    count = PAGE_SIZE + 30
    db.session.execute(
        insert(Comment),
        [
            {
                "id": number,
                "idea_id": idea.id,
                "author_id": member.id,
                "path": path_of(number, None),
                "depth": 0,
                "body_source": "Words",
                "body_html": "<p>Words</p>",
                "created_at": clock.now(),
                "up_count": 0,
                "down_count": 0,
            }
            for number in range(first, first + count)
        ],
    )
    db.session.commit()
    page = client.sign_in(make_member()).get(f"/ideas/{idea.id}", status=301).follow(statements=5)
    seen = [element.node.get("id") for element in page.query(".thread > li")]
    assert len(seen) == PAGE_SIZE
    more = client.get(page.query(".pager a[rel=next]")[0].node.get("href").split("#")[0])
    seen += [element.node.get("id") for element in more.query(".thread > li")]
    assert seen == [f"comment-{number}" for number in range(first, first + count)]
    for number in (first, first + 150, first + PAGE_SIZE - 1, first + PAGE_SIZE, first + count - 1):
        answer = client.get(f"/comments/{number}", status=302)
        target = client.get(answer.location.split("#")[0])
        assert target.query(f"#comment-{number}")
