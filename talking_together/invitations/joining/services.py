"""Taking up an invitation: from a link to an account."""

from typing import Any

from sqlalchemy import select, update

from talking_together.accounts.models import Member
from talking_together.accounts.proving import adopt_unproven
from talking_together.accounts.services import AlreadyMember, create_member
from talking_together.accounts.words import member_of_word
from talking_together.core.clock import now
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, NotFound
from talking_together.extensions import db
from talking_together.invitations.links import id_in, proves
from talking_together.invitations.models import OPEN_STATES, Invitation
from talking_together.invitations.policies import can_join
from talking_together.invitations.states import EMAIL_PURPOSES, move_invitation
from talking_together.mail.outbox import cancel_of
from talking_together.mail.suppressions import lift
from talking_together.organisations.models import StaffGroup
from talking_together.points.milestone_checks import ask_for_milestones
from talking_together.points.services import award


class InvitationOver(Conflict):
    """The invitation was used, revoked, or its time is over."""

    message = "This invitation can no longer be used to join."


def accept_invitation(
    *, token: str, name: str, password_hash: str, job_title: str, on_leaderboard: bool, word: str = ""
) -> tuple[int, int]:
    """Make the account of an invited person; return its id and the points it earned.

    InvitationOver when somebody was quicker, or it was revoked or given another address meanwhile;
    the other invitations of the address are closed as `already a member`. `word` is that of the
    colleague who told them of the site; InvalidInput for one that nobody has.
    """
    invitation_id = id_in(token) or 0
    invitations = _lock_with_others_of_address(invitation_id)
    taken = next((row for row in invitations if row.id == invitation_id), None)
    if taken is None or not proves(token, taken.id, taken.nonce):
        raise InvitationOver()
    email = taken.email
    if not can_join(taken.state, taken.expires_at, now()):
        raise InvitationOver()
    about = {
        "name": name,
        "password_hash": password_hash,
        "organisation_id": taken.organisation_id,
        "job_title": job_title,
        "on_leaderboard": on_leaderboard,
        "group_ids": _groups_left(taken.group_ids),
        "told_by_id": (told_by_id := member_of_word(word)),
    }
    member_id = _make_account(email, about)
    for row in invitations:
        if row.id == invitation_id:
            # Who joins has opened the page, also in a browser that runs no scripts.
            at = now()
            move_invitation(row, "joined", joined_at=at, opened_at=row.opened_at or at, member_id=member_id)
        elif row.state in OPEN_STATES:
            move_invitation(row, "already a member")
    # Nobody who has joined is invited or reminded once more.
    cancel_of(EMAIL_PURPOSES, [row.id for row in invitations])
    # They said "not for me" and have thought again; what an admin or a bounce suppressed stays so.
    lift(email, only="declined")
    points = award("joined", member_id=member_id, key=f"joined:member:{member_id}")
    if told_by_id is not None:
        ask_for_milestones([told_by_id])
    return member_id, points


def _make_account(email: str, about: dict[str, Any]) -> int:
    try:
        return create_member(email=email, **about)
    except AlreadyMember:
        named_before = None
        if about["told_by_id"] is not None:
            named_before = db.session.scalar(select(Member.told_by_id).where(Member.sign_in_name == email))
        if member_id := adopt_unproven(address=email, **about):
            if named_before is not None:
                # They were the colleague of whoever had this name before, and are so no more.
                ask_for_milestones([named_before])
            return member_id
        raise InvitationOver("Somebody with this email address has joined already.") from None


def note_opened(token: str) -> None:
    """Note that a person is at an invitation's page, the first time; raises NotFound."""
    invitation_id = id_in(token)
    row = None
    if invitation_id is not None:
        row = db.session.execute(
            select(Invitation.id, Invitation.nonce, Invitation.opened_at).where(
                Invitation.id == invitation_id
            )
        ).first()
    if row is None or not proves(token, row.id, row.nonce):
        raise NotFound()
    if row.opened_at is None:
        db.session.execute(
            update(Invitation)
            .where(Invitation.id == row.id, Invitation.opened_at.is_(None))
            .values(opened_at=now())
            .execution_options(synchronize_session=False)
        )


def _lock_with_others_of_address(invitation_id: int) -> list[Any]:
    """Lock the invitations of its address in the order of their phases, whose counts they change."""
    address = select(Invitation.email).where(Invitation.id == invitation_id).scalar_subquery()
    statement = (
        select(Invitation.__table__)
        .where(Invitation.email == address)
        .order_by(Invitation.phase_id, Invitation.id)
    )
    return list(db.session.execute(locked(statement)))


def _groups_left(group_ids: list[int]) -> list[int]:
    """Return those of the groups that still exist."""
    if not group_ids:
        return []
    return list(db.session.scalars(select(StaffGroup.id).where(StaffGroup.id.in_(group_ids))))
