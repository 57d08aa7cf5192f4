"""Background work on milestones: those that somebody asked to look at, and all of them once a day."""

from collections.abc import Callable
from functools import partial

from sqlalchemy import delete, select

from talking_together.accounts.models import Member
from talking_together.core.commits import in_transaction
from talking_together.core.database import locked, one_snapshot
from talking_together.extensions import db
from talking_together.milestones.facts import differing
from talking_together.milestones.models import MilestoneCheck
from talking_together.milestones.services import settle_milestones
from talking_together.points.services import hold

# So few at once that nobody waits long for the rows that are held.
BATCH = 50


def settle_due_milestones(*, stop: Callable[[], bool] = lambda: False) -> int:
    """Compute the milestones of everybody they were asked for; return of how many members."""
    settled = 0
    while not stop() and (some := in_transaction(_settle_some)):
        settled += some
    return settled


def settle_all_milestones(*, stop: Callable[[], bool] = lambda: False) -> int:
    """Correct the milestones that facts moved which nobody asks for; return of how many members.

    Who gave an idea its first vote follows from what others do with theirs, and a challenge that
    closes lets counts be known.
    """
    with one_snapshot():
        ids = sorted({row.member_id for row in db.session.execute(differing())})
    for start in range(0, len(ids), BATCH):
        if stop():
            break
        in_transaction(partial(_settle, ids[start : start + BATCH]))
    return len(ids)


def _settle_some() -> int:
    # Members before checks, as whoever asks takes them: a check that is there while its member is held
    # belongs to nothing that is not committed yet.
    due: list[int] = list(
        db.session.scalars(
            locked(
                select(Member.id)
                .join(MilestoneCheck, MilestoneCheck.member_id == Member.id)
                .order_by(Member.id)
                .limit(BATCH),
                of=Member,
                skip=True,
            )
        )
    )
    if due:
        db.session.execute(
            delete(MilestoneCheck)
            .where(MilestoneCheck.member_id.in_(due))
            .execution_options(synchronize_session=False)
        )
        settle_milestones(due)
    return len(due)


def _settle(member_ids: list[int]) -> None:
    hold(member_ids)
    settle_milestones(member_ids)
