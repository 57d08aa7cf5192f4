"""Which idea a person is shown next: one that few have looked at, chosen fairly."""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Integer, bindparam, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import aliased

from talking_together.challenges.models import Challenge
from talking_together.core import clock
from talking_together.core.statements import given, run
from talking_together.ideas import ranking
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.ideas.policies import BESIDE
from talking_together.one_minute.models import IdeaSkip
from talking_together.votes.models import IdeaVote, VoidedVote

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

# Of so many ideas in line, the one that was shown least comes next.
IN_LINE = 8


def next_idea(viewer: "Viewer", challenge_id: int, *, at: datetime, only: int | None = None) -> int | None:
    """Return the id of the idea that the viewer is shown next in a challenge, None when none is left.

    Those with the fewest votes stand in line, in the order of the viewer's own ring of the day; of
    the first few comes the one with the fewest votes and skips, since a skip was a look at it too.
    Left out are ideas that the viewer wrote, voted on or skipped today, or where their vote was set
    aside. One statement: every part is a short walk in the index of votes. `only` asks whether this
    one may be shown.
    """
    values = {
        "challenge": challenge_id,
        "member": viewer.id,
        "since": _began_today(at),
        "rotation": ranking.rotation_of(viewer.id, clock.to_london(at).date()),
    }
    if only is not None:
        return run(_only(), {**values, "only": only}).scalar()
    return run(_next(), values).scalar()


def _began_today(at: datetime) -> datetime:
    midnight = clock.to_london(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return clock.from_london(midnight.replace(tzinfo=None))


def _waiting(idea: Any) -> list[Any]:
    """Return the conditions that an idea waits for the member's vote."""
    member = bindparam("member", type_=Integer)
    voted = select(IdeaVote.idea_id).where(IdeaVote.idea_id == idea.id, IdeaVote.member_id == member)
    skipped = select(IdeaSkip.idea_id).where(
        IdeaSkip.member_id == member,
        IdeaSkip.idea_id == idea.id,
        IdeaSkip.skipped_at >= given("since", IdeaSkip.skipped_at),
    )
    credited = select(IdeaCoAuthor.idea_id).where(
        IdeaCoAuthor.idea_id == idea.id,
        IdeaCoAuthor.member_id == member,
        IdeaCoAuthor.state.in_(BESIDE),
    )
    # Where a moderator set the member's vote aside they cannot cast another.
    voided = select(VoidedVote.id).where(
        VoidedVote.kind == literal("ideas", VoidedVote.kind.type),
        VoidedVote.thing_id == idea.id,
        VoidedVote.member_id == member,
        VoidedVote.restored_at.is_(None),
    )
    return [
        idea.challenge_id == given("challenge", Challenge.id),
        idea.listed,
        or_(idea.author_id.is_(None), idea.author_id != member),
        ~voted.correlate(idea).exists(),
        ~skipped.correlate(idea).exists(),
        ~credited.correlate(idea).exists(),
        ~voided.correlate(idea).exists(),
    ]


@cache
def _only() -> Any:
    return select(Idea.id).where(*_waiting(Idea), Idea.id == bindparam("only", type_=BigInteger))


@cache
def _next() -> Any:
    fewest = aliased(Idea, name="fewest")
    least = (
        select(fewest.votes_count)
        .where(*_waiting(fewest))
        .order_by(fewest.votes_count, fewest.shuffle_key)
        .limit(1)
        .cte("least")
    )
    votes = select(least.c.votes_count).scalar_subquery()
    rotation = bindparam("rotation", type_=BigInteger)

    def part(turn: int, least: tuple[Any, Any], most: tuple[Any, Any]) -> Any:
        idea = aliased(Idea, name=f"part_{turn}")
        # A range and an order of both columns: none but the index of both will do.
        place = tuple_(idea.votes_count, idea.shuffle_key)
        return select(
            select(idea.id, idea.votes_count, idea.shuffle_key, literal(turn).label("turn"))
            .where(*_waiting(idea), place >= tuple_(*least), place < tuple_(*most))
            .order_by(idea.votes_count, idea.shuffle_key)
            .limit(IN_LINE)
            .subquery()
        )

    line = union_all(
        part(0, (votes, rotation), (votes + 1, literal(0, BigInteger))),
        part(1, (votes, literal(0, BigInteger)), (votes, rotation)),
        part(2, (votes + 1, rotation), (votes + 2, literal(0, BigInteger))),
    ).subquery("line")
    skips = select(func.count()).where(IdeaSkip.idea_id == line.c.id).correlate(line).scalar_subquery()
    return select(line.c.id).order_by(line.c.votes_count + skips, line.c.turn, line.c.shuffle_key).limit(1)
