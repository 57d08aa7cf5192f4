"""Accounts that join in a burst, by one team's code or by one member's word.

Many at once are a sign by themselves only beyond what a room full of people can do; a few are one
where most of them then vote for the same author and do little else.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import DateTime, Integer, column, func, select, table

from talking_together.accounts.models import Member
from talking_together.comments.models import Comment
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.fairness import thresholds as limits
from talking_together.fairness.detecting.tally import Tally, tally_of
from talking_together.fairness.found import Found
from talking_together.ideas.models import Idea

# Named, not imported: joining is a room beside this one.
_uses = table(
    "join_code_uses",
    column("member_id", Integer),
    column("join_code_id", Integer),
    column("used_at", DateTime(timezone=True)),
)


class Joined(NamedTuple):
    """An account and when it was made."""

    at: datetime
    member_id: int


def bursts_of_joins(since: datetime) -> list[Found]:
    """Return the codes and words by which accounts were made in a burst since a moment."""
    found = []
    for way, joined in _joined_since(since).items():
        if len(joined) < limits.JOINS_FOR_ONE:
            continue
        window = densest(joined, limits.JOINS_FOR_ONE_WITHIN)
        at_once = densest(joined, limits.JOINS_AT_ONCE_WITHIN)
        if (sign := _for_one(way, window)) is not None:
            found.append(sign)
        elif len(at_once) > limits.JOINS_AT_ONCE:
            found.append(_at_once(way, at_once))
    return found


def densest(joined: Sequence[Joined], within: timedelta) -> list[Joined]:
    """Return the most accounts that were made within that long; they come in order of time."""
    best, start = (0, 0), 0
    for end, last in enumerate(joined):
        while last.at - joined[start].at > within:
            start += 1
        if end + 1 - start > best[1] - best[0]:
            best = (start, end + 1)
    return list(joined[best[0] : best[1]])


def _joined_since(since: datetime) -> dict[str, list[Joined]]:
    """Return who joined by each code and by each member's word, in order of time."""
    by_code = (
        select(_uses.c.join_code_id, Member.joined_at, Member.id)
        .join(Member, Member.id == _uses.c.member_id)
        .where(Member.joined_at >= since)
        .order_by(Member.joined_at.desc())
        .limit(limits.MOST_JOINS)
    )
    by_word = (
        select(Member.told_by_id, Member.joined_at, Member.id)
        .where(Member.told_by_id.is_not(None), Member.joined_at >= since)
        .order_by(Member.joined_at.desc())
        .limit(limits.MOST_JOINS)
    )
    ways: dict[str, list[Joined]] = defaultdict(list)
    for name, statement in (("code", by_code), ("word", by_word)):
        for way_id, at, member_id in db.session.execute(statement):
            ways[f"{name}:{way_id}"].append(Joined(at, member_id))
    return {way: sorted(joined) for way, joined in ways.items()}


def _for_one(way: str, joined: Sequence[Joined]) -> Found | None:
    """Return the sign of accounts that vote for the same author and do little else, or None."""
    members = [each.member_id for each in joined]
    author, voters, to_author, given = favourite(tally_of(members))
    if author is None or len(voters) < limits.JOINS_FOR_ONE:
        return None
    wrote = _wrote(voters)
    if wrote > limits.JOINED_WROTE * len(voters):
        return None
    figures = {"author": author, "thumbs": given, "to_author": to_author, "wrote": wrote}
    return _sign(way, joined, voters=voters, authors=(author,), votes=to_author, figures=figures)


def favourite(tally: Tally) -> tuple[int | None, list[int], int, int]:
    """Return the author for whom most of these vote, who does so, their thumbs for them and in all."""
    likes: Counter[int] = Counter()
    for given in tally.up.values():
        total = sum(given.values())
        if total >= limits.JOINED_THUMBS:
            likes.update(author for author, count in given.items() if count >= limits.JOINED_SHARE * total)
    if not likes:
        return None, [], 0, 0
    author = min(likes, key=lambda each: (-likes[each], each))
    voters = [
        voter
        for voter, given in sorted(tally.up.items())
        if given.get(author, 0) >= limits.JOINED_SHARE * sum(given.values())
        and sum(given.values()) >= limits.JOINED_THUMBS
    ]
    to_author = sum(tally.up[voter][author] for voter in voters)
    return author, voters, to_author, sum(tally.given(voter) for voter in voters)


def _wrote(members: Sequence[int]) -> int:
    ideas, comments = (
        select(func.count()).where(thing.author_id.in_(members)).scalar_subquery()
        for thing in (Idea, Comment)
    )
    return sum(db.session.execute(select(ideas, comments)).one())


def _at_once(way: str, joined: Sequence[Joined]) -> Found:
    return _sign(way, joined, voters=[each.member_id for each in joined], authors=(), votes=0, figures={})


def _sign(
    way: str,
    joined: Sequence[Joined],
    *,
    voters: Sequence[int],
    authors: tuple[int, ...],
    votes: int,
    figures: dict[str, Any],
) -> Found:
    first, last = joined[0].at, joined[-1].at
    kind, _, id = way.partition(":")
    return Found(
        kind="burst of joins",
        subject_key=f"burst of joins:{way}:{clock.to_london(first).date().isoformat()}",
        voters=tuple(voters),
        authors=tuple(sorted({*authors, *([int(id)] if kind == "word" else [])})),
        strength=votes or len(joined),
        votes=votes,
        figures={
            "by": kind,
            "way": int(id),
            "joins": len(joined),
            "minutes": max(1, round((last - first).total_seconds() / 60)),
            "first": first.isoformat(),
            **figures,
        },
    )
