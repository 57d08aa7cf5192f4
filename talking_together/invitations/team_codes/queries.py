"""Reads of join codes and of those who joined with them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, func, select

from talking_together.accounts.bylines import shown_name
from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.extensions import db
from talking_together.invitations.models import JoinCode, JoinCodeUse
from talking_together.invitations.team_codes.codes import kept_code
from talking_together.organisations.models import Organisation, StaffGroup

PEOPLE_SHOWN = 50
MOST_CODES = 500
MOST_REQUESTS = 100


def join_codes() -> Sequence[Row[Any]]:
    """Return the join codes, newest first."""
    return db.session.execute(_codes().order_by(JoinCode.id.desc()).limit(MOST_CODES)).all()


def get_join_code(code_id: int) -> Row[Any]:
    """Return one join code; raises NotFound."""
    row = db.session.execute(_codes().where(JoinCode.id == code_id)).first()
    if row is None:
        raise NotFound()
    return row


def find_team(typed: str) -> Row[Any] | None:
    """Return the join code that somebody typed, whether or not it still works; None for no code."""
    code = kept_code(typed)
    return None if code is None else db.session.execute(_codes().where(JoinCode.code == code)).first()


def people_of(code_id: int, *, after: str | None) -> Page:
    """Return a page of those who joined with a code, the latest first."""
    statement = (
        select(
            Member.id,
            Member.name,
            Member.job_title,
            Member.awaiting_approval,
            Member.is_active,
            JoinCodeUse.used_at,
        )
        .join(Member, Member.id == JoinCodeUse.member_id)
        .where(JoinCodeUse.join_code_id == code_id)
        .order_by(JoinCodeUse.member_id.desc())
        .limit(PEOPLE_SHOWN + 1)
    )
    if cursor := decode_cursor(after, (int,)):
        statement = statement.where(JoinCodeUse.member_id < cursor[0])
    rows = db.session.execute(statement).all()
    return page_of(rows, PEOPLE_SHOWN, lambda row: encode_cursor(row.id))


def join_requests() -> Sequence[Any]:
    """Return who waits to be let in, the longest waiting first, as many as one page takes."""
    return db.session.execute(
        select(
            Member.id,
            Member.name,
            Member.job_title,
            Member.sign_in_name,
            Organisation.name.label("organisation_name"),
            JoinCode.label.label("team"),
            JoinCodeUse.used_at,
        )
        .select_from(JoinCodeUse)
        .join(Member, Member.id == JoinCodeUse.member_id)
        .join(JoinCode, JoinCode.id == JoinCodeUse.join_code_id)
        .outerjoin(Organisation, Organisation.id == Member.organisation_id)
        .where(Member.awaiting_approval)
        .order_by(JoinCodeUse.used_at, Member.id)
        .limit(MOST_REQUESTS)
    ).all()


def count_join_requests() -> int:
    """Return how many wait to be let in."""
    return db.session.scalar(select(number_of_join_requests())) or 0


def number_of_join_requests() -> ScalarSelect[int]:
    """Return how many wait to be let in, as a subquery."""
    return select(func.count()).select_from(Member).where(Member.awaiting_approval).scalar_subquery()


def _codes() -> Select[Any]:
    return (
        select(
            JoinCode.__table__,
            Organisation.name.label("organisation_name"),
            Organisation.short_name.label("organisation_short_name"),
            StaffGroup.name.label("group_name"),
            Challenge.title.label("challenge_title"),
            shown_name(Member).label("creator"),
        )
        .select_from(JoinCode)
        .join(Organisation, Organisation.id == JoinCode.organisation_id)
        .outerjoin(StaffGroup, StaffGroup.id == JoinCode.group_id)
        .outerjoin(Challenge, Challenge.id == JoinCode.challenge_id)
        .outerjoin(Member, Member.id == JoinCode.created_by)
    )
