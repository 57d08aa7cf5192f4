"""What a rule would have given, told from what people did and not from what was entered.

The ledger knows only what earned within the caps of its day; what a higher cap would have let through
stands in the facts. They are counted in the database, by member and London day, and told as sums over
at least five people.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, Integer, case, cast, func, literal, select, union_all

from talking_together.accounts.models import Member
from talking_together.comments.models import Comment, CommentThanks
from talking_together.core import clock
from talking_together.core.database import seconds_between
from talking_together.core.statements import looked_at_last
from talking_together.extensions import db
from talking_together.ideas.models import Idea, IdeaDecision
from talking_together.points.models import PointEntry
from talking_together.points.rules import ONCE
from talking_together.votes.models import CommentVote, IdeaVote

# A figure about fewer people could be taken for one person's.
LEAST_PEOPLE = 5
DAY_S = 86_400
# More than the days from 1970 to any date that we meet.
DAYS = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule gives for an event, and how often a day."""

    points: int
    daily_cap: int | None
    is_on: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Points of a window: by the terms tried, by those in force, and those that the ledger entered.

    `members` is how many people did it; all are None where they are fewer than five. `entered` is
    None where fewer than five earned.
    """

    since: date
    note: str
    members: int | None
    tried: int | None
    now: int | None
    entered: int | None

    @property
    def is_shown(self) -> bool:
        """Return whether enough people did it for figures to be told."""
        return self.members is not None


def try_rule(event: str, tried: Terms, now: Terms, *, days: int) -> Figures:
    """Return what the terms would have given over the last days, and what those in force would have.

    One statement counts the facts, and another what the ledger entered.
    """
    since = clock.today() - timedelta(days=days)
    row = db.session.execute(counting_statement(event, tried, now, since)).one()
    enough = row.members >= LEAST_PEOPLE
    return Figures(
        since,
        NOTES.get(event, NOTE),
        row.members if enough else None,
        int(row.tried or 0) if enough else None,
        int(row.now or 0) if enough else None,
        _entered(event, since) if enough else None,
    )


def counting_statement(event: str, tried: Terms, now: Terms, since: date) -> Any:
    """Return the statement that counts an event's facts since a day by member and day."""
    start = clock.from_london(datetime.combine(since, time()))
    facts = FACTS[event](literal(start, PointEntry.at.type)).subquery("facts")
    # Without a cap a day is as good as any other, and far fewer groups are counted.
    by_day = event not in ONCE and (tried.daily_cap, now.daily_cap) != (None, None)
    member = cast(facts.c.member_id, BigInteger)
    # A member and a day as one number, sorted once: PostgreSQL takes a million groups of two columns
    # for a few thousand, and would write them to disk several times over.
    key = member * literal(DAYS) + _london_day(facts.c.at, start) if by_day else member
    keys = select(key.label("key")).where(facts.c.member_id.is_not(None))
    ones = (keys.order_by(key) if by_day else keys).subquery("ones")
    times = select(ones.c.key, func.count().label("times")).group_by(ones.c.key).subquery("times")
    return select(
        func.count((times.c.key // literal(DAYS) if by_day else times.c.key).distinct()).label("members"),
        func.sum(_given(times.c.times, tried)).label("tried"),
        func.sum(_given(times.c.times, now)).label("now"),
    )


def _given(times: Any, terms: Terms) -> Any:
    if not terms.is_on:
        return literal(0)
    cap = terms.daily_cap
    counted = times if cap is None else case((times > cap, cap), else_=times)
    return counted * literal(terms.points, Integer())


def _entered(event: str, since: date) -> int | None:
    each = (
        select(func.sum(PointEntry.points).label("points"))
        .where(PointEntry.event == event, PointEntry.day >= since, PointEntry.is_reversal.is_(False))
        .group_by(PointEntry.member_id)
        .subquery()
    )
    row = db.session.execute(
        select(func.count().label("members"), func.sum(each.c.points).label("points")).select_from(each)
    ).one()
    return int(row.points) if row.members >= LEAST_PEOPLE else None


def _london_day(at: Any, start: datetime) -> Any:
    """Return the SQL expression of the number of a moment's London day."""
    seconds = seconds_between(literal(EPOCH, PointEntry.at.type), at)
    offsets = list(_offsets(start, clock.now()))
    *changes, (_first, offset) = [(literal(moment, PointEntry.at.type), offset) for moment, offset in offsets]
    ahead = case(*((at >= moment, offset) for moment, offset in changes), else_=offset) if changes else offset
    return (seconds + ahead) // literal(DAY_S)


def _offsets(start: datetime, end: datetime) -> Iterator[tuple[datetime, int]]:
    """Yield from when London was how many seconds ahead, latest first; the last since the start.

    Clocks change within an hour of midnight UTC or so, so the hour after each day's noon decides.
    """
    moment, found = start, [(start, _ahead(start))]
    while moment < end:
        moment += timedelta(hours=1)
        if _ahead(moment) != found[-1][1]:
            found.append((moment.replace(minute=0, second=0, microsecond=0), _ahead(moment)))
    yield from reversed(found)


def _ahead(moment: datetime) -> int:
    offset = clock.to_london(moment).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _joins(since: Any) -> Any:
    return select(Member.id.label("member_id"), Member.joined_at.label("at")).where(
        Member.joined_at >= since, Member.role != "sponsor"
    )


def _profiles(since: Any) -> Any:
    # When a profile was completed stands nowhere but in the ledger.
    return select(PointEntry.member_id, PointEntry.at).where(
        PointEntry.event == "profile completed", PointEntry.is_reversal.is_(False), PointEntry.at >= since
    )


def _ideas(since: Any) -> Any:
    return select(Idea.author_id.label("member_id"), Idea.published_at.label("at")).where(
        Idea.published_at >= since, Idea.imported_id.is_(None)
    )


def _comments(since: Any) -> Any:
    return select(Comment.author_id.label("member_id"), Comment.created_at.label("at")).where(
        Comment.created_at >= since, Comment.deleted_at.is_(None)
    )


def _votes(since: Any) -> Any:
    return union_all(
        *(
            select(vote.member_id.label("member_id"), vote.cast_at.label("at")).where(_cast(vote, since))
            for vote in (IdeaVote, CommentVote)
        )
    )


def _cast(vote: Any, since: Any) -> Any:
    # Most votes are within the window: SQLite would look each of them up behind an index, which
    # takes twenty times as long as reading all there are.
    return looked_at_last(vote.cast_at) >= since


def _thumbs_on_ideas(since: Any) -> Any:
    return (
        select(Idea.author_id.label("member_id"), IdeaVote.cast_at.label("at"))
        .join(IdeaVote, looked_at_last(IdeaVote.idea_id) == Idea.id)
        .where(_cast(IdeaVote, since), IdeaVote.value == 1)
    )


def _thumbs_on_comments(since: Any) -> Any:
    return (
        select(Comment.author_id.label("member_id"), CommentVote.cast_at.label("at"))
        .join(CommentVote, looked_at_last(CommentVote.comment_id) == Comment.id)
        .where(_cast(CommentVote, since), CommentVote.value == 1)
    )


def _thanks(since: Any) -> Any:
    return (
        select(Comment.author_id.label("member_id"), CommentThanks.at.label("at"))
        .join(CommentThanks, CommentThanks.comment_id == Comment.id)
        .where(CommentThanks.at >= since)
    )


def _reaching(status: str) -> Callable[[Any], Any]:
    def statement(since: Any) -> Any:
        first = func.min(IdeaDecision.at)
        return (
            select(Idea.author_id.label("member_id"), first.label("at"))
            .join(IdeaDecision, IdeaDecision.idea_id == Idea.id)
            .where(IdeaDecision.to_status == status, IdeaDecision.undone_at.is_(None))
            .group_by(Idea.id)
            .having(first >= since)
        )

    return statement


FACTS: dict[str, Callable[[Any], Any]] = {
    "joined": _joins,
    "profile completed": _profiles,
    "idea published": _ideas,
    "comment published": _comments,
    "vote cast": _votes,
    "thumb up on idea": _thumbs_on_ideas,
    "thumb up on comment": _thumbs_on_comments,
    "comment thanked": _thanks,
    "idea shortlisted": _reaching("shortlisted"),
    "idea done": _reaching("done"),
}
NOTE = "What was withdrawn or deleted since is left out, and what several share counts with the author."
_VOTES = (
    "A vote that was withdrawn since is left out, and one that was changed counts on the day of the change."
)
NOTES = {
    "joined": "Counted by the day on which people joined.",
    "profile completed": (
        "When a profile was completed is known only of those who earned points for it, so people who "
        "completed theirs while the rule was off are missing."
    ),
    "vote cast": _VOTES,
    "thumb up on idea": f"{_VOTES} What several share counts with the author.",
    "thumb up on comment": _VOTES,
    "comment thanked": "Thanks that were taken back since are left out.",
}
