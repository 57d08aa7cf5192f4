"""Letting people in who joined with a code that asks a moderator first."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from talking_together.accounts.models import Member
from talking_together.audit.services import record
from talking_together.core.access import Actor, ensure_role
from talking_together.core.clock import now
from talking_together.core.database import locked
from talking_together.core.errors import InvalidInput
from talking_together.extensions import db
from talking_together.invitations.models import JoinCode, JoinCodeUse
from talking_together.invitations.team_codes.joining import welcome

MAX_REASON = 500


def approve_requests(actor: Actor, *, member_ids: Collection[int]) -> int:
    """Let those in who still wait, and return how many; what another moderator decided stays."""
    ensure_role(actor, "moderator")
    waiting = _lock_waiting(member_ids)
    ids = [row.id for row in waiting]
    db.session.execute(
        update(Member)
        .where(Member.id.in_(ids))
        .values(is_active=True, awaiting_approval=False, joined_at=now())
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(JoinCodeUse)
        .where(JoinCodeUse.member_id.in_(ids))
        .values(decided_at=now(), decided_by=actor.id)
        .execution_options(synchronize_session=False)
    )
    for row in waiting:
        welcome(row.id, name=row.name, sign_in_name=row.sign_in_name)
        _record(actor, "join request approved", row)
    return len(waiting)


def refuse_requests(actor: Actor, *, member_ids: Collection[int], reason: str) -> int:
    """Delete the accounts of those who still wait and give the uses of the codes back."""
    ensure_role(actor, "moderator")
    reason = reason.strip()
    if not reason:
        raise InvalidInput("Say why; it is kept in the audit log", field="reason")
    _lock_codes_of(member_ids)
    waiting = _lock_waiting(member_ids)
    ids = [row.id for row in waiting]
    _give_back(ids)
    # Nothing else hangs on an account that nobody could sign in with.
    db.session.execute(delete(Member).where(Member.id.in_(ids)).execution_options(synchronize_session=False))
    for row in waiting:
        _record(actor, "join request refused", row, reason)
    return len(waiting)


def _lock_waiting(member_ids: Collection[int]) -> list[Row[Any]]:
    statement = (
        select(Member.id, Member.name, Member.sign_in_name)
        .where(Member.id.in_(member_ids), Member.awaiting_approval)
        .order_by(Member.id)
    )
    return list(db.session.execute(locked(statement)))


def _lock_codes_of(member_ids: Collection[int]) -> None:
    """Lock the codes before the members, in the order in which joining takes them."""
    used = select(JoinCodeUse.join_code_id).where(JoinCodeUse.member_id.in_(member_ids))
    db.session.execute(locked(select(JoinCode.id).where(JoinCode.id.in_(used)).order_by(JoinCode.id)))


def _give_back(member_ids: Collection[int]) -> None:
    uses = (
        select(func.count())
        .select_from(JoinCodeUse)
        .where(JoinCodeUse.join_code_id == JoinCode.id, JoinCodeUse.member_id.in_(member_ids))
        .scalar_subquery()
    )
    codes = select(JoinCodeUse.join_code_id).where(JoinCodeUse.member_id.in_(member_ids))
    db.session.execute(
        update(JoinCode)
        .where(JoinCode.id.in_(codes))
        .values(uses_count=JoinCode.uses_count - uses)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        delete(JoinCodeUse)
        .where(JoinCodeUse.member_id.in_(member_ids))
        .execution_options(synchronize_session=False)
    )


def _record(actor: Actor, action: str, row: Row[Any], reason: str = "") -> None:
    record(
        actor,
        action,
        subject_type="member",
        subject_id=row.id,
        subject_label=row.name,
        reason=reason,
    )
