"""Reads of signs, for moderators, and of a member's own votes that were set aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, ScalarSelect, func, literal, or_, select, tuple_

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
    shown_name,
)
from talking_together.accounts.models import Member
from talking_together.comments.models import Comment
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, moment_in, page_of
from talking_together.extensions import db
from talking_together.fairness.models import GamingSign, GamingSignMember
from talking_together.fairness.naming import wrote_beside
from talking_together.fairness.policies import can_undo
from talking_together.fairness.words import KIND_WORDS
from talking_together.ideas.models import Idea
from talking_together.ideas.titles import ideas_named
from talking_together.votes.models import VoidedVote

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

PAGE_SIZE = 20
MOST_IDEAS = 20
MOST_VOIDED = 100


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign as lists show it, in words; the viewer is among whom one is about that `is_mine`."""

    id: int
    kind: str
    state: str
    evidence: Mapping[str, Any]
    found_at: datetime
    seen_at: datetime
    is_mine: bool

    @property
    def title(self) -> str:
        """Return what kind of sign it is, in words."""
        return KIND_WORDS[self.kind].title

    @property
    def sentences(self) -> list[str]:
        """Return the evidence in words."""
        return KIND_WORDS[self.kind].says(self.evidence)

    @property
    def innocent(self) -> str:
        """Return what it may be when it is nothing bad."""
        return KIND_WORDS[self.kind].innocent


@dataclass(frozen=True, slots=True)
class Somebody:
    """A member whom a sign is about; an author for whom others voted `is_author`."""

    id: int
    byline: Byline
    is_author: bool


@dataclass(frozen=True, slots=True)
class SignInFull:
    """A sign with its people, the ideas concerned, and how it was settled.

    Of one that is about the viewer there are neither people nor ideas: they would read who voted them down.
    """

    sign: Sign
    people: list[Somebody]
    ideas: list[Any]
    settled_at: datetime | None
    settled_by: str | None
    reason: str
    voided: int

    @property
    def can_void(self) -> bool:
        """Return whether there are votes that can be set aside."""
        return self.sign.state == "open" and self.sign.evidence["votes"] > 0

    @property
    def can_undo(self) -> bool:
        """Return whether there is something to undo."""
        return can_undo(self.sign.state, has_voided=self.voided > 0)


@dataclass(frozen=True, slots=True)
class OwnVoided:
    """What a moderator set aside of a member's votes for one reason, as the member reads it."""

    at: datetime
    reason: str
    votes: int
    ideas: list[Any]


def number_of_open_signs() -> ScalarSelect[int]:
    """Return how many signs wait for a moderator, as a subquery."""
    return select(func.count()).where(GamingSign.state == "open").scalar_subquery()


def open_signs(viewer: "Viewer", *, after: str | None = None, size: int = PAGE_SIZE) -> Page:
    """Return a page of the signs that wait, the one seen last first, in one statement."""
    key = (GamingSign.seen_at, GamingSign.id)
    statement = select(*_sign(viewer)).where(GamingSign.state == "open")
    statement = statement.order_by(*(column.desc() for column in key)).limit(size + 1)
    if cursor := decode_cursor(after, (str, int)):
        seen = literal(moment_in(cursor[0]), GamingSign.seen_at.type)
        statement = statement.where(tuple_(*key) < tuple_(seen, literal(cursor[1], Integer)))
    rows = [Sign(*row) for row in db.session.execute(statement)]
    return page_of(rows, size, lambda sign: encode_cursor(sign.seen_at.isoformat(), sign.id))


def settled_signs(viewer: "Viewer", *, after: str | None = None, size: int = PAGE_SIZE) -> Page:
    """Return a page of the signs that were settled, the one found last first, in one statement."""
    statement = select(*_sign(viewer)).where(GamingSign.state != "open").order_by(GamingSign.id.desc())
    if cursor := decode_cursor(after, (int,)):
        statement = statement.where(GamingSign.id < cursor[0])
    rows = [Sign(*row) for row in db.session.execute(statement.limit(size + 1))]
    return page_of(rows, size, lambda sign: encode_cursor(sign.id))


