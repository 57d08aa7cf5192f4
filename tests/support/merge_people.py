"""A site of ideas with votes and talk, and people who go on voting and talking on it."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from talking_together.accounts.viewers import Viewer
from talking_together.comments.models import Comment
from talking_together.comments.services import add_comment, delete_comment
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, TalkingTogetherError
from talking_together.extensions import db
from talking_together.following.models import IdeaFollow
from talking_together.following.services import follow_idea, unfollow_idea
from talking_together.ideas.models import Idea
from talking_together.ideas.services import submit_idea
from talking_together.votes.models import CommentVote, IdeaVote
from talking_together.votes.services import cast_vote
from tests.factories import make_challenge, make_member, make_organisation, viewer_of


@dataclass(frozen=True, slots=True)
class Site:
    """One challenge's ideas, and the people who vote and talk on them."""

    idea_ids: Sequence[int]
    people: Sequence[Viewer]


@dataclass(frozen=True, slots=True)
class Done:
    """Something that somebody did and that changed a row: which, and what the row became."""

    at: datetime
    what: str
    idea_id: int
    member_id: int
    row: dict[str, Any] | None


def make_site_of_ideas(*, ideas: int, people: int, seed: int, acts: int | None = None) -> Site:
    """Return a site whose ideas were written, voted on, followed and talked about at random."""
    chance, organisation, challenge = random.Random(seed), make_organisation(), make_challenge()  # noqa: S311
    members = [viewer_of(make_member(organisation)) for _ in range(people)]
    written = [
        in_transaction(
            lambda: submit_idea(
                chance.choice(members), challenge_id=challenge.id, title="An idea", body="In words"
            )
        )
        for _ in range(ideas)
    ]
    site = Site([idea.id for idea in written], members)
    person = Person(site, members, chance)
    for _ in range(ideas * 25 if acts is None else acts):
        person.try_to_act()
    return site


@dataclass
class Person:
    """Somebody, or several who take turns, that acts at random and writes down what came of it."""

    site: Site
    members: Sequence[Viewer]
    chance: random.Random
    done: list[Done] = field(default_factory=list)
    refused: int = 0

    def act(self) -> None:
        """Do one thing; the site may refuse it."""
        acts: list[Callable[..., Done | None]] = [_vote, _comment, _reply, _follow, _vote_on_comment, _delete]
        act = self.chance.choices(acts, weights=(12, 2, 2, 2, 2, 1))[0]
        member, idea_id = self.chance.choice(self.members), self.chance.choice(self.site.idea_ids)
        value = self.chance.choice((1, 1, -1, 0))
        pick = self.chance.random()
        done = in_transaction(lambda: act(member, idea_id, value, pick))
        if done is not None:
            self.done.append(done)

    def try_to_act(self) -> None:
        """Do one thing, if the site allows it."""
        try:
            self.act()
        except TalkingTogetherError:
            self.refused += 1


def _vote(member: Viewer, idea_id: int, value: int, _pick: float) -> Done | None:
    # What stands now is asked for under the lock, since a press that changes nothing is no act.
    db.session.execute(locked(select(Idea.id).where(Idea.id == idea_id)))
    own = (IdeaVote.idea_id == idea_id, IdeaVote.member_id == member.id)
    before = db.session.scalar(select(IdeaVote.value).where(*own)) or 0
    cast_vote(member, kind="ideas", id=idea_id, value=value)
    if value == before:
        return None
    columns = (IdeaVote.idea_id, IdeaVote.member_id, IdeaVote.value, IdeaVote.cast_at)
    row = db.session.execute(select(*columns).where(*own)).mappings().first()
    return Done(clock.now(), "vote", idea_id, member.id, {**row, "moved_from": ""} if row else None)


def _comment(member: Viewer, idea_id: int, _value: int, _pick: float) -> Done:
    talked = add_comment(member, idea_id=idea_id, body="Good")
    return _written(member, idea_id, talked.id)


def _reply(member: Viewer, idea_id: int, _value: int, pick: float) -> Done | None:
    parent_id = _some_comment(pick, Comment.idea_id == idea_id, Comment.deleted_at.is_(None))
    if parent_id is None:
        return None
    talked = add_comment(member, idea_id=idea_id, body="Quite so", parent_id=parent_id)
    return _written(member, idea_id, talked.id)


def _delete(member: Viewer, idea_id: int, _value: int, pick: float) -> Done | None:
    comment_id = _some_comment(pick, Comment.author_id == member.id, Comment.deleted_at.is_(None))
    if comment_id is None:
        return None
    delete_comment(member, comment_id=comment_id)
    return _written(member, idea_id, comment_id)


def _written(member: Viewer, idea_id: int, comment_id: int) -> Done:
    row = db.session.execute(select(Comment.__table__).where(Comment.id == comment_id)).mappings().one()
    return Done(clock.now(), "comment", idea_id, member.id, dict(row))


def _some_comment(pick: float, *conditions: Any) -> int | None:
    ids = db.session.scalars(select(Comment.id).where(*conditions).order_by(Comment.id)).all()
    return ids[int(pick * len(ids))] if ids else None


def _vote_on_comment(member: Viewer, idea_id: int, value: int, pick: float) -> Done | None:
    comment_id = _some_comment(pick, Comment.idea_id == idea_id, Comment.author_id != member.id)
    if comment_id is None:
        return None
    result = cast_vote(member, kind="comments", id=comment_id, value=value)
    vote = db.session.execute(
        select(CommentVote.__table__).where(
            CommentVote.comment_id == comment_id, CommentVote.member_id == member.id
        )
    ).mappings()
    row = vote.first()
    counts = {"id": comment_id, "up_count": result.up_count, "down_count": result.down_count}
    return Done(
        clock.now(), "comment vote", idea_id, member.id, {**counts, "vote": dict(row) if row else None}
    )


def _follow(member: Viewer, idea_id: int, value: int, _pick: float) -> Done | None:
    idea = db.session.execute(locked(select(Idea.status).where(Idea.id == idea_id))).one()
    if idea.status == "merged":
        raise Conflict()
    mine = select(IdeaFollow.__table__).where(
        IdeaFollow.idea_id == idea_id, IdeaFollow.member_id == member.id
    )
    before = db.session.execute(mine).mappings().first()
    (follow_idea if value == 1 else unfollow_idea)(member.id, idea_id=idea_id)
    row = db.session.execute(mine).mappings().first()
    if row == before:
        return None
    return Done(clock.now(), "follow", idea_id, member.id, dict(row) if row else None)
