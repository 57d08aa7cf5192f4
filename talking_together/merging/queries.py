"""Reads about merges and proposals. What the viewer may not see does not exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ScalarSelect, func, select, true
from sqlalchemy.orm import aliased

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
)
from talking_together.challenges.models import Challenge
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.ideas.queries import seen_by
from talking_together.merging.models import Merge, MergeProposal

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

PAGE_SIZE = 20
MOST_INCLUDED = 50


@dataclass(frozen=True, slots=True)
class Included:
    """An idea that was merged into another, directly or by way of a third."""

    id: int
    title: str
    merged_at: datetime
    byline: Byline


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as moderators see it, with the two ideas."""

    id: int
    why: str
    proposed_at: datetime
    byline: Byline
    challenge_title: str
    lower: Any
    higher: Any


@dataclass(frozen=True, slots=True)
class MergeInFull:
    """A merge as moderators see it."""

    id: int
    survivor_id: int
    survivor_title: str
    survivor_status: str
    merged_id: int
    merged_title: str
    challenge_id: int
    challenge_title: str
    archived_at: datetime | None
    reason: str
    merged_at: datetime
    byline: Byline
    undone_at: datetime | None
    undo_reason: str
    votes_moved: int
    votes_on_both: int
    votes_differing: int
    comments_moved: int
    followers_moved: int

    @property
    def can_undo(self) -> bool:
        """Return whether it can be undone now."""
        return self.undone_at is None and self.survivor_status != "merged" and self.archived_at is None