def get_sign(viewer: "Viewer", sign_id: int) -> SignInFull:
    """Return a sign with all that a moderator may know of it, in at most three statements."""
    standing = VoidedVote.sign_id == GamingSign.id, VoidedVote.restored_at.is_(None)
    voided = select(func.count()).where(*standing).correlate(GamingSign).scalar_subquery()
    row = db.session.execute(
        select(
            *(columns := _sign(viewer)),
            GamingSign.settled_at,
            shown_name(Member).label("settled_by"),
            GamingSign.reason,
            voided.label("voided"),
        )
        .outerjoin(Member, Member.id == GamingSign.settled_by_id)
        .where(GamingSign.id == sign_id)
    ).first()
    if row is None:
        raise NotFound()
    sign = Sign(*row[: len(columns)])
    return SignInFull(
        sign=sign,
        people=[] if sign.is_mine else _people_of(sign),
        ideas=[] if sign.is_mine else _ideas_of(sign),
        settled_at=row.settled_at,
        settled_by=row.settled_by if row.settled_at else None,
        reason=row.reason,
        voided=row.voided,
    )


def own_voided(member: "Viewer") -> list[OwnVoided]:
    """Return the member's own votes that stand set aside, by when and why, the latest first."""
    about = func.coalesce(Comment.idea_id, VoidedVote.thing_id)
    of_comment = (VoidedVote.kind == "comments") & (Comment.id == VoidedVote.thing_id)
    rows = db.session.execute(
        select(VoidedVote.sign_id, VoidedVote.voided_at, VoidedVote.reason, about.label("idea_id"))
        .outerjoin(Comment, of_comment)
        .where(VoidedVote.member_id == member.id, VoidedVote.restored_at.is_(None))
        .order_by(VoidedVote.id.desc())
        .limit(MOST_VOIDED)
    ).all()
    names = ideas_named(member, {row.idea_id for row in rows})
    grouped: dict[tuple[int, datetime], list[Any]] = {}
    for row in rows:
        grouped.setdefault((row.sign_id, row.voided_at), []).append(row)
    return [
        OwnVoided(
            at=at,
            reason=some[0].reason,
            votes=len(some),
            ideas=[names[id] for id in dict.fromkeys(row.idea_id for row in some) if id in names],
        )
        for (_, at), some in grouped.items()
    ]


def _sign(viewer: "Viewer") -> tuple[Any, ...]:
    of_viewer = (GamingSignMember.sign_id == GamingSign.id) & (GamingSignMember.member_id == viewer.id)
    votes_of_viewer = select(VoidedVote.sign_id).where(
        VoidedVote.member_id == viewer.id, VoidedVote.restored_at.is_(None)
    )
    return (
        GamingSign.id,
        GamingSign.kind,
        GamingSign.state,
        GamingSign.evidence,
        GamingSign.found_at,
        GamingSign.seen_at,
        or_(
            select(GamingSignMember.sign_id).where(of_viewer).exists(),
            # A ring is seen again without those whose votes stand set aside for it.
            GamingSign.id.in_(votes_of_viewer),
        ).label("is_mine"),
    )


def _people_of(sign: Sign) -> list[Somebody]:
    rows = db.session.execute(
        select(GamingSignMember.member_id, *byline_columns())
        .join(Author, Author.id == GamingSignMember.member_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(GamingSignMember.sign_id == sign.id)
        .order_by(Author.id)
    )
    voters = set(sign.evidence["voters"])
    people = [Somebody(row.member_id, byline_of(row), row.member_id not in voters) for row in rows]
    return sorted(people, key=lambda person: person.is_author)


def _ideas_of(sign: Sign) -> list[Any]:
    """Return the ideas that a sign may name without telling who voted on which.

    Of a ring all that its people wrote, of duplicates those that are alike; of a single account none.
    """
    statement = select(Idea.id, Idea.title, Idea.status).limit(MOST_IDEAS)
    if sign.kind == "ring":
        voters = sign.evidence["voters"]
        own = or_(Idea.author_id.in_(voters), wrote_beside(voters))
        statement = statement.where(own, Idea.listed).order_by(Idea.id.desc())
    elif sign.kind == "own duplicates":
        statement = statement.where(Idea.id.in_(sign.evidence["ideas"])).order_by(Idea.id)
    else:
        return []
    return list(db.session.execute(statement))
