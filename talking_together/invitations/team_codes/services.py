"""Join codes of teams: made, changed, closed and opened again by admins."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from talking_together.audit.services import record
from talking_together.challenges.models import Challenge
from talking_together.core import clock
from talking_together.core.access import Actor, ensure_role
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.extensions import db
from talking_together.invitations.models import JoinCode
from talking_together.invitations.team_codes.codes import new_code
from talking_together.organisations.models import Organisation, StaffGroup

MOST_USES = 10_000
LONGEST = timedelta(days=366)


def create_code(
    actor: Actor,
    *,
    label: str,
    organisation_id: int,
    group_id: int | None,
    challenge_id: int | None,
    max_uses: int,
    last_day: date,
    needs_approval: bool,
) -> int:
    """Make the join code of a team, good through a day in London; return its id."""
    ensure_role(actor, "admin")
    if db.session.get(Organisation, organisation_id) is None:
        raise InvalidInput("Choose an organisation", field="organisation_id")
    _check_group(group_id, organisation_id)
    if challenge_id is not None and db.session.get(Challenge, challenge_id) is None:
        raise InvalidInput("Choose one of the challenges", field="challenge_id")
    _check_uses(max_uses, 0)
    created = db.session.execute(
        insert(JoinCode)
        .values(
            code=new_code(),
            label=label,
            organisation_id=organisation_id,
            group_id=group_id,
            challenge_id=challenge_id,
            needs_approval=needs_approval,
            max_uses=max_uses,
            uses_count=0,
            created_by=actor.id,
            created_at=clock.now(),
            expires_at=_end_of(last_day),
        )
        .returning(JoinCode.id, JoinCode.label, JoinCode.max_uses, JoinCode.expires_at)
    ).one()
    _record(actor, "join code made", created, _limits(created))
    return int(created.id)


def change_code(actor: Actor, *, code_id: int, max_uses: int, last_day: date) -> None:
    """Change how often and how long a code can be used; never below what has been used."""
    ensure_role(actor, "admin")
    code = lock_code(code_id)
    _check_uses(max_uses, code.uses_count)
    changed = db.session.execute(
        update(JoinCode)
        .where(JoinCode.id == code_id)
        .values(max_uses=max_uses, expires_at=_end_of(last_day))
        .returning(JoinCode.max_uses, JoinCode.expires_at)
    ).one()
    _record(actor, "join code changed", code, {"from": _limits(code), "to": _limits(changed)})


def close_code(actor: Actor, *, code_id: int) -> None:
    """Let nobody else join with a code; who has joined stays."""
    ensure_role(actor, "admin")
    code = lock_code(code_id)
    if code.closed_at is not None:
        raise Conflict("This join code is closed already.")
    db.session.execute(update(JoinCode).where(JoinCode.id == code_id).values(closed_at=clock.now()))
    _record(actor, "join code closed", code)


def reopen_code(actor: Actor, *, code_id: int) -> None:
    """Let people join with a closed code again, within its limits."""
    ensure_role(actor, "admin")
    code = lock_code(code_id)
    if code.closed_at is None:
        raise Conflict("This join code is open already.")
    db.session.execute(update(JoinCode).where(JoinCode.id == code_id).values(closed_at=None))
    _record(actor, "join code opened again", code)


def lock_code(code_id: int) -> Any:
    """Return the row of a join code, locked; raises NotFound."""
    row = db.session.execute(locked(select(JoinCode.__table__).where(JoinCode.id == code_id))).first()
    if row is None:
        raise NotFound()
    return row


def _check_group(group_id: int | None, organisation_id: int) -> None:
    if group_id is None:
        return
    group = db.session.get(StaffGroup, group_id)
    if group is None:
        raise InvalidInput("Choose one of the groups", field="group_id")
    if group.organisation_id not in (None, organisation_id):
        raise InvalidInput("This group belongs to another organisation", field="group_id")


def _check_uses(max_uses: int, used: int) -> None:
    if not max(1, used) <= max_uses <= MOST_USES:
        least = f"{max(1, used):,}"
        already = f", because {used:,} have joined with it" if used > 1 else ""
        raise InvalidInput(
            f"Enter a number from {least} to {MOST_USES:,}{already}",
            field="max_uses",
        )


def _end_of(last_day: date) -> datetime:
    """Return when a day in London is over."""
    today = clock.today()
    if last_day < today:
        raise InvalidInput("Choose today or a later day", field="last_day")
    if last_day - today > LONGEST:
        raise InvalidInput("Choose a day within a year from today", field="last_day")
    return clock.from_london(datetime.combine(last_day + timedelta(days=1), time()))


def _limits(code: Any) -> dict[str, Any]:
    return {"uses": code.max_uses, "until": code.expires_at.isoformat()}


def _record(actor: Actor, action: str, code: Any, details: dict[str, Any] | None = None) -> None:
    record(
        actor,
        action,
        subject_type="join code",
        subject_id=code.id,
        subject_label=code.label,
        details=details,
    )
