"""Casting, changing and withdrawing votes."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, and_, delete, exists, literal, select, update

from talking_together.accounts.bylines import Author, AuthorOrganisation, byline_columns, byline_of
from talking_together.accounts.models import Member
from talking_together.challenges import voting
from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import viewer_values
from talking_together.comments import policies as comments
from talking_together.comments.models import Comment
from talking_together.core import clock
from talking_together.core.database import dialect_name, insert_into, locked
from talking_together.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.following.queries import follows_idea
from talking_together.ideas import policies as ideas
from talking_together.ideas.co_author_queries import beside
from talking_together.ideas.counters import COUNTED, Cast, VoteCounts, count_vote
from talking_together.ideas.models import Idea
from talking_together.ideas.queries import CHALLENGE_DATES, CHALLENGE_OPTIONS, seen_by_given
from talking_together.points import services as points
from talking_together.points.services import Award
from talking_together.votes.changes import CAST, CHANGES, NONE, THUMB_UP, VALUES, Change
from talking_together.votes.keeping_back import forget, keep_back
from talking_together.votes.keys import event_key, noun_of, places_of
from talking_together.votes.models import CommentVote, IdeaVote, KeptBackThumb, VoidedVote

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

KINDS = ("ideas", "comments")


@dataclass(frozen=True, slots=True)
class VoteResult:
    """Where a thing's votes stand after a member's vote, and what the member earned by it."""

    kind: str
    id: int
    idea_id: int
    idea_title: str
    author_name: str
    up_count: int | None
    down_count: int | None
    my_vote: int
    takes_down: bool
    earned: int
    asks_to_follow: bool = False


def cast_vote(member: "Viewer", *, kind: str, id: int, value: int) -> VoteResult:
    """Make the member's vote on an idea or comment the value: 1 up, -1 down, 0 none.

    The row voted on is locked first, so that all that is read after it is settled.
    """
    if kind not in KINDS or value not in VALUES:
        raise InvalidInput("A vote is a thumb up, a thumb down or none.")
    thing, with_author = _lock(member, kind, id), list[int]()
    # Asked for once the lock is held: a vote that waited past a closing time is too late.
    at = clock.now()
    if kind == "ideas":
        ideas.ensure_can_vote(member, thing, thing, at)
        if member.id in (with_author := _beside(thing)):
            raise NotAllowed("You cannot vote on your own idea.")
    else:
        comments.ensure_can_vote(member, thing, thing.status, thing, at)
    voting.ensure_takes(thing, value)
    own = _own_vote(member, kind, id)
    if own.has_voided and value != NONE:
        _ensure_not_set_aside(member, kind, id)
    before = None if own.value is None else Cast(own.value, own.cast_at)
    moved_from = own.moved_from or ""
    after = Cast(value, at) if value != NONE else None
    change = CHANGES[before.value if before else NONE, value]
    counts, earned = VoteCounts(thing.up_count, thing.down_count), 0
    if change != Change():
        _write_vote(member, kind, id, after)
        if kind == "ideas":
            counts = count_vote(thing, before=before, after=after)
        else:
            counts = _count_comment_vote(thing, change)
        waits = before is not None and (own.waits or bool(moved_from))
        earned = _move_points(member, kind, thing, change, moved_from, waits=waits, with_author=with_author)
    shown = voting.shown_counts(
        member, thing, up=counts.up_count, down=counts.down_count, my_vote=value, at=at
    )
    return VoteResult(
        kind=kind,
        id=id,
        idea_id=thing.idea_id,
        idea_title=thing.title,
        author_name=byline_of(thing).within,
        up_count=shown.up,
        down_count=shown.down,
        my_vote=value,
        takes_down=voting.shows_thumb_down(thing, my_vote=value),
        earned=earned,
        asks_to_follow=kind == "ideas" and value != NONE and not thing.follows,
    )


@cache
def _locked_idea(*, is_moderator: bool) -> Any:
    return locked(
        select(
            *COUNTED,
            Idea.id.label("idea_id"),
            Idea.author_id,
            Idea.title,
            Idea.status,
            Idea.co_authors_count,
            *CHALLENGE_DATES,
            *CHALLENGE_OPTIONS,
            follows_idea(Idea.id, given("viewer_id", Member.id)).label("follows"),
            *byline_columns(),
        )
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .outerjoin(Author, Author.id == Idea.author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(Idea.id == given("id", Idea.id), seen_by_given(is_moderator=is_moderator)),
        of=Idea,
    )


@cache
def _locked_comment(*, is_moderator: bool) -> Any:
    return locked(
        select(
            Comment.id,
            Comment.author_id,
            Comment.deleted_at,
            Comment.up_count,
            Comment.down_count,
            Comment.idea_id,
            Idea.title,
            Idea.status,
            *CHALLENGE_DATES,
            *CHALLENGE_OPTIONS,
            *byline_columns(),
        )
        .join(Idea, Idea.id == Comment.idea_id)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .outerjoin(Author, Author.id == Comment.author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(Comment.id == given("id", Comment.id), seen_by_given(is_moderator=is_moderator)),
        of=Comment,
    )


def _lock(member: "Viewer", kind: str, id: int) -> Row[Any]:
    """Return the idea or comment that exists for the member, locked until the vote is done."""
    statement = (_locked_idea if kind == "ideas" else _locked_comment)(is_moderator=member.is_moderator)
    row: Row[Any] | None = run(statement, {"id": id, **viewer_values(member)}).first()
    if row is None:
        raise NotFound()
    return row


def _beside(idea: Row[Any]) -> list[int]:
    """Return who wrote the idea with its author; the count of them was read under the lock."""
    return beside([idea.id])[idea.id] if idea.co_authors_count else []


def _own_vote(member: "Viewer", kind: str, id: int) -> Row[Any]:
    """Return the member's vote on a thing, all None without one, and whether any of theirs was voided."""
    thumb_key = event_key(THUMB_UP, noun_of(kind), id, member.id)
    values = {"thing_id": id, "voter_id": member.id, "thumb_key": thumb_key, "kind": kind}
    return run(_vote_of(kind), values).one()


