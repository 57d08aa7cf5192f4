"""Ideas side by side, and what merging them would do, before a moderator presses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
)
from talking_together.challenges.models import Challenge
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.following.models import IdeaFollow
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.ideas.policies import BESIDE
from talking_together.ideas.queries import CHALLENGE_DATES, seen_by
from talking_together.merging.policies import MOST_AT_ONCE, why_not_pair
from talking_together.merging.words import shared_words, votes_in_words
from talking_together.search.words import words_of
from talking_together.votes.models import IdeaVote

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


@dataclass(frozen=True, slots=True)
class Compared:
    """One of the ideas that are looked at side by side."""

    id: int
    challenge_id: int
    title: str
    body_html: str
    status: str
    merged_into_id: int | None
    published_at: datetime
    up_count: int
    down_count: int
    comments_count: int
    author_id: int | None
    challenge: Any
    byline: Byline


@dataclass(frozen=True, slots=True)
class Effect:
    """What merging would do; `why_not` says in words why it cannot be done, if so."""

    why_not: str
    votes: list[str]
    comments: int
    followers: int


def ideas_compared(viewer: "Viewer", idea_ids: Sequence[int]) -> list[Compared]:
    """Return the ideas, the one with the most votes first, the oldest of equals.

    NotFound unless there are two to ten that exist for the viewer.
    """
    ids = set(idea_ids)
    if not 1 < len(ids) <= MOST_AT_ONCE:
        raise NotFound()
    names = [name for name in Compared.__slots__ if name not in ("byline", "challenge")]
    statement = (
        select(
            *(getattr(Idea, name) for name in names),
            Challenge.title.label("challenge_title"),
            *CHALLENGE_DATES,
            *byline_columns(),
        )
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .outerjoin(Author, Author.id == Idea.author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(Idea.id.in_(ids), seen_by(viewer), Idea.published_at.is_not(None))
        .order_by((Idea.up_count + Idea.down_count).desc(), Idea.published_at, Idea.id)
    )
    rows: list[Any] = list(db.session.execute(statement))
    if len(rows) < len(ids):
        raise NotFound()
    return [
        Compared(**{name: getattr(row, name) for name in names}, challenge=row, byline=byline_of(row))
        for row in rows
    ]


def words_in_common(ideas: Sequence[Compared]) -> list[str]:
    """Return the words that all the ideas have in their titles."""
    return shared_words([words_of(idea.title) for idea in ideas])


def effect_of(kept: Compared, ideas: Sequence[Compared]) -> Effect:
    """Return what merging the others into one of the ideas would do, in three statements."""
    gone = sorted((idea for idea in ideas if idea.id != kept.id), key=lambda idea: idea.id)
    why_not = next((why for idea in gone if (why := why_not_pair(kept, idea))), "")
    if why_not:
        return Effect(why_not, [], 0, 0)
    ids = [kept.id, *(idea.id for idea in gone)]
    moved, on_both, differing = _votes(kept, gone, ids)
    follows = db.session.execute(
        select(IdeaFollow.idea_id, IdeaFollow.member_id).where(IdeaFollow.idea_id.in_(ids))
    ).all()
    already = {row.member_id for row in follows if row.idea_id == kept.id}
    return Effect(
        "",
        votes_in_words(moved, on_both, differing, done=False),
        sum(idea.comments_count for idea in gone),
        len({row.member_id for row in follows} - already),
    )


def _votes(kept: Compared, gone: Sequence[Compared], ids: Sequence[int]) -> tuple[int, int, int]:
    """Count what `moving.move_votes` will, idea after idea."""
    wrote = {idea.author_id for idea in (kept, *gone)}
    wrote |= set(
        db.session.scalars(
            select(IdeaCoAuthor.member_id).where(
                IdeaCoAuthor.idea_id.in_(ids), IdeaCoAuthor.state.in_(BESIDE)
            )
        )
    )
    votes: dict[int, dict[int, int]] = {id: {} for id in ids}
    columns = (IdeaVote.idea_id, IdeaVote.member_id, IdeaVote.value)
    for row in db.session.execute(select(*columns).where(IdeaVote.idea_id.in_(ids))):
        if row.member_id not in wrote:
            votes[row.idea_id][row.member_id] = row.value
    standing, moved, on_both, differing = votes[kept.id], 0, 0, 0
    for idea in gone:
        for member_id, value in votes[idea.id].items():
            if member_id in standing:
                on_both += 1
                differing += value != standing[member_id]
            else:
                standing[member_id] = value
                moved += 1
    return moved, on_both, differing
