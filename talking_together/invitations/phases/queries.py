"""Reads of phases and of the people in them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from talking_together.challenges.models import Challenge
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.extensions import db
from talking_together.invitations.models import INVITATION_STATES, Invitation, Phase, StaffList
from talking_together.organisations.models import Organisation

PAGE_SIZE = 50
# How many of the latest phases the overview shows.
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
        select(
            Phase.__table__,
            StaffList.name.label("list_name"),
            Challenge.title.label("challenge_title"),
        )
        .outerjoin(StaffList, StaffList.id == Phase.list_id)
        .outerjoin(Challenge, Challenge.id == Phase.challenge_id)
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
