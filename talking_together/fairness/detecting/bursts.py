"""Votes of one member that come faster than anybody reads."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select, union_all

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.core.database import seconds_between
from talking_together.extensions import db
from talking_together.fairness import thresholds as limits
from talking_together.fairness.detecting.tally import chunks
from talking_together.fairness.found import Found
from talking_together.votes.models import CommentVote, IdeaVote

MOST_ROWS = 5_000
_MOMENT = IdeaVote.cast_at.type


def bursts_of_votes(since: datetime) -> list[Found]:
    """Return the members who cast many votes within seconds, a sign for each London day."""
    votes = _votes_since(since)
    earlier = func.lag(votes.c.cast_at, limits.BURST_VOTES - 1, type_=_MOMENT).over(
        partition_by=votes.c.member_id, order_by=votes.c.cast_at
    )
    spans = select(votes.c.member_id, earlier.label("first"), votes.c.cast_at.label("last")).subquery("spans")
    statement = (
        select(spans.c.member_id, spans.c.first, spans.c.last)
        .join(Member, and_(Member.id == spans.c.member_id, Member.imported_from.is_(None)))
        .where(
            spans.c.first.is_not(None),
            seconds_between(spans.c.first, spans.c.last) <= limits.BURST_SECONDS,
        )
        .order_by(spans.c.member_id, spans.c.last)
        .limit(MOST_ROWS)
    )
    days: dict[tuple[int, str], list[tuple[datetime, datetime]]] = {}
    for member_id, first, last in db.session.execute(statement):
        day = clock.to_london(first).date().isoformat()
        days.setdefault((member_id, day), []).append((first, last))
    cast = _moments_of({member_id for member_id, _day in days}, since)
    return [
        _found(member_id, day, joined(spans), cast[member_id]) for (member_id, day), spans in days.items()
    ]


def joined(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Return spans of time with those made one that overlap; they come in order of their ends."""
    whole: list[tuple[datetime, datetime]] = []
    for first, last in spans:
        if whole and first <= whole[-1][1]:
            whole[-1] = (whole[-1][0], last)
        else:
            whole.append((first, last))
    return whole


def _votes_since(since: datetime) -> Any:
    return union_all(
        *(
            select(table.member_id, table.cast_at).where(table.cast_at >= since)
            for table in (IdeaVote, CommentVote)
        )
    ).subquery("votes")


def _moments_of(members: Collection[int], since: datetime) -> dict[int, list[datetime]]:
    """Return when these members cast their votes since a moment, a statement for each few hundred."""
    moments: dict[int, list[datetime]] = defaultdict(list)
    votes = _votes_since(since)
    for some in chunks(sorted(members)):
        rows = db.session.execute(
            select(votes.c.member_id, votes.c.cast_at).where(votes.c.member_id.in_(some))
        )
        for member_id, at in rows:
            moments[member_id].append(at)
    return moments


def _found(
    member_id: int, day: str, spans: list[tuple[datetime, datetime]], cast: Sequence[datetime]
) -> Found:
    votes = sum(first <= at <= last for at in cast for first, last in spans)
    return Found(
        kind="burst of votes",
        subject_key=f"burst of votes:member:{member_id}:{day}",
        voters=(member_id,),
        strength=votes,
        votes=votes,
        figures={
            "day": day,
            "spans": [[first.isoformat(), last.isoformat()] for first, last in spans],
            # What began and ended within one second took up to one.
            "seconds": sum(int((last - first).total_seconds()) + 1 for first, last in spans),
        },
    )
