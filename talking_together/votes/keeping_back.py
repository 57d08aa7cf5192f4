"""Points for thumbs up that wait until everybody may know how many there are.

A balance that moves with each thumb would tell an author what the challenge hides. So the points of
a thumb up are written down beside the ledger, and entered once its count is for everybody to see. A
thumb that was withdrawn meanwhile earns nothing; the day's cap holds on the day of entering, and what
is above it follows on the next. Those share them who are co-authors when they are entered.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, literal, or_, select, update

from talking_together.challenges.models import Challenge
from talking_together.core import clock
from talking_together.core.database import dialect_name, insert_into, locked
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.ideas.co_author_queries import beside
from talking_together.ideas.models import Idea
from talking_together.points import services as points
from talking_together.points.models import PointEntry, PointRuleVersion
from talking_together.points.services import Award
from talking_together.points.versions import id_in_force
from talking_together.votes.models import KeptBackThumb

BATCH = 200
TRY_AGAIN = timedelta(hours=6)


def keep_back(awards: Sequence[Award]) -> None:
    """Write down what thumbs will have earned; one that waits already goes on waiting."""
    for award in awards:
        values = {
            "event_key": award.key,
            "event": award.event,
            "member_id": award.member_id,
            "idea_id": award.idea_id,
            "comment_id": award.comment_id,
            "due_at": clock.now(),
        }
        run(_keeping(dialect_name()), values)


def forget(keys: Sequence[str]) -> None:
    """Take back what thumbs that were withdrawn would have earned."""
    run(_FORGETTING, {"keys": list(keys)})


def enter_batch() -> int:
    """Enter points that waited for as long as they had to; return how many were looked at."""
    at = clock.now()
    waiting = db.session.execute(_waiting(), {"at": at}).all()
    with_author = beside({thumb.idea_id for thumb in waiting if thumb.comment_id is None})
    thumbs = []
    for thumb in waiting:
        award = Award(thumb.event, thumb.member_id, thumb.event_key, thumb.idea_id, thumb.comment_id)
        others = with_author.get(thumb.idea_id, ()) if thumb.comment_id is None else ()
        thumbs.append(points.shared(award, others))
    if thumbs:
        points.hold(award.member_id for awards in thumbs for award in awards)
    for awards in thumbs:
        points.award_many(awards)
    keys = [thumb.event_key for thumb in waiting]
    if keys:
        settled = or_(
            select(PointEntry.id).where(PointEntry.event_key == KeptBackThumb.event_key).exists(),
            # Its rule gives nothing now.
            ~select(PointRuleVersion.id)
            .where(
                PointRuleVersion.id == id_in_force(KeptBackThumb.event, literal(at, PointEntry.at.type)),
                PointRuleVersion.is_on,
                PointRuleVersion.points > 0,
            )
            .exists(),
        )
        chosen = KeptBackThumb.event_key.in_(keys)
        for statement in (
            delete(KeptBackThumb).where(chosen, settled),
            # The cap of the day was met.
            update(KeptBackThumb).where(chosen).values(due_at=at + TRY_AGAIN),
        ):
            db.session.execute(statement.execution_options(synchronize_session=False))
    return len(waiting)


_FORGETTING = delete(KeptBackThumb.__table__).where(  # type: ignore[arg-type]
    KeptBackThumb.event_key.in_(bindparam("keys", expanding=True))
)


@cache
def _keeping(_dialect: str) -> Any:
    columns: Any = KeptBackThumb.__table__.columns
    values = {column.key: given(column.key, column) for column in columns}
    return insert_into(KeptBackThumb).values(values).on_conflict_do_nothing()


@cache
def _waiting() -> Any:
    at = given("at", KeptBackThumb.due_at)
    is_over = and_(
        Challenge.is_published,
        or_(
            Challenge.answered_at.is_not(None),
            Challenge.archived_at.is_not(None),
            func.coalesce(Challenge.voting_closes_at, Challenge.closes_at) <= at,
        ),
    )
    waiting = (
        select(
            KeptBackThumb.event,
            KeptBackThumb.member_id,
            KeptBackThumb.event_key,
            KeptBackThumb.idea_id,
            KeptBackThumb.comment_id,
        )
        .join(Idea, Idea.id == KeptBackThumb.idea_id)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(KeptBackThumb.due_at <= at, or_(Challenge.counts_shown == "always", is_over))
        .order_by(KeptBackThumb.member_id, KeptBackThumb.event_key)
        .limit(BATCH)
    )
    # Held before any member: who withdraws a thumb waits, and then finds what it earned.
    return locked(waiting, of=KeptBackThumb)
