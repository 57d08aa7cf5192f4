"""Showing somebody who has left as "A former colleague", when they ask for it."""

from sqlalchemy import select, update

from talking_together.accounts import policies
from talking_together.accounts.models import Member
from talking_together.accounts.reasons import given_reason
from talking_together.accounts.viewers import Viewer
from talking_together.audit.services import record
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, NotFound
from talking_together.extensions import db


def show_as_former_colleague(actor: Viewer, *, member_id: int, reason: str) -> None:
    """Hide who a deactivated member was: name, photo, job title and organisation."""
    _show(actor, member_id, reason, as_former=True)


def show_by_name_again(actor: Viewer, *, member_id: int, reason: str) -> None:
    """Take back that a member is shown as a former colleague."""
    _show(actor, member_id, reason, as_former=False)


def _show(actor: Viewer, member_id: int, reason: str, *, as_former: bool) -> None:
    policies.ensure_can_administer_members(actor)
    reason = given_reason(reason)
    member = db.session.execute(
        locked(
            select(Member.name, Member.is_active, Member.awaiting_approval, Member.shown_as_former).where(
                Member.id == member_id
            )
        )
    ).first()
    if member is None:
        raise NotFound("There is no such member.")
    if as_former and (member.is_active or member.awaiting_approval):
        raise Conflict(f"{member.name} has not left. Deactivate them first.")
    if member.shown_as_former == as_former:
        raise Conflict(f"{member.name} is shown like that already.")
    db.session.execute(update(Member).where(Member.id == member_id).values(shown_as_former=as_former))
    record(
        actor,
        "shown as a former colleague" if as_former else "shown by name again",
        subject_type="member",
        subject_id=member_id,
        subject_label=member.name,
        reason=reason,
    )
