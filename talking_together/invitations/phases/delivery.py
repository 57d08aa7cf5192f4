"""What the mail room tells of invitations' emails, and what the phases count of it.

No count is kept while emails leave: several connections would wait for each other at the row of the
phase. What left, failed or is unknown is counted anew every few seconds instead.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import and_, case, func, or_, select, update

from talking_together.core.clock import now
from talking_together.core.commits import in_transaction
from talking_together.core.database import locked, one_snapshot
from talking_together.core.driver import DriverConnection, DriverStatement
from talking_together.core.statements import given
from talking_together.extensions import db
from talking_together.invitations.models import Invitation, Phase
from talking_together.mail.recording import Outcome

# So long after its end a phase is counted on: a message that was leaving may settle late.
SETTLES_WITHIN = timedelta(minutes=15)


def record_deliveries(connection: DriverConnection, outcomes: Sequence[Outcome]) -> None:
    """Note what became of invitations' emails: sent, failed, outcome unknown or suppressed."""
    at = now()
    known = [outcome for outcome in outcomes if outcome.ref_id is not None]
    if sent := [outcome for outcome in known if outcome.state == "sent"]:
        _sent().run(
            connection,
            [{"invitation_id": one.ref_id, "answer": one.answer, "at": at} for one in sent],
        )
    if others := [outcome for outcome in known if outcome.state != "sent"]:
        _not_sent().run(
            connection,
            [{"invitation_id": one.ref_id, "answer": one.answer, "to_state": one.state} for one in others],
        )


def count_deliveries() -> None:
    """Count anew what left, failed or is unknown in the phases whose emails leave or just left."""
    recent = Phase.finished_at >= now() - SETTLES_WITHIN
    phases = select(Phase.id).where(or_(Phase.state.in_(("sending", "paused")), recent)).order_by(Phase.id)
    _count_each(phases)


def count_all_deliveries() -> None:
    """Count anew in every phase, in case something settled long after its end."""
    _count_each(select(Phase.id).where(Phase.state != "draft").order_by(Phase.id))


def _count_each(phases: Any) -> None:
    with one_snapshot():
        phase_ids = db.session.scalars(phases).all()
    for phase_id in phase_ids:
        in_transaction(lambda phase_id=phase_id: count_deliveries_of(phase_id))  # type: ignore[misc]


def count_deliveries_of(phase_id: int) -> None:
    """Count anew what left, failed or is unknown in one phase."""
    counts = (Phase.sent_count, Phase.failed_count, Phase.unknown_count)
    kept = db.session.execute(locked(select(*counts).where(Phase.id == phase_id))).first()
    # In a statement of its own: whoever moves an invitation with its count holds the row of the
    # phase, so what is seen from here on is whole.
    counted = db.session.execute(
        select(
            func.count(Invitation.sent_at).label("sent_count"),
            func.count(Invitation.id).filter(Invitation.state == "failed").label("failed_count"),
            func.count(Invitation.id).filter(Invitation.state == "outcome unknown").label("unknown_count"),
        ).where(Invitation.phase_id == phase_id)
    ).one()
    if kept is not None and tuple(kept) != tuple(counted):
        db.session.execute(
            update(Phase)
            .where(Phase.id == phase_id)
            .values(counted._asdict())
            .execution_options(synchronize_session=False)
        )


@cache
def _sent() -> DriverStatement:
    table: Any = Invitation.__table__
    at = given("at", table.c.sent_at)
    # Who joined or was revoked while the email was on its way stays so.
    under_way = or_(*(table.c.state == state for state in ("queued", "sending", "outcome unknown")))
    return DriverStatement(
        update(table)
        .where(table.c.id == given("invitation_id", table.c.id))
        .values(
            state=case((under_way, "sent"), else_=table.c.state),
            sent_at=func.coalesce(table.c.sent_at, at),
            last_answer=given("answer", table.c.last_answer),
        )
    )


@cache
def _not_sent() -> DriverStatement:
    table: Any = Invitation.__table__
    its_own = table.c.id == given("invitation_id", table.c.id)
    return DriverStatement(
        update(table)
        .where(and_(its_own, table.c.state == "sending"))
        .values(
            state=given("to_state", table.c.state),
            last_answer=given("answer", table.c.last_answer),
        )
    )
