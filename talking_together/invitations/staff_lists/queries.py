"""Reads of staff lists."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from talking_together.accounts.models import Member
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.extensions import db
from talking_together.invitations.models import LIVE_STATES, OUTCOMES, Invitation, StaffList, StaffListRow

PAGE_SIZE = 50
# How many of the latest lists the overview shows.
SHOWN = 100


def staff_lists() -> Sequence[Row[Any]]:
    """Return the latest staff lists, newest first, with the name of who uploaded them."""
    statement = (
        select(StaffList.__table__, Member.name.label("uploader"))
        .outerjoin(Member, Member.id == StaffList.uploaded_by)
        .order_by(StaffList.id.desc())
        .limit(SHOWN)
    )
    return db.session.execute(statement).all()


def get_staff_list(list_id: int) -> Row[Any]:
    """Return a staff list with the name of who uploaded it; raises NotFound."""
    row = db.session.execute(
        select(StaffList.__table__, Member.name.label("uploader"))
        .outerjoin(Member, Member.id == StaffList.uploaded_by)
        .where(StaffList.id == list_id)
    ).first()
    if row is None:
        raise NotFound()
    return row


def outcome_counts(list_id: int) -> dict[str, int]:
    """Return how many rows of a list have each outcome, in the order in which they are shown."""
    counts = db.session.execute(
        select(StaffListRow.outcome, func.count())
        .where(StaffListRow.list_id == list_id)
        .group_by(StaffListRow.outcome)
    )
    found = dict(counts.all())
    return {outcome: found.get(outcome, 0) for outcome in OUTCOMES}


def list_rows(list_id: int, *, outcome: str | None, after: str | None) -> Page:
    """Return a page of a list's rows in the order of the file, of one outcome or of all."""
    if outcome is not None and outcome not in OUTCOMES:
        raise NotFound()
    statement = select(StaffListRow.__table__).where(StaffListRow.list_id == list_id)
    if outcome:
        statement = statement.where(StaffListRow.outcome == outcome)
    if cursor := decode_cursor(after, [int]):
        statement = statement.where(StaffListRow.line > cursor[0])
    rows = db.session.execute(statement.order_by(StaffListRow.line).limit(PAGE_SIZE + 1)).all()
    return page_of(rows, PAGE_SIZE, lambda row: encode_cursor(row.line))


def people_to_invite(list_id: int) -> int:
    """Return how many people a phase with the list would invite if it were started now."""
    known = select(Member.id).where(
        (Member.email == StaffListRow.email) | (Member.sign_in_name == StaffListRow.email)
    )
    invited = select(Invitation.id).where(
        Invitation.email == StaffListRow.email, Invitation.state.in_(LIVE_STATES)
    )
    statement = select(func.count()).where(
        StaffListRow.list_id == list_id,
        StaffListRow.outcome == "new",
        ~known.exists(),
        ~invited.exists(),
    )
    return db.session.scalar(statement) or 0