def included_in(idea_id: int) -> list[Included]:
    """Return the ideas that an idea the viewer may see includes, the first merged first."""
    below = select(Idea.id.label("id")).where(Idea.merged_into_id == idea_id).cte("below", recursive=True)
    # A union leaves out what is there already, so that even a circle would end.
    below = below.union(select(Idea.id).join(below, Idea.merged_into_id == below.c.id))
    statement = (
        select(Idea.id, Idea.title, Merge.merged_at, *byline_columns())
        .join(below, below.c.id == Idea.id)
        .join(Merge, (Merge.merged_id == Idea.id) & Merge.undone_at.is_(None))
        .outerjoin(Author, Author.id == Idea.author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .order_by(Merge.id)
        .limit(MOST_INCLUDED)
    )
    return [
        Included(row.id, row.title, row.merged_at, byline_of(row)) for row in db.session.execute(statement)
    ]


_Survivor = aliased(Idea, name="survivor")
_Merged = aliased(Idea, name="merged")
_Lower = aliased(Idea, name="lower")
_Higher = aliased(Idea, name="higher")


def merges(*, after: str | None = None, size: int = PAGE_SIZE) -> Page:
    """Return a page of `MergeInFull`s, newest first, in one statement; for moderators."""
    statement = _merges().order_by(Merge.id.desc()).limit(size + 1)
    if cursor := decode_cursor(after, (int,)):
        statement = statement.where(Merge.id < cursor[0])
    rows = [_in_full(row) for row in db.session.execute(statement)]
    return page_of(rows, size, lambda row: encode_cursor(row.id))


def get_merge(merge_id: int) -> MergeInFull:
    """Return a merge; NotFound for one that was never made."""
    row = db.session.execute(_merges().where(Merge.id == merge_id)).first()
    if row is None:
        raise NotFound()
    return _in_full(row)


def find_standing_merge(merged_id: int) -> MergeInFull | None:
    """Return the merge by which an idea went into another, or None."""
    statement = _merges().where(Merge.merged_id == merged_id, Merge.undone_at.is_(None))
    row = db.session.execute(statement).first()
    return None if row is None else _in_full(row)


def open_proposals(*, after: str | None = None, size: int = PAGE_SIZE) -> Page:
    """Return a page of `Proposal`s that wait, the oldest first, in one statement; for moderators."""
    statement = _proposals().order_by(MergeProposal.id).limit(size + 1)
    if cursor := decode_cursor(after, (int,)):
        statement = statement.where(MergeProposal.id > cursor[0])
    rows = [_proposal(row) for row in db.session.execute(statement)]
    return page_of(rows, size, lambda row: encode_cursor(row.id))


def number_of_open_proposals() -> ScalarSelect[int]:
    """Return how many proposals wait for a moderator, as a subquery."""
    return select(func.count()).select_from(_proposals().subquery()).scalar_subquery()


def find_proposal(idea_ids: Sequence[int]) -> Proposal | None:
    """Return the open proposal for two ideas, or None."""
    if len(idea_ids) != 2:
        return None
    lower_id, higher_id = sorted(idea_ids)
    row = db.session.execute(
        _proposals().where(MergeProposal.lower_id == lower_id, MergeProposal.higher_id == higher_id)
    ).first()
    return None if row is None else _proposal(row)


def get_proposal(proposal_id: int) -> Proposal:
    """Return a proposal that waits; NotFound for any other."""
    row = db.session.execute(_proposals().where(MergeProposal.id == proposal_id)).first()
    if row is None:
        raise NotFound()
    return _proposal(row)


def proposed_with(viewer: "Viewer", idea_id: int) -> set[int]:
    """Return the ids of ideas that an open proposal puts beside this one, whoever made it."""
    rows = db.session.execute(
        select(MergeProposal.lower_id, MergeProposal.higher_id)
        .join(Idea, Idea.id == idea_id)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(
            MergeProposal.state == "open",
            (MergeProposal.lower_id == idea_id) | (MergeProposal.higher_id == idea_id),
            seen_by(viewer),
        )
    )
    return {id for row in rows for id in row} - {idea_id}


def proposals_by(viewer: "Viewer", idea_id: int) -> list[Any]:
    """Return the viewer's own proposals about an idea, the latest first, with what became of each.

    One whose other idea was hidden or withdrawn since is told of to moderators alone.
    """
    other = aliased(Idea, name="other")
    is_shown = true() if viewer.is_moderator else other.listed | (other.status == "merged")
    statement = (
        select(
            MergeProposal.id,
            MergeProposal.state,
            MergeProposal.answer,
            MergeProposal.proposed_at,
            other.id.label("other_id"),
            other.title.label("other_title"),
        )
        .join(
            other,
            ((MergeProposal.lower_id == idea_id) & (other.id == MergeProposal.higher_id))
            | ((MergeProposal.higher_id == idea_id) & (other.id == MergeProposal.lower_id)),
        )
        .where(MergeProposal.proposed_by == viewer.id, is_shown)
        .order_by(MergeProposal.id.desc())
        .limit(PAGE_SIZE)
    )
    return list(db.session.execute(statement))


def _merges() -> Any:
    return (
        select(
            Merge.id,
            Merge.survivor_id,
            _Survivor.title.label("survivor_title"),
            _Survivor.status.label("survivor_status"),
            Merge.merged_id,
            _Merged.title.label("merged_title"),
            Challenge.id.label("challenge_id"),
            Challenge.title.label("challenge_title"),
            Challenge.archived_at,
            Merge.reason,
            Merge.merged_at,
            Merge.undone_at,
            Merge.undo_reason,
            Merge.votes_moved,
            Merge.votes_on_both,
            Merge.votes_differing,
            Merge.comments_moved,
            Merge.followers_moved,
            *byline_columns(),
        )
        .join(_Survivor, _Survivor.id == Merge.survivor_id)
        .join(_Merged, _Merged.id == Merge.merged_id)
        .join(Challenge, Challenge.id == _Merged.challenge_id)
        .outerjoin(Author, Author.id == Merge.merged_by)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
    )


def _in_full(row: Any) -> MergeInFull:
    names = [name for name in MergeInFull.__slots__ if name != "byline"]
    return MergeInFull(**{name: getattr(row, name) for name in names}, byline=byline_of(row))


def _proposals() -> Any:
    shown = ("id", "title", "excerpt", "up_count", "down_count", "comments_count")
    return (
        select(
            MergeProposal.id,
            MergeProposal.why,
            MergeProposal.proposed_at,
            Challenge.title.label("challenge_title"),
            *(getattr(_Lower, name).label(f"lower_{name}") for name in shown),
            *(getattr(_Higher, name).label(f"higher_{name}") for name in shown),
            *byline_columns(),
        )
        .join(_Lower, _Lower.id == MergeProposal.lower_id)
        .join(_Higher, _Higher.id == MergeProposal.higher_id)
        .join(Challenge, Challenge.id == _Lower.challenge_id)
        .outerjoin(Author, Author.id == MergeProposal.proposed_by)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        # One that was withdrawn, hidden or merged is not there to be merged.
        .where(MergeProposal.state == "open", _Lower.listed, _Higher.listed, Challenge.archived_at.is_(None))
    )


@dataclass(frozen=True, slots=True)
class ProposedIdea:
    """One of the two ideas of a proposal."""

    id: int
    title: str
    excerpt: str
    up_count: int
    down_count: int
    comments_count: int


def _proposal(row: Any) -> Proposal:
    def idea(side: str) -> ProposedIdea:
        names = ProposedIdea.__slots__
        return ProposedIdea(**{name: getattr(row, f"{side}_{name}") for name in names})

    return Proposal(
        row.id,
        row.why,
        row.proposed_at,
        byline_of(row),
        row.challenge_title,
        idea("lower"),
        idea("higher"),
    )
