"""Following and no longer following, for rooms that know whether the thing exists for the member."""

from functools import cache
from typing import Any

from sqlalchemy import delete

from talking_together.core import clock
from talking_together.core.database import dialect_name, insert_into
from talking_together.core.statements import run
from talking_together.extensions import db
from talking_together.following.models import ChallengeFollow, IdeaFollow


def follow_idea(member_id: int, *, idea_id: int) -> None:
    """Let a member follow an idea; who follows it already goes on following."""
    _follow(IdeaFollow, "idea_id", idea_id, member_id)


def unfollow_idea(member_id: int, *, idea_id: int) -> None:
    """Let a member no longer follow an idea."""
    _unfollow(IdeaFollow, IdeaFollow.idea_id == idea_id, IdeaFollow.member_id == member_id)


def follow_challenge(member_id: int, *, challenge_id: int) -> None:
    """Let a member follow a challenge; who follows it already goes on following."""
    _follow(ChallengeFollow, "challenge_id", challenge_id, member_id)


def unfollow_challenge(member_id: int, *, challenge_id: int) -> None:
    """Let a member no longer follow a challenge."""
    _unfollow(
        ChallengeFollow, ChallengeFollow.challenge_id == challenge_id, ChallengeFollow.member_id == member_id
    )


def _follow(model: Any, column: str, thing_id: int, member_id: int) -> None:
    values = {column: thing_id, "member_id": member_id, "since": clock.now()}
    run(_following(model, column, dialect_name()), values)


@cache
def _following(model: Any, column: str, _dialect: str) -> Any:
    return insert_into(model).on_conflict_do_nothing(index_elements=[column, "member_id"])


def _unfollow(model: Any, *conditions: Any) -> None:
    db.session.execute(delete(model).where(*conditions).execution_options(synchronize_session=False))
