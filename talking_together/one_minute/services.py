"""Answers given one idea at a time: a thumb, a skip, or the last of them undone."""

from typing import TYPE_CHECKING

from sqlalchemy import delete

from talking_together.core import clock
from talking_together.core.database import insert_into
from talking_together.core.errors import InvalidInput, NotFound
from talking_together.extensions import db
from talking_together.ideas.policies import ensure_can_vote
from talking_together.ideas.queries import get_idea
from talking_together.one_minute.models import IdeaSkip
from talking_together.votes.services import cast_vote

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

VALUE_OF = {"up": 1, "down": -1, "undo": 0}
ACTS = (*VALUE_OF, "skip")


def answer_idea(member: "Viewer", *, challenge_id: int, idea_id: int, act: str) -> int:
    """Vote an idea up or down, skip it for today, or undo either; return what the points moved by."""
    if act not in ACTS:
        raise InvalidInput("An answer is a thumb up, a thumb down, a skip or the last one undone.")
    idea = get_idea(member, idea_id)
    if idea.challenge.id != challenge_id:
        raise NotFound()
    if act == "skip":
        ensure_can_vote(member, idea, idea.challenge, clock.now())
        _skip(member, idea_id)
        return 0
    if act == "undo":
        _forget(member, idea_id)
    return cast_vote(member, kind="ideas", id=idea_id, value=VALUE_OF[act]).earned


def _skip(member: "Viewer", idea_id: int) -> None:
    at = clock.now()
    db.session.execute(
        insert_into(IdeaSkip)
        .values(member_id=member.id, idea_id=idea_id, skipped_at=at)
        .on_conflict_do_update(index_elements=["member_id", "idea_id"], set_={"skipped_at": at})
    )


def _forget(member: "Viewer", idea_id: int) -> None:
    db.session.execute(
        delete(IdeaSkip)
        .where(IdeaSkip.member_id == member.id, IdeaSkip.idea_id == idea_id)
        .execution_options(synchronize_session=False)
    )