# Statements of their own: one that waits for a lock sees other tables as before the wait.
@cache
def _vote_of(kind: str) -> Any:
    table, thing_id = _table_of(kind)
    waits = exists().where(KeptBackThumb.event_key == given("thumb_key", KeptBackThumb.event_key))
    has_voided = exists().where(
        VoidedVote.member_id == Member.id,
        VoidedVote.kind == given("kind", VoidedVote.kind),
        VoidedVote.restored_at.is_(None),
    )
    columns = [
        table.value,
        table.cast_at,
        waits.label("waits"),
        has_voided.label("has_voided"),
        table.moved_from if kind == "ideas" else literal("").label("moved_from"),
    ]
    own = and_(thing_id == given("thing_id", thing_id), table.member_id == Member.id)
    return (
        select(*columns)
        .select_from(Member)
        .outerjoin(table, own)
        .where(Member.id == given("voter_id", table.member_id))
    )


def _ensure_not_set_aside(member: "Viewer", kind: str, id: int) -> None:
    """Refuse a vote on what a moderator set the member's vote aside on, or on what that was merged into."""
    stands = (
        select(VoidedVote.thing_id)
        .where(VoidedVote.member_id == member.id, VoidedVote.kind == kind, VoidedVote.restored_at.is_(None))
        .cte("stands", recursive=True)
    )
    if kind == "ideas":
        went = select(Idea.merged_into_id).join(stands, Idea.id == stands.c.thing_id)
        stands = stands.union(went.where(Idea.merged_into_id.is_not(None)))
    if db.session.scalar(select(exists().where(stands.c.thing_id == id))):
        raise Conflict("A moderator set your vote on this aside. Your page of votes set aside says why.")


