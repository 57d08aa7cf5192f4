"""Recounting what is kept beside the rows: the counts of phases, staff lists and join codes."""

from collections.abc import Iterator

from sqlalchemy import func, select

from talking_together.extensions import db
from talking_together.invitations.models import (
    Invitation,
    JoinCode,
    JoinCodeUse,
    Phase,
    StaffList,
    StaffListRow,
)


def drift() -> Iterator[tuple[str, int, int]]:
    """Yield a label, the kept count and the recount wherever the two differ."""
    yield from _drift_of_phases()
    yield from _drift_of_lists()
    yield from _drift_of_codes()


def _drift_of_phases() -> Iterator[tuple[str, int, int]]:
    counted = {
        "people_count": func.count(Invitation.id),
        "sent_count": func.count(Invitation.sent_at),
        "joined_count": func.count(Invitation.id).filter(Invitation.state == "joined"),
        "failed_count": func.count(Invitation.id).filter(Invitation.state == "failed"),
        "unknown_count": func.count(Invitation.id).filter(Invitation.state == "outcome unknown"),
    }
    statement = (
        select(Phase.id, *(getattr(Phase, name) for name in counted), *counted.values())
        .outerjoin(Invitation, Invitation.phase_id == Phase.id)
        .group_by(Phase.id)
        .order_by(Phase.id)
    )
    for phase_id, *numbers in db.session.execute(statement):
        kept, recounted = numbers[: len(counted)], numbers[len(counted) :]
        for name, stored, actual in zip(counted, kept, recounted, strict=True):
            if stored != actual:
                yield f"phase {phase_id}: {name}", stored, actual


def _drift_of_lists() -> Iterator[tuple[str, int, int]]:
    statement = (
        select(StaffList.id, StaffList.rows_count, func.count(StaffListRow.id))
        .outerjoin(StaffListRow, StaffListRow.list_id == StaffList.id)
        .group_by(StaffList.id)
        .order_by(StaffList.id)
    )
    for list_id, stored, actual in db.session.execute(statement):
        if stored != actual:
            yield f"staff list {list_id}: rows_count", stored, actual


def _drift_of_codes() -> Iterator[tuple[str, int, int]]:
    statement = (
        select(JoinCode.id, JoinCode.uses_count, func.count(JoinCodeUse.member_id))
        .outerjoin(JoinCodeUse, JoinCodeUse.join_code_id == JoinCode.id)
        .group_by(JoinCode.id)
        .order_by(JoinCode.id)
    )
    for code_id, stored, actual in db.session.execute(statement):
        if stored != actual:
            yield f"join code {code_id}: uses_count", stored, actual
