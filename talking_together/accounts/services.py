"""What changes an account: joining, profile, preferences, password, role, access."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, insert, or_, select, update

from talking_together.accounts import emails, policies, sessions
from talking_together.accounts.models import THEMES, Member, MemberGroup, PasswordReset
from talking_together.accounts.reasons import given_reason
from talking_together.accounts.viewers import Viewer
from talking_together.audit.services import record
from talking_together.core import clock
from talking_together.core.access import ROLES, SPONSOR
from talking_together.core.database import insert_into, locked
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.extensions import db

RESET_LIFETIME = timedelta(hours=1)

_ACCOUNT = select(
    Member.id, Member.name, Member.email, Member.role, Member.is_active, Member.awaiting_approval
)


class AlreadyMember(Conflict):
    """Somebody has an account with the address."""

    message = "Somebody with this email address already has an account."


class LastAdmin(Conflict):
    """Nobody would be left to administer the site."""

    message = "This is the last active admin. Make somebody else an admin first."


class ResetLinkOver(Conflict):
    """The link was used, ran out, or belongs to nobody."""

    message = "This link no longer works. Ask for a new one."


def create_member(
    *,
    name: str,
    email: str | None,
    password_hash: str | None,
    sign_in_name: str | None = None,
    organisation_id: int | None = None,
    job_title: str = "",
    role: str = "staff",
    on_leaderboard: bool = False,
    group_ids: Iterable[int] = (),
    waits: bool = False,
    told_by_id: int | None = None,
) -> int:
    """Write an account and return its id; AlreadyMember if the address or sign-in name is taken.

    People sign in with their address unless they are given another name for it. Who `waits` cannot
    sign in before a moderator lets them.
    """
    created = db.session.scalar(
        insert_into(Member)
        .values(
            sign_in_name=sign_in_name or email,
            email=email,
            password_hash=password_hash,
            name=name,
            job_title=job_title,
            about="",
            organisation_id=organisation_id,
            role=role,
            is_active=not waits,
            awaiting_approval=waits,
            joined_at=clock.now(),
            on_leaderboard=on_leaderboard,
            theme="system",
            points=0,
            told_by_id=told_by_id,
        )
        .on_conflict_do_nothing()
        .returning(Member.id)
    )
    if created is None:
        raise AlreadyMember()
    if places := [{"member_id": created, "group_id": group_id} for group_id in group_ids]:
        db.session.execute(insert(MemberGroup), places)
    return created


def open_session(
    *, member_id: int, password_hash: str, device: str, shared: bool, better_hash: str | None = None
) -> str | None:
    """Start a session and return its token; None if the account changed since it was looked at."""
    still_so = select(Member.id).where(
        Member.id == member_id, Member.is_active, Member.password_hash == password_hash
    )
    if db.session.scalar(locked(still_so)) is None:
        return None
    if better_hash:
        _set_password(member_id, better_hash)
    return sessions.start_session(member_id=member_id, device=device, shared=shared)


def update_profile(viewer: Viewer, *, name: str, job_title: str, about: str) -> bool:
    """Keep the viewer's own profile and return whether nothing in it is left empty."""
    db.session.execute(
        update(Member).where(Member.id == viewer.id).values(name=name, job_title=job_title, about=about)
    )
    return all((name, job_title, about))


def update_preferences(
    viewer: Viewer, *, theme: str, hides_points: bool, on_leaderboard: bool | None
) -> None:
    """Keep how the site looks to the viewer and whether leaderboards show them; None leaves that."""
    if theme not in THEMES:
        raise InvalidInput("Choose one of the themes", field="theme")
    values = {"theme": theme, "hides_points": hides_points}
    if on_leaderboard is not None:
        values["on_leaderboard"] = on_leaderboard
    db.session.execute(update(Member).where(Member.id == viewer.id).values(values))


def change_password(viewer: Viewer, *, password_hash: str, device: str, shared: bool = False) -> str:
    """Give the viewer a new password, end every session, and return the token of a new one."""
    _lock_member(viewer.id)
    _set_password(viewer.id, password_hash)
    _void_resets(viewer.id)
    sessions.end_sessions(member_id=viewer.id)
    if viewer.email:
        emails.enqueue_password_changed(member_id=viewer.id, to=viewer.email, name=viewer.name)
    return sessions.start_session(member_id=viewer.id, device=device, shared=shared)


def request_password_reset(*, email: str) -> None:
    """Write down a request; a sweep finds out whether the address has an account.

    So the answer takes the same time and does the same work for every address.
    """
    at = clock.now()
    db.session.execute(
        insert(PasswordReset).values(email=email, requested_at=at, expires_at=at + RESET_LIFETIME)
    )


