"""Reads of phases."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased

from talking_together.challenges.models import Challenge
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.invitations.models import JOINING, Invitation, Phase, StaffList
from talking_together.organisations.models import Organisation

# How many of the latest phases the overview shows.
SHOWN = 100


def phases() -> Sequence[Any]:
    """Return the latest phases, newest first, with the name of their list."""
    return db.session.execute(_PHASES.order_by(Phase.id.desc()).limit(SHOWN)).all()


def get_phase(phase_id: int) -> Row[Any]:
    """Return a phase with the names of its list, challenge and earlier phase; raises NotFound."""
    row = db.session.execute(_PHASES.where(Phase.id == phase_id)).first()
    if row is None:
        raise NotFound()
    return row


def get_phase_id_named(name: str) -> int:
    """Return the id of the phase with a name, in any case; raises NotFound."""
    phase_id = db.session.scalar(select(Phase.id).where(func.lower(Phase.name) == func.lower(name)))
    if phase_id is None:
        raise NotFound(f"There is no phase named “{name}”.")
    return phase_id


def state_counts(phase_id: int) -> dict[str, int]:
    """Return how many invitations of a phase stand in each state."""
    counts = db.session.execute(
        select(Invitation.state, func.count())
        .where(Invitation.phase_id == phase_id)
        .group_by(Invitation.state)
    )
    return dict(counts.all())


def counts_by_organisation(phase_id: int) -> Sequence[Any]:
    """Return how many people of each organisation a scheduled phase holds, most first."""
    people = func.count()
    return db.session.execute(
        select(Organisation.name, people)
        .join(Invitation, Invitation.organisation_id == Organisation.id)
        .where(Invitation.phase_id == phase_id, Invitation.state == "draft")
        .group_by(Organisation.id, Organisation.name)
        .order_by(people.desc(), Organisation.name)
    ).all()


def lists_to_invite() -> Sequence[Any]:
    """Return the staff lists that a phase can be for, newest first."""
    return db.session.execute(
        select(StaffList.id, StaffList.name, StaffList.rows_count)
        .where(StaffList.kind == JOINING, StaffList.state == "read")
        .order_by(StaffList.id.desc())
        .limit(SHOWN)
    ).all()


def started_phases(*, but: int | None) -> Sequence[Any]:
    """Return the phases that were started, newest first, but for one."""
    statement = select(Phase.id, Phase.name).where(Phase.state.not_in(("draft", "scheduled")))
    if but is not None:
        statement = statement.where(Phase.id != but)
    return db.session.execute(statement.order_by(Phase.id.desc()).limit(SHOWN)).all()


def challenges_to_speak_of() -> Sequence[Any]:
    """Return the challenges that an invitation can speak of, newest first."""
    return db.session.execute(
        select(Challenge.id, Challenge.title)
        .where(Challenge.archived_at.is_(None), Challenge.imported_from.is_(None))
        .order_by(Challenge.id.desc())
        .limit(SHOWN)
    ).all()


_earlier = aliased(Phase)
_PHASES = (
    select(
        Phase.__table__,
        StaffList.name.label("list_name"),
        _earlier.name.label("earlier_name"),
        Challenge.title.label("challenge_title"),
        Challenge.is_published.label("challenge_is_published"),
        Challenge.opens_at.label("challenge_opens_at"),
        Challenge.closes_at.label("challenge_closes_at"),
        Challenge.audience.label("challenge_audience"),
    )
    .outerjoin(StaffList, StaffList.id == Phase.list_id)
    .outerjoin(_earlier, _earlier.id == Phase.not_joined_from)
    .outerjoin(Challenge, Challenge.id == Phase.challenge_id)
)
