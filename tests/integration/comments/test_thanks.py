"""Thanks for comments: who may say them, who sees them, and what follows."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from talking_together.comments import services, thanks
from talking_together.comments.models import CommentThanks
from talking_together.core.commits import in_transaction
from talking_together.core.errors import Conflict, NotAllowed, NotFound
from talking_together.extensions import db
from talking_together.ideas.batches import change_statuses
from talking_together.ideas.undoing import undo_act
from talking_together.merging.services import merge_ideas, undo_merge
from talking_together.milestones.models import MilestoneCheck
from talking_together.notifications.models import Notification
from talking_together.points import recounts
from talking_together.points.models import PointEntry
from tests.factories import (
    make_challenge,
    make_comment,
    make_idea,
    make_member,
    make_moderator,
    make_organisation,
    viewer_of,
)
from tests.factories.ideas import make_co_author
from tests.support.client import Client
from tests.support.parallel import run_together

EARNS = 5


def earned(member: Any) -> int:
    """Return the member's balance, which is what the ledger adds up to."""
    assert list(recounts.drift()) == []
    return int(
        db.session.scalar(
            select(func.coalesce(func.sum(PointEntry.points), 0)).where(PointEntry.member_id == member.id)
        )
    )


def told(member: Any) -> list[str]:
    """Return the kinds of what the member was told."""
    kinds = select(Notification.kind).where(Notification.member_id == member.id).order_by(Notification.id)
    return list(db.session.scalars(kinds))


def thank(member: Any, comment: Any, value: int = 1) -> None:
    """Say thank you, or take it back, and commit."""
    thanks.thank(viewer_of(member), comment_id=comment.id, value=value)
    db.session.commit()


def test_an_author_thanks_and_takes_it_back_and_everybody_sees_it(client: Client) -> None:
    author, helper = make_member(), make_member(name="Anna Lowe")
    idea = make_idea(make_challenge("open"), author)
    comment, own = make_comment(idea, helper), make_comment(idea, author)
    page = client.sign_in(author).get(f"/ideas/{idea.id}", status=301).follow(statements=5)
    assert not page.query(f"#thanks-{own.id}"), "nobody thanks themselves"
    form = page.form(f"/comments/{comment.id}/thanks")
    answer = form.submit(value="1", statements=8)
    assert answer.location == f"/comments/{comment.id}"
    page = client.get(page.path)
    button = page.query(f"#thanks-{comment.id}-button")[0]
    assert (button.text, button["aria-pressed"], button["value"]) == (
        "Thanked Anna Lowe for this comment",
        "true",
        "0",
    )
    assert (earned(helper), told(helper)) == (EARNS, ["comment thanked"])
    assert db.session.scalars(select(MilestoneCheck.member_id)).all() == [helper.id]
    for other in (helper, make_member()):
        page = client.sign_in(other).get(f"/ideas/{idea.id}", status=301).follow(statements=5)
        assert "Thanked by the author" in page.query(f"#comment-{comment.id}")[0].text
        assert not page.query(f"#thanks-{comment.id}")
    client.sign_in(helper).get("/points")
    client.get("/notifications")
    # By htmx, back and forth: earned once for ever, and unsaid while nobody had heard of it.
    client.sign_in(author)
    answer = client.post(f"/comments/{comment.id}/thanks", {"value": "0"}, htmx=True, status=200)
    assert answer.query("button")[0]["aria-pressed"] == "false"
    assert (earned(helper), told(helper)) == (0, [])
    for _ in range(3):
        thank(author, comment, 1)
        thank(author, comment, 1)
        thank(author, comment, 0)
        thank(author, comment, 0)
    assert (earned(helper), db.session.scalars(select(CommentThanks)).all()) == (0, [])


def test_only_those_who_wrote_the_idea_thank_and_only_others(app: Any) -> None:
    author, beside, helper = make_member(), make_member(), make_member()
    challenge = make_challenge("open")
    idea = make_idea(challenge, author)
    make_co_author(idea, beside)
    comment = make_comment(idea, helper)
    thank(beside, comment)
    with pytest.raises(NotAllowed):
        thank(helper, comment)
    with pytest.raises(NotAllowed):
        thank(make_moderator(), comment)
    for by in (author, beside):
        for other in (author, beside):
            with pytest.raises(NotAllowed):
                thank(other, make_comment(idea, by))
    thank(author, comment, 0)
    elsewhere = make_idea(make_challenge("open", organisations=[make_organisation()]), make_member())
    with pytest.raises(NotFound):
        thank(author, make_comment(elsewhere))
    assert earned(helper) == 0


