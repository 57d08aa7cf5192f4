"""Reads of staff lists, phases and invitations."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from talking_together.accounts.models import Member
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.extensions import db
from talking_together.invitations.links import id_in, proves
from talking_together.invitations.models import (
    INVITATION_STATES,
    LIVE_STATES,
    OUTCOMES,
    Invitation,
    Phase,
    StaffList,
    StaffListRow,
)
from talking_together.organisations.models import Organisation

PAGE_SIZE = 50
# How many of the latest phases and lists the overview shows.
SHOWN = 100


def phases() -> Sequence[Row[Any]]:
    """Return the latest phases, newest first, with the name of their list."""
    statement = (
        select(Phase.__table__, StaffList.name.label("list_name"))
        .outerjoin(StaffList, StaffList.id == Phase.list_id)
        .order_by(Phase.id.desc())
        .limit(SHOWN)
    )
    return db.session.execute(statement).all()


def get_phase(phase_id: int) -> Row[Any]:
    """Return a phase with the name of its list; raises NotFound."""
    row = db.session.execute(
        select(Phase.__table__, StaffList.name.label("list_name"))
        .outerjoin(StaffList, StaffList.id == Phase.list_id)
        .where(Phase.id == phase_id)
    ).first()
    if row is None:
        raise NotFound()
    return row


def get_phase_id_named(name: str) -> int:
    """Return the id of the phase with a name, in any case; raises NotFound."""
    phase_id = db.session.scalar(select(Phase.id).where(func.lower(Phase.name) == func.lower(name)))
    if phase_id is None:
        raise NotFound(f"There is no phase named “{name}”.")
    return phase_id


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


def people_of(phase_id: int, *, state: str | None, search: str, after: str | None) -> Page:
    """Return a page of a phase's invitations, of one state or with part of an address."""
    if state is not None and state not in INVITATION_STATES:
        raise NotFound()
    statement = (
        select(Invitation.__table__, Organisation.short_name.label("organisation_short_name"))
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .where(Invitation.phase_id == phase_id)
    )
    if state:
        statement = statement.where(Invitation.state == state)
    if search:
        statement = statement.where(Invitation.email.contains(search.lower(), autoescape=True))
    if cursor := decode_cursor(after, [int]):
        statement = statement.where(Invitation.id > cursor[0])
    rows = db.session.execute(statement.order_by(Invitation.id).limit(PAGE_SIZE + 1)).all()
    return page_of(rows, PAGE_SIZE, lambda row: encode_cursor(row.id))


def get_invited(token: str) -> Row[Any]:
    """Return the invitation that a link's token belongs to; raises NotFound for any other text."""
    invitation_id = id_in(token)
    if invitation_id is None:
        raise NotFound()
    row = db.session.execute(
        select(
            Invitation.__table__,
            Organisation.name.label("organisation_name"),
            Member.id.label("existing_member_id"),
        )
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .outerjoin(Member, (Member.email == Invitation.email) | (Member.sign_in_name == Invitation.email))
        .where(Invitation.id == invitation_id)
        .limit(1)
    ).first()
    if row is None or not proves(token, row.id, row.nonce):
        raise NotFound()
    return row
