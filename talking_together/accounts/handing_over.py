"""Links for a password that an admin makes: for somebody whom no email reaches, and for a new account.

The first kind is shown once, to be handed over in person, and works as an emailed one does.
"""

import secrets
from datetime import timedelta

from sqlalchemy import insert, select, update

from talking_together.accounts import policies, sessions
from talking_together.accounts.models import Member, PasswordReset
from talking_together.accounts.reasons import given_reason
from talking_together.accounts.services import RESET_LIFETIME
from talking_together.accounts.viewers import Viewer
from talking_together.audit.services import record
from talking_together.core import clock
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, NotFound
from talking_together.extensions import db

# As long as `accounts.sweeps` keeps a link at all.
FIRST_LINK_LIFETIME = timedelta(days=2)


def make_password_link(actor: Viewer, *, member_id: int, reason: str) -> str:
    """Return the token of a link with which the member sets a new password; older links end.

    The password stays until the link is used, so a link that nobody uses changes nothing.
    """
    policies.ensure_can_administer_members(actor)
    reason = given_reason(reason)
    member = db.session.execute(
        locked(
            select(
                Member.id,
                Member.name,
                Member.email,
                Member.sign_in_name,
                Member.role,
                Member.is_active,
            ).where(Member.id == member_id)
        )
    ).first()
    if member is None or member.sign_in_name is None:
        raise NotFound("There is no such member.")
    if not policies.can_make_password_link(actor, member):
        raise Conflict(
            f"Only staff whom no email reaches get such a link. {member.name} can ask for one by email, "
            "cannot sign in at all, or has a role that has to be taken away first."
        )
    _reset_id, token = _new_link(member_id, member.sign_in_name, RESET_LIFETIME)
    record(
        actor,
        "password link made",
        subject_type="member",
        subject_id=member_id,
        subject_label=member.name,
        reason=reason,
    )
    return token


def make_first_link(*, member_id: int, email: str) -> tuple[int, str]:
    """Return the id and token of a link for somebody's first password, to be emailed; older links end."""
    return _new_link(member_id, email, FIRST_LINK_LIFETIME)


def _new_link(member_id: int, sign_in_name: str, lifetime: timedelta) -> tuple[int, str]:
    at = clock.now()
    db.session.execute(
        update(PasswordReset)
        .where(PasswordReset.member_id == member_id, PasswordReset.used_at.is_(None))
        .values(used_at=at)
    )
    token = secrets.token_urlsafe(sessions.TOKEN_BYTES)
    reset_id = db.session.scalar(
        insert(PasswordReset)
        .values(
            email=sign_in_name,
            member_id=member_id,
            token_hash=sessions.hash_of(token),
            requested_at=at,
            handled_at=at,
            expires_at=at + lifetime,
        )
        .returning(PasswordReset.id)
    )
    return int(reset_id or 0), token