@cache
def _withdrawing(kind: str) -> Any:
    table, thing_id = _table_of(kind)
    return delete(table.__table__).where(_is_own(table, thing_id))


@cache
def _casting(kind: str, _dialect: str) -> Any:
    table, thing_id = _table_of(kind)
    standing = {"value": given("value", table.value), "cast_at": given("cast_at", table.cast_at)}
    return (
        insert_into(table)
        .values(
            {
                thing_id.key: given("thing_id", thing_id),
                "member_id": given("voter_id", table.member_id),
                **standing,
            }
        )
        .on_conflict_do_update(index_elements=[thing_id.key, "member_id"], set_=standing)
    )


def _is_own(table: Any, thing_id: Any) -> Any:
    return and_(
        thing_id == given("thing_id", thing_id), table.member_id == given("voter_id", table.member_id)
    )


def _write_vote(member: "Viewer", kind: str, id: int, after: Cast | None) -> None:
    own = {"thing_id": id, "voter_id": member.id}
    if after is None:
        run(_withdrawing(kind), own)
    else:
        run(_casting(kind, dialect_name()), {**own, "value": after.value, "cast_at": after.at})


def _count_comment_vote(comment: Row[Any], change: Change) -> VoteCounts:
    counts = VoteCounts(comment.up_count + change.up, comment.down_count + change.down)
    db.session.execute(
        update(Comment)
        .where(Comment.id == comment.id)
        .values(up_count=counts.up_count, down_count=counts.down_count)
        .execution_options(synchronize_session=False)
    )
    return counts


def withdraw_own_vote(member: "Viewer", idea: Row[Any]) -> None:
    """Withdraw the vote of one who becomes a co-author of an idea, which the caller has locked."""
    own = _own_vote(member, "ideas", idea.id)
    if own.value is None:
        return
    _write_vote(member, "ideas", idea.id, None)
    count_vote(idea, before=Cast(own.value, own.cast_at), after=None)
    waits = own.waits or bool(own.moved_from)
    _move_points(member, "ideas", idea, CHANGES[own.value, NONE], own.moved_from, waits=waits)


def _move_points(
    member: "Viewer",
    kind: str,
    thing: Row[Any],
    change: Change,
    moved_from: str,
    *,
    waits: bool,
    with_author: Collection[int] = (),
) -> int:
    """Enter what the change earns or takes back; return the change of the voter's balance.

    A thumb up on an idea of several is shared by them.

    What a vote earned on ideas that it stood on before they were merged is taken back as well.
    """
    noun = noun_of(kind)
    if change.takes_back:
        stood_on = places_of(thing.id, moved_from)
        keys = [event_key(event, noun, id, member.id) for event in change.takes_back for id in stood_on]
        if waits:
            forget(keys)
        return points.take_back(keys).get(member.id, 0)
    where = {"idea_id": thing.idea_id, "comment_id": None if noun == "idea" else thing.id}
    awards, thumbs = [], []
    for event in change.earns:
        key = event_key(event, noun, thing.id, member.id)
        if event == CAST:
            awards.append(Award("vote cast", member.id, key, **where))
        elif thing.author_id is not None:
            thumbs.append(Award(f"thumb up on {noun}", thing.author_id, key, **where))
    if voting.ranks_hidden(_ANYBODY, thing, clock.now()):
        keep_back(thumbs)
    else:
        awards += [share for thumb in thumbs for share in points.shared(thumb, with_author)]
    return points.award_many(awards).get(member.id, 0)


class _Anybody:
    is_moderator = False


# An author who is a moderator sees the counts, yet their points stand on the leaderboard.
_ANYBODY = _Anybody()


def _table_of(kind: str) -> tuple[Any, Any]:
    if kind == "ideas":
        return IdeaVote, IdeaVote.idea_id
    return CommentVote, CommentVote.comment_id
