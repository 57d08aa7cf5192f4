"""Thanks: those who wrote an idea mark the comments that helped, for everybody to see.

A comment is thanked for once, by whoever of them is first, and each of them can take it back. What
it earns, it earns once for ever (see docs/adr/0035-milestones-are-facts.md).
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete

from talking_together.comments import policies
from talking_together.comments.models import CommentThanks
from talking_together.comments.services import as_comment, locked_idea_of, thanked_key
from talking_together.core import clock
from talking_together.core.database import insert_into
from talking_together.extensions import db
from talking_together.ideas.co_author_queries import beside
from talking_together.notifications.services import notify, unsay_unheard
from talking_together.points import services as points
from talking_together.points.milestone_checks import ask_for_milestones

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


def thank(member: "Viewer", *, comment_id: int, value: int) -> None:
    """Mark a comment on an idea of one's own as one that helped (1), or take that back (0)."""
    idea = locked_idea_of(member, comment_id)
    with_author = beside([idea.id])[idea.id] if idea.co_authors_count else []
    policies.ensure_can_thank(
        member,
        as_comment(idea),
        idea,
        idea,
        clock.now(),
        beside=idea.comment_author_id in with_author,
    )
    if value:
        _give(member, idea)
    else:
        _take_back(idea)


def _give(member: "Viewer", idea: Row[Any]) -> None:
    values = {"comment_id": idea.comment_id, "by_id": member.id, "at": clock.now()}
    given = db.session.execute(
        insert_into(CommentThanks)
        .values(values)
        .on_conflict_do_nothing(index_elements=["comment_id"])
        .returning(CommentThanks.comment_id)
    ).first()
    if given is None or idea.comment_author_id is None:
        return
    about = {"idea_id": idea.id, "comment_id": idea.comment_id}
    key = thanked_key(idea.comment_id)
    if not points.award("comment thanked", member_id=idea.comment_author_id, key=key, **about):
        # The ledger, which asks by itself, was told nothing.
        ask_for_milestones([idea.comment_author_id], are_held=True)
    notify(
        idea.comment_author_id,
        "comment thanked",
        fact_key=key,
        by_id=member.id,
        **about,
    )


def _take_back(idea: Row[Any]) -> None:
    taken = db.session.execute(
        delete(CommentThanks)
        .where(CommentThanks.comment_id == idea.comment_id)
        .returning(CommentThanks.comment_id)
    ).first()
    if taken is None or idea.comment_author_id is None:
        return
    points.take_back([thanked_key(idea.comment_id)])
    ask_for_milestones([idea.comment_author_id])
    unsay_unheard([thanked_key(idea.comment_id)])
