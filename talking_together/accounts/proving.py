"""Addresses that people gave without proof, and how one is proven.

Somebody who joins with a team's code may sign in with an email address, but nobody has shown that
it is theirs: the account has it as `sign_in_name` and no `email`. So no mail but the one that asks
for the proof goes there, no password can be reset through it, and whoever does read the mailbox
gets the account when an invitation comes to it.
"""

from collections.abc import Iterable
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import func, insert, or_, select, update

from talking_together.accounts import sessions
from talking_together.accounts.emails import enqueue_address_proof
from talking_together.accounts.models import Member, MemberGroup, PasswordReset
from talking_together.accounts.services import AlreadyMember
from talking_together.accounts.viewers import Viewer
from talking_together.accounts.words import OWN
from talking_together.core import clock
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.extensions import db

LIFETIME_DAYS = 7


class ProofOver(Conflict):
    """The link is not ours, is too old, or is for somebody else."""

    message = "This link no longer works, or it is for another account. Ask for a new one on your page."


def ask_for_proof(*, member_id: int, name: str, address: str) -> None:
    """Write to an address for the proof that it is the member's; not when it is somebody else's."""
    if _is_taken(address, member_id):
        return
    token = _serializer().dumps([member_id, address])
    enqueue_address_proof(member_id=member_id, to=address, name=name, token=token)


def address_proven_by(viewer: Viewer, token: str) -> str:
    """Return the address that a link proves to be the viewer's; ProofOver if it does not."""
    try:
        member_id, address = _serializer().loads(token, max_age=LIFETIME_DAYS * 24 * 3600)
    except BadSignature:
        raise ProofOver() from None
    if member_id != viewer.id or viewer.email not in (None, address):
        raise ProofOver()
    return str(address)


def prove_address(viewer: Viewer, *, address: str) -> bool:
    """Let a proven address be the viewer's and return whether they sign in with it from now on.

    An address that they signed in with and never proved is free again: who reads that mailbox must
    be able to take up an invitation to it. AlreadyMember if the address became somebody else's
    meanwhile.
    """
    member = db.session.execute(
        locked(select(Member.email, Member.sign_in_name).where(Member.id == viewer.id, Member.is_active))
    ).one()
    if member.email == address:
        return False
    if member.email is not None:
        raise ProofOver()
    if _is_taken(address, viewer.id):
        raise AlreadyMember()
    is_unproven = "@" in member.sign_in_name and member.sign_in_name != address
    name = address if is_unproven else member.sign_in_name
    db.session.execute(update(Member).where(Member.id == viewer.id).values(email=address, sign_in_name=name))
    return is_unproven


def adopt_unproven(
    *,
    address: str,
    name: str,
    password_hash: str,
    job_title: str,
    organisation_id: int,
    group_ids: Iterable[int],
    on_leaderboard: bool,
    told_by_id: int | None = None,
) -> int | None:
    """Give the account that has an address as its unproven sign-in name to who has proven it.

    The account keeps what hangs on it and gets a new password; whoever was signed in to it is not
    any more. InvalidInput for the account's own word. Returns its id, or None when there is no such account.
    """
    member_id = db.session.scalar(
        locked(
            select(Member.id).where(
                Member.sign_in_name == address,
                Member.email.is_(None),
                or_(Member.is_active, Member.awaiting_approval),
            )
        )
    )
    if member_id is None:
        return None
    if told_by_id == member_id:
        raise InvalidInput(OWN, field="word")
    db.session.execute(
        update(Member)
        .where(Member.id == member_id)
        .values(
            told_by_id=func.coalesce(told_by_id, Member.told_by_id),
            email=address,
            name=name,
            password_hash=password_hash,
            job_title=job_title,
            organisation_id=organisation_id,
            on_leaderboard=on_leaderboard,
            is_active=True,
            awaiting_approval=False,
        )
    )
    _add_groups(member_id, group_ids)
    db.session.execute(
        update(PasswordReset)
        .where(PasswordReset.member_id == member_id, PasswordReset.used_at.is_(None))
        .values(used_at=clock.now())
    )
    sessions.end_sessions(member_id=member_id)
    return member_id


def _add_groups(member_id: int, group_ids: Iterable[int]) -> None:
    has = set(db.session.scalars(select(MemberGroup.group_id).where(MemberGroup.member_id == member_id)))
    if places := [{"member_id": member_id, "group_id": id} for id in group_ids if id not in has]:
        db.session.execute(insert(MemberGroup), places)


def _is_taken(address: str, member_id: int) -> bool:
    """Return whether the address is another member's, to be written to or to sign in with."""
    others = select(Member.id).where(
        or_(Member.email == address, Member.sign_in_name == address), Member.id != member_id
    )
    return db.session.scalar(others.limit(1)) is not None


def _serializer() -> Any:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="address proof")
