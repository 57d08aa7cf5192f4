"""Reads of challenges. What the viewer may not see does not exist."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    and_,
    case,
    column,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    true,
    tuple_,
    type_coerce,
)

from talking_together.accounts.bylines import (
    Author,
    AuthorOrganisation,
    Byline,
    byline_columns,
    byline_of,
)
from talking_together.accounts.models import Member, MemberGroup
from talking_together.challenges import stages
from talking_together.challenges.models import Challenge, ChallengeGroup, ChallengeNews, ChallengeOrganisation
from talking_together.core import clock
from talking_together.core.access import SPONSOR
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, moment_in, page_of
from talking_together.core.statements import given, looked_at_last, run
from talking_together.extensions import db
from talking_together.files.queries import ShownPicture, picture_alias, picture_columns, picture_of
from talking_together.following.queries import follows_challenge
from talking_together.orm import UTCDateTime

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

PAGE_SIZE = 20
# The member of the row in hand: by name, so that no condition within an EXISTS brings in a row of its own.
THE_MEMBER: Any = literal_column("members.id", Integer)
_ORGANISATION_OF_THE_MEMBER: Any = literal_column("members.organisation_id", Integer)
_MODERATES = Member.role.in_(("moderator", "admin"))
# An id of 32 bits: PostgreSQL refuses to compare it with anything larger.
MAX_ID = 2**31 - 1
# More challenges than this are never open at once to people who have one minute.
MOST_LIVE = 50


@dataclass(frozen=True, slots=True)
class ChallengeCard:
    """A challenge as lists show it."""

    id: int
    title: str
    summary: str
    stage: str
    is_published: bool
    opens_at: datetime | None
    closes_at: datetime | None
    voting_closes_at: datetime | None
    answered_at: datetime | None
    archived_at: datetime | None
    paused_at: datetime | None
    allows_down_votes: bool
    counts_shown: str
    ideas_count: int
    is_new: bool
    closing_soon: bool
    ends_at: datetime | None
    progress: int | None
    byline: Byline


@dataclass(frozen=True, slots=True)
class Pause:
    """What people are told of a pause: words, and when it may be over, where a moderator said so."""

    words: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ChallengePage(ChallengeCard):
    """A challenge as its own page shows it."""

    brief_html: str
    can_take_ideas: bool
    can_take_votes: bool
    follows: bool
    answered_count: int
    answer_median_hours: int | None
    has_results: bool
    pause: Pause | None
    needs_approval: bool
    sponsor_name: str
    sponsor_role: str
    sponsor_photo: ShownPicture | None
    cover: ShownPicture | None


def visible_to(viewer: "Viewer") -> ColumnElement[bool]:
    """Return the condition on Challenge that it exists for the viewer."""
    return _visible(viewer.is_moderator, viewer.id, viewer.organisation_id, clock.now())


def visible_to_member(at: datetime) -> ColumnElement[bool]:
    """Return the same condition on Challenge and Member, for a statement about many members at once."""
    # Who serves at a sponsor's desk sees no challenge, for whomever it is.
    seen = or_(_MODERATES, _visible(False, THE_MEMBER, _ORGANISATION_OF_THE_MEMBER, at))
    return and_(Member.role != SPONSOR, seen)


def visible_to_given(*, is_moderator: bool) -> ColumnElement[bool]:
    """Return the same condition for a statement that is made once and run with `viewer_values`."""
    return _visible(
        is_moderator,
        given("viewer_id", Member.id),
        given("viewer_organisation_id", Member.organisation_id),
        given("viewed_at", Challenge.opens_at),
    )


def viewer_values(viewer: "Viewer") -> dict[str, Any]:
    """Return the values that `visible_to_given` is to be run with."""
    return {
        "viewer_id": viewer.id,
        "viewer_organisation_id": viewer.organisation_id,
        "viewed_at": clock.now(),
    }


def _visible(is_moderator: bool, viewer_id: Any, organisation_id: Any, at: Any) -> ColumnElement[bool]:
    if is_moderator:
        return true()
    by_organisation = (
        exists()
        .where(
            ChallengeOrganisation.challenge_id == Challenge.id,
            ChallengeOrganisation.organisation_id == organisation_id,
        )
        .correlate(Challenge)
    )
    by_group = (
        exists()
        .where(
            ChallengeGroup.challenge_id == Challenge.id,
            ChallengeGroup.group_id == MemberGroup.group_id,
            MemberGroup.member_id == viewer_id,
        )
        .correlate(Challenge)
    )
    return and_(
        looked_at_last(Challenge.is_published),
        looked_at_last(Challenge.opens_at) <= at,
        or_(Challenge.audience == "everyone", by_organisation, by_group),
    )


_COLUMNS = (
    Challenge.id,
    Challenge.title,
    Challenge.summary,
    Challenge.is_published,
    Challenge.opens_at,
    Challenge.closes_at,
    Challenge.voting_closes_at,
    Challenge.answered_at,
    Challenge.archived_at,
    Challenge.paused_at,
    Challenge.allows_down_votes,
    Challenge.counts_shown,
    Challenge.ideas_count,
)


def live_challenges(viewer: "Viewer", *, at: datetime) -> list[ChallengeCard]:
    """Return the challenges that take ideas or votes, or are paused, the one that closes next first."""
    rows = run(_live_challenges(is_moderator=viewer.is_moderator), {"at": at, **viewer_values(viewer)})
    return [_card(row, at) for row in rows]


@cache
def _live_challenges(*, is_moderator: bool) -> Any:
    at = given("at", Challenge.opens_at)
    return (
        _cards()
        .where(visible_to_given(is_moderator=is_moderator), _has_opened(at), _is_live(at))
        .order_by(_last_moment().is_(None), _last_moment(), Challenge.id)
        .limit(MOST_LIVE)
    )


def closed_challenges(viewer: "Viewer", *, after: str | None, at: datetime) -> Page:
    """Return a page of challenges in review or answered, the one that opened last first."""
    return _page(viewer, and_(_has_opened(at), ~_is_live(at)), after, at)


def archived_challenges(viewer: "Viewer", *, after: str | None, at: datetime) -> Page:
    """Return a page of the archive, the one that opened last first."""
    return _page(viewer, and_(Challenge.archived_at.is_not(None), Challenge.is_published), after, at)


def get_challenge(viewer: "Viewer", challenge_id: int, *, at: datetime) -> ChallengePage:
    """Return a challenge that exists for the viewer; NotFound for any other."""
    return page_from(get_row(one_challenge(is_moderator=viewer.is_moderator), viewer, challenge_id), at)


def get_row(statement: Any, viewer: "Viewer", challenge_id: int) -> Row[Any]:
    """Return what a statement made of `one_challenge` reads; NotFound where nothing exists for the viewer."""
    if challenge_id > MAX_ID:
        raise NotFound()
    row: Row[Any] | None = run(statement, {"challenge_id": challenge_id, **viewer_values(viewer)}).first()
    if row is None:
        raise NotFound()
    return row


def page_from(row: Row[Any], at: datetime) -> ChallengePage:
    """Return the page of a row of `one_challenge`."""
    stage = stages.stage_of(row, at)
    return ChallengePage(
        **_card_fields(row, at),
        brief_html=row.brief_html,
        follows=row.follows,
        answered_count=row.answered_count,
        answer_median_hours=row.answer_median_hours,
        can_take_ideas=stage in stages.TAKES_IDEAS,
        can_take_votes=stage in stages.TAKES_VOTES,
        has_results=row.results_out_at is not None and row.results_out_at <= at,
        pause=_pause_of(row, at) if stage == "paused" else None,
        needs_approval=row.needs_approval,
        sponsor_name=row.sponsor_name,
        sponsor_role=row.sponsor_role,
        sponsor_photo=picture_of(row, "photo"),
        cover=picture_of(row, "cover"),
    )


@cache
def one_challenge(*, is_moderator: bool) -> Any:
    """Return the statement that reads a challenge as its own page shows it."""
    follows = follows_challenge(Challenge.id, given("viewer_id", Member.id)).label("follows")
    cover, photo = picture_alias("cover"), picture_alias("sponsor_photo")
    return (
        _cards(
            Challenge.brief_html,
            Challenge.answered_count,
            Challenge.answer_median_hours,
            follows,
            _results_out_at(),
            _pause().label("pause"),
            Challenge.needs_approval,
            Challenge.sponsor_name,
            Challenge.sponsor_role,
            *picture_columns(cover, "cover"),
            *picture_columns(photo, "photo"),
        )
        .outerjoin(cover, cover.id == Challenge.cover_id)
        .outerjoin(photo, photo.id == Challenge.sponsor_photo_id)
        .where(
            Challenge.id == given("challenge_id", Challenge.id), visible_to_given(is_moderator=is_moderator)
        )
    )


def _results_out_at() -> Any:
    # Named, not imported: results are a room above this one.
    results = table("challenge_results", column("challenge_id"), column("published_at", UTCDateTime()))
    return (
        select(results.c.published_at)
        .where(results.c.challenge_id == Challenge.id)
        .correlate(Challenge)
        .scalar_subquery()
        .label("results_out_at")
    )


def _pause() -> Any:
    """The details of the latest pause, for a challenge that is paused."""
    latest = (
        select(ChallengeNews.details)
        .where(ChallengeNews.challenge_id == Challenge.id, ChallengeNews.kind == "paused")
        .order_by(ChallengeNews.id.desc())
        .limit(1)
        .correlate(Challenge)
        .scalar_subquery()
    )
    return type_coerce(case((Challenge.paused_at.is_not(None), latest)), ChallengeNews.details.type)


def _pause_of(row: Row[Any], at: datetime) -> Pause:
    details = row.pause or {}
    until = details.get("until") and datetime.fromisoformat(details["until"])
    # A time that has passed is no help to anybody.
    return Pause(details.get("words", ""), until if until and until > at else None)


def as_opened(challenge: ChallengePage) -> ChallengePage:
    """Return the page of a challenge as its audience will see it once it is open."""
    return replace(
        challenge,
        stage="open",
        ends_at=challenge.closes_at,
        is_new=True,
        can_take_ideas=True,
        can_take_votes=True,
    )


def _cards(*more: Any) -> Any:
    return (
        select(*_COLUMNS, *more, *byline_columns())
        .select_from(Challenge)
        .outerjoin(Author, Author.id == Challenge.author_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
    )


def _card(row: Row[Any], at: datetime) -> ChallengeCard:
    return ChallengeCard(**_card_fields(row, at))


def _card_fields(row: Row[Any], at: datetime) -> dict[str, Any]:
    return {
        **{column.key: getattr(row, column.key) for column in _COLUMNS},
        "stage": stages.stage_of(row, at),
        "is_new": stages.is_new(row, at),
        "closing_soon": stages.is_closing_soon(row, at),
        "ends_at": stages.ends_at(row, at),
        "progress": stages.progress_of(row, at),
        "byline": byline_of(row),
    }


def _last_moment() -> ColumnElement[Any]:
    return func.coalesce(Challenge.voting_closes_at, Challenge.closes_at)


def _has_opened(at: Any) -> ColumnElement[bool]:
    return and_(Challenge.is_published, Challenge.opens_at <= at, Challenge.archived_at.is_(None))


def _is_live(at: Any) -> ColumnElement[bool]:
    """The condition that `stage_of` is open, voting only or paused, for one that has opened."""
    return and_(
        Challenge.answered_at.is_(None),
        or_(
            Challenge.closes_at.is_(None),
            Challenge.closes_at > at,
            func.coalesce(Challenge.voting_closes_at > at, False),
        ),
    )


def _page(viewer: "Viewer", condition: ColumnElement[bool], after: str | None, at: datetime) -> Page:
    statement = (
        _cards()
        .where(visible_to(viewer), condition)
        .order_by(Challenge.opens_at.desc(), Challenge.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if cursor := decode_cursor(after, (str, int)):
        opened = literal(moment_in(cursor[0]), Challenge.opens_at.type)
        statement = statement.where(
            tuple_(Challenge.opens_at, Challenge.id) < tuple_(opened, literal(cursor[1], BigInteger))
        )
    rows = [_card(row, at) for row in db.session.execute(statement)]
    return page_of(rows, PAGE_SIZE, lambda card: encode_cursor(card.opens_at.isoformat(), card.id))
