"""Joining with a team's code: from a code on a wall to an account, and to a proven address."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, or_, select, update

from talking_together.accounts import proving
from talking_together.accounts.models import Member
from talking_together.accounts.services import AlreadyMember, create_member
from talking_together.accounts.viewers import Viewer
from talking_together.accounts.words import member_of_word
from talking_together.core.clock import now
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.extensions import db
from talking_together.invitations.models import OPEN_STATES, Invitation, JoinCode, JoinCodeUse
from talking_together.invitations.states import EMAIL_PURPOSES, move_invitation
from talking_together.invitations.team_codes.codes import OPEN, state_of
from talking_together.invitations.team_codes.services import lock_code
from talking_together.mail.outbox import cancel_of
from talking_together.points.milestone_checks import ask_for_milestones
from talking_together.points.services import award

# One answer for an address that has an account and for one that may not join, so that whoever
# holds a code learns nothing about a colleague from it.
ADDRESS_REFUSED = (
    "We cannot make an account with this email address. If you have joined before, sign in; "
    "if not, use your staff number, or ask whoever gave you the code"
)
NUMBER_TAKEN = (
    "Somebody has an account with this staff number. If it is you, sign in; if not, add the letters of "
    "your organisation, such as ABC-12345"
)


class CodeOver(Conflict):
    """The code was closed, ran out or was used up meanwhile."""

    message = "This join code can no longer be used."


@dataclass(frozen=True, slots=True)
class Joined:
    """Who has joined: what it earned them, or whether a moderator is to let them in first."""

    member_id: int
    points: int
    waits: bool


def join_with_code(
    *,
    code_id: int,
    name: str,
    sign_in_name: str,
    password_hash: str,
    job_title: str,
    on_leaderboard: bool,
    word: str = "",
) -> Joined:
    """Make the account of somebody who has a team's code, and count the use of the code.

    The sign-in name proves nothing: an address is written to once, for the proof. `word` is that of the
    colleague who told them of the site; InvalidInput for one that nobody has.
    """
    # Locked first, so that parallel joins are counted one after another.
    code = lock_code(code_id)
    if state_of(code) != OPEN:
        raise CodeOver()
    is_address = "@" in sign_in_name
    if is_address and _is_refused(sign_in_name):
        raise InvalidInput(ADDRESS_REFUSED, field="sign_in_name")
    told_by_id = member_of_word(word)
    try:
        member_id = create_member(
            name=name,
            email=None,
            sign_in_name=sign_in_name,
            password_hash=password_hash,
            organisation_id=code.organisation_id,
            job_title=job_title,
            on_leaderboard=on_leaderboard,
            group_ids=[code.group_id] if code.group_id else [],
            waits=code.needs_approval,
            told_by_id=told_by_id,
        )
    except AlreadyMember:
        words = ADDRESS_REFUSED if is_address else NUMBER_TAKEN
        raise InvalidInput(words, field="sign_in_name") from None
    _count_use(code_id, member_id, decided=not code.needs_approval)
    if code.needs_approval:
        return Joined(member_id, 0, waits=True)
    points = welcome(member_id, name=name, sign_in_name=sign_in_name)
    if told_by_id is not None:
        ask_for_milestones([told_by_id])
    return Joined(member_id, points, waits=False)


def welcome(member_id: int, *, name: str, sign_in_name: str) -> int:
    """Award what joining earns, and ask for the proof of an address; return the points."""
    if "@" in sign_in_name:
        proving.ask_for_proof(member_id=member_id, name=name, address=sign_in_name)
    return award("joined", member_id=member_id, key=f"joined:member:{member_id}")


def confirm_address(viewer: Viewer, *, address: str) -> bool:
    """Let the address be the viewer's, and close the invitations that it has: they are in already.

    Returns whether they sign in with it from now on.
    """
    invitations = db.session.execute(
        locked(
            select(Invitation.__table__)
            .where(Invitation.email == address, Invitation.state.in_(OPEN_STATES))
            .order_by(Invitation.phase_id, Invitation.id)
        )
    ).all()
    is_new_name = proving.prove_address(viewer, address=address)
    if invitations:
        cancel_of(EMAIL_PURPOSES, [row.id for row in invitations])
    for row in invitations:
        move_invitation(row, "already a member")
    return is_new_name


def _is_refused(address: str) -> bool:
    """Return whether an address is a member's already, or its invitation was taken back."""
    member = select(Member.id).where(or_(Member.email == address, Member.sign_in_name == address))
    if db.session.scalar(member.limit(1)) is not None:
        return True
    states = set(db.session.scalars(select(Invitation.state).where(Invitation.email == address).distinct()))
    return "revoked" in states and states.isdisjoint(OPEN_STATES)


def _count_use(code_id: int, member_id: int, *, decided: bool) -> None:
    at = now()
    use: dict[str, Any] = {"member_id": member_id, "join_code_id": code_id, "used_at": at}
    db.session.execute(insert(JoinCodeUse).values(**use, decided_at=at if decided else None))
    db.session.execute(
        update(JoinCode)
        .where(JoinCode.id == code_id)
        .values(uses_count=JoinCode.uses_count + 1)
        .execution_options(synchronize_session=False)
    )