@pytest.mark.parametrize(
    ("stage", "status", "deleted", "allowed"),
    [
        ("open", "new", False, True),
        ("in review", "done", False, True),
        ("answered", "not now", False, True),
        ("paused", "new", False, False),
        ("archived", "new", False, False),
        ("open", "withdrawn", False, False),
        ("open", "hidden", False, False),
        ("open", "new", True, False),
    ],
)
def test_thanks_are_said_while_the_idea_stands_and_until_the_archive(
    app: Any, stage: str, status: str, deleted: bool, allowed: bool
) -> None:
    author = make_member()
    idea = make_idea(make_challenge(stage), author, status=status)
    comment = make_comment(idea, **({"deleted_at": idea.created_at} if deleted else {}))
    if allowed:
        thank(author, comment)
    else:
        with pytest.raises(NotFound if deleted else Conflict):
            thank(author, comment)


def test_deleting_and_hiding_take_back_what_thanks_earned(app: Any) -> None:
    author, helper, moderator = make_member(), make_member(), make_moderator()
    idea = make_idea(make_challenge("open"), author)
    first, second = make_comment(idea, helper), make_comment(idea, helper)
    thank(author, first)
    thank(author, second)
    assert earned(helper) == 2 * EARNS
    services.delete_comment(viewer_of(helper), comment_id=first.id)
    assert earned(helper) == EARNS
    services.restore_comment(viewer_of(helper), comment_id=first.id)
    assert earned(helper) == EARNS, "what is taken back earns nothing a second time"
    # The milestone is looked at, though there is nothing more to take back.
    db.session.execute(delete(MilestoneCheck))
    services.delete_comment(viewer_of(helper), comment_id=first.id)
    assert list(db.session.scalars(select(MilestoneCheck.member_id))) == [helper.id]
    services.restore_comment(viewer_of(helper), comment_id=first.id)
    db.session.commit()
    act = change_statuses(
        viewer_of(moderator), idea_ids=[idea.id], status="hidden", response="Copied from elsewhere"
    )
    assert earned(helper) == 0
    undo_act(viewer_of(moderator), act_id=act.act_id)
    assert earned(helper) == EARNS
    db.session.commit()
    for status, points in (("hidden", 0), ("new", EARNS)):
        change_statuses(viewer_of(moderator), idea_ids=[idea.id], status=status, response="Looked at again")
        assert earned(helper) == points, "shown again, what still counted before counts again"
        db.session.commit()


def test_thanks_that_were_taken_back_earn_nothing_by_an_undo(app: Any) -> None:
    author, helper, moderator = make_member(), make_member(), viewer_of(make_moderator())
    idea = make_idea(make_challenge("open"), author)
    comment = make_comment(idea, helper)
    thank(author, comment)
    acts = [
        change_statuses(moderator, idea_ids=[idea.id], status=status, response="Looked at again")
        for status in ("hidden", "new")
    ]
    assert earned(helper) == EARNS
    thank(author, comment, 0)
    for act in reversed(acts):
        undo_act(moderator, act_id=act.act_id)
    assert earned(helper) == 0
    db.session.commit()


def test_thanks_stay_with_a_comment_through_a_merge_and_back(app: Any) -> None:
    kept_author, author, helper, moderator = make_member(), make_member(), make_member(), make_moderator()
    challenge = make_challenge("open")
    kept, merged = make_idea(challenge, kept_author), make_idea(challenge, author)
    comment, later = make_comment(merged, helper), make_comment(merged, helper)
    thank(author, comment)
    made = merge_ideas(viewer_of(moderator), survivor_id=kept.id, merged_ids=[merged.id], reason="Alike")
    db.session.commit()
    thank(author, later)
    thank(kept_author, comment, 0)
    thank(kept_author, comment)
    undo_merge(viewer_of(moderator), merge_id=made[0].id, reason="Not alike")
    db.session.commit()
    thanked = select(CommentThanks.comment_id).order_by(CommentThanks.comment_id)
    assert db.session.scalars(thanked).all() == [comment.id, later.id]
    with pytest.raises(NotAllowed):
        thank(kept_author, later, 0)
    assert earned(helper) == EARNS


def test_many_presses_at_once_thank_once(app: Any) -> None:
    author, helper = make_member(), make_member()
    comment = make_comment(make_idea(make_challenge("open"), author), helper)
    viewer = viewer_of(author)
    press = partial(thanks.thank, viewer, comment_id=comment.id, value=1)
    assert run_together(app, [partial(in_transaction, press)] * 3) == [None] * 3
    assert (earned(helper), told(helper)) == (EARNS, ["comment thanked"])


@pytest.mark.parametrize("values", [{}, {"value": "2"}, {"value": "yes"}, {"value": ["0", "1"]}])
def test_what_is_no_press_of_the_button_is_refused(client: Client, values: dict[str, Any]) -> None:
    author = make_member()
    comment = make_comment(make_idea(make_challenge("open"), author))
    client.sign_in(author).post(f"/comments/{comment.id}/thanks", values, status=400)
    assert db.session.scalars(select(CommentThanks)).all() == []
