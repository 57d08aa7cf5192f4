"""What pages, commands and sweeps read about members."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, not_, or_, select

from talking_together.accounts.bylines import shown_name, unless_former
from talking_together.accounts.models import Member, MemberSession, PasswordReset
from talking_together.accounts.sessions import idle_on_shared
from talking_together.core import clock
from talking_together.core.access import SPONSOR
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.organisations.models import Organisation


def takes_part() -> ColumnElement[bool]:
    """Return the condition on Member that they take part: whom the site counts as one of its people.

    Somebody known only from an earlier consultation has no sign-in name and sees nothing, and who
    serves at a sponsor's desk sees nothing but the desk.
    """
    return and_(Member.is_active, Member.sign_in_name.is_not(None), Member.role != SPONSOR)


def has_proven(address: Any) -> ColumnElement[bool]:
    """Return the condition that a member is the person of an email address.

    Somebody who joined with a team's code may sign in with an address that nobody proved to be
    theirs. Unless it was deactivated, such an account goes to whoever takes up an invitation there.
    """
    was_ended = not_(or_(Member.is_active, Member.awaiting_approval))
    by_name = and_(Member.sign_in_name == address, or_(Member.email.is_not(None), was_ended))
    return or_(Member.email == address, by_name)


def find_credentials(sign_in_name: str) -> Row[*tuple[Any, ...]] | None:
    """Return the id and password hash of the member with a sign-in name who is active or waits, or None."""
    return db.session.execute(
        select(Member.id, Member.password_hash, Member.awaiting_approval).where(
            Member.sign_in_name == sign_in_name,
            or_(Member.is_active, Member.awaiting_approval),
            Member.password_hash.is_not(None),
        )
    ).first()


def find_password_hash(member_id: int) -> str | None:
    """Return the hash of a member's password, or None."""
    return db.session.scalar(select(Member.password_hash).where(Member.id == member_id))


def get_profile(member_id: int) -> Row[*tuple[Any, ...]]:
    """Return what a member's own pages show of them; NotFound if there is none."""
    row = db.session.execute(
        select(
            Member.id,
            Member.name,
            Member.email,
            Member.sign_in_name,
            Member.job_title,
            Member.about,
            Member.theme,
            Member.hides_points,
            Member.on_leaderboard,
            Member.points,
            Member.joined_at,
            Member.word,
            Organisation.name.label("organisation_name"),
        )
        .outerjoin(Organisation, Organisation.id == Member.organisation_id)
        .where(Member.id == member_id)
    ).first()
    if row is None:
        raise NotFound()
    return row


def sessions_of(member_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return where a member is signed in, the latest seen first."""
    at = clock.now()
    return db.session.execute(
        select(
            MemberSession.id,
            MemberSession.device,
            MemberSession.created_at,
            MemberSession.last_seen_at,
            MemberSession.is_shared,
        )
        .where(
            MemberSession.member_id == member_id,
            MemberSession.expires_at > at,
            or_(~MemberSession.is_shared, MemberSession.last_seen_at > at - idle_on_shared()),
        )
        .order_by(MemberSession.last_seen_at.desc(), MemberSession.id.desc())
        .limit(100)
    ).all()


def find_reset(token_hash: str) -> Row[*tuple[Any, ...]] | None:
    """Return whose password a reset link may change now, or None when it no longer works."""
    return db.session.execute(
        select(
            PasswordReset.id,
            Member.id.label("member_id"),
            Member.name,
            Member.sign_in_name,
            Member.password_hash.is_not(None).label("has_password"),
        )
        .join(Member, Member.id == PasswordReset.member_id)
        .where(
            PasswordReset.token_hash == token_hash,
            PasswordReset.used_at.is_(None),
            PasswordReset.expires_at > clock.now(),
            Member.is_active,
        )
    ).first()


def members_listed() -> Iterable[Row[*tuple[Any, ...]]]:
    """Return every member with an account, by id, for `members list`."""
    return db.session.execute(
        select(
            Member.id,
            unless_former(Member, Member.email).label("email"),
            shown_name(Member).label("name"),
            unless_former(Member, Organisation.name).label("organisation"),
            Member.role,
            Member.is_active.label("active"),
        )
        .outerjoin(Organisation, Organisation.id == Member.organisation_id)
        .where(Member.sign_in_name.is_not(None))
        .order_by(Member.id)
        .execution_options(yield_per=1000)
    )