def reset_password(*, token: str, password_hash: str) -> None:
    """Give the member of a reset link a new password, once, and end all their sessions."""
    reset = db.session.execute(
        locked(
            select(PasswordReset.member_id).where(
                PasswordReset.token_hash == sessions.hash_of(token),
                PasswordReset.used_at.is_(None),
                PasswordReset.expires_at > clock.now(),
            )
        )
    ).first()
    if reset is None:
        raise ResetLinkOver()
    member = _lock_member(reset.member_id)
    if not member.is_active:
        raise ResetLinkOver()
    _set_password(member.id, password_hash)
    _void_resets(member.id)
    sessions.end_sessions(member_id=member.id)
    if member.email:
        emails.enqueue_password_changed(member_id=member.id, to=member.email, name=member.name)


def change_role(actor: Viewer, *, member_id: int, role: str, reason: str) -> None:
    """Give a member another role and end their sessions; LastAdmin if no admin would be left."""
    policies.ensure_can_change_role(actor)
    if role not in ROLES:
        raise InvalidInput("Choose one of the roles", field="role")
    reason = given_reason(reason)
    member = _lock_with_admins(member_id)
    if member.role == role:
        raise Conflict(f"{member.name} already has this role.")
    if member.role == SPONSOR:
        raise Conflict(f"{member.name} serves at a sponsor’s desk, and an account there has no other role.")
    if role != "admin":
        _ensure_admin_left_without(member)
    db.session.execute(update(Member).where(Member.id == member_id).values(role=role))
    sessions.end_sessions(member_id=member_id)
    _record(actor, "role changed", member, reason, {"from": member.role, "to": role})


def deactivate_member(actor: Viewer, *, member_id: int, reason: str) -> None:
    """Shut a member out at once; what they wrote stays. LastAdmin if no admin would be left."""
    policies.ensure_can_deactivate(actor, member_id)
    reason = given_reason(reason)
    member = _lock_with_admins(member_id)
    if not member.is_active:
        raise Conflict(f"{member.name} is already deactivated.")
    _ensure_admin_left_without(member)
    db.session.execute(
        update(Member).where(Member.id == member_id).values(is_active=False, deactivated_at=clock.now())
    )
    _void_resets(member_id)
    sessions.end_sessions(member_id=member_id)
    _record(actor, "member deactivated", member, reason)


def reactivate_member(actor: Viewer, *, member_id: int, reason: str) -> None:
    """Let a deactivated member sign in again, by the name that they had."""
    policies.ensure_can_reactivate(actor)
    reason = given_reason(reason)
    member = _lock_member(member_id)
    if member.is_active:
        raise Conflict(f"{member.name} is already active.")
    if member.awaiting_approval:
        raise Conflict(f"{member.name} waits for a moderator: decide under Join requests.")
    db.session.execute(
        update(Member)
        .where(Member.id == member_id)
        .values(is_active=True, deactivated_at=None, shown_as_former=False)
    )
    _record(actor, "member reactivated", member, reason)


def _lock_member(member_id: int) -> Row[*tuple[Any, ...]]:
    member = db.session.execute(locked(_ACCOUNT.where(Member.id == member_id))).first()
    if member is None:
        raise NotFound("There is no such member.")
    return member


def _lock_with_admins(member_id: int) -> Row[*tuple[Any, ...]]:
    """Lock the member and every active admin, so that two admins cannot both be the last to go."""
    statement = _ACCOUNT.where(
        or_(Member.id == member_id, and_(Member.role == "admin", Member.is_active))
    ).order_by(Member.id)
    for member in db.session.execute(locked(statement)).all():
        if member.id == member_id:
            return member
    raise NotFound("There is no such member.")


def _ensure_admin_left_without(member: Row[*tuple[Any, ...]]) -> None:
    if member.role != "admin" or not member.is_active:
        return
    others = select(Member.id).where(Member.role == "admin", Member.is_active, Member.id != member.id)
    if db.session.scalar(others.limit(1)) is None:
        raise LastAdmin()


def _set_password(member_id: int, password_hash: str) -> None:
    db.session.execute(update(Member).where(Member.id == member_id).values(password_hash=password_hash))


def _void_resets(member_id: int) -> None:
    db.session.execute(
        update(PasswordReset)
        .where(PasswordReset.member_id == member_id, PasswordReset.used_at.is_(None))
        .values(used_at=clock.now())
    )


def _record(
    actor: Viewer,
    action: str,
    member: Row[*tuple[Any, ...]],
    reason: str,
    details: dict[str, str] | None = None,
) -> None:
    record(
        actor,
        action,
        subject_type="member",
        subject_id=member.id,
        subject_label=member.name,
        reason=reason,
        details=details,
    )
