"""Reads of participation: one statement each, whatever the number of phases and organisations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    extract,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from talking_together.accounts.models import Member
from talking_together.core.clock import to_london
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.invitations.models import Invitation, JoinCode, JoinCodeUse, Phase
from talking_together.organisations.models import Organisation, StaffGroup
from talking_together.points.models import PointEntry

# Stands in a cell's path where people who joined with a team's code have no phase.
BY_CODE = 0
STEPS = ("delivered", "opened", "joined", "voted", "wrote")
_DAY, _LAST_HOUR = 86_400, 82_800


@dataclass(frozen=True, slots=True)
class Cell:
    """How far the people of one phase, organisation and set of staff groups have come.

    `again`: they were invited anew by a later phase, so that in all phases they count there.
    """

    phase_id: int
    organisation_id: int
    group_ids: tuple[int, ...]
    again: bool
    invited: int
    delivered: int
    opened: int
    joined: int
    voted: int
    wrote: int


def phases_started() -> Sequence[Any]:
    """Return the phases that are past being a draft, newest first."""
    statement = (
        select(Phase.id, Phase.name, Phase.state, Phase.started_at)
        .where(Phase.state != "draft")
        .order_by(Phase.id.desc())
    )
    return db.session.execute(statement).all()


def get_phase(phase_id: int) -> Any:
    """Return the name of a phase; raises NotFound."""
    row = db.session.execute(select(Phase.id, Phase.name, Phase.state).where(Phase.id == phase_id)).first()
    if row is None:
        raise NotFound()
    return row


def headcounts() -> Sequence[Any]:
    """Return the organisations by name with the number of people they employ."""
    statement = select(
        Organisation.id, Organisation.name, Organisation.short_name, Organisation.headcount
    ).order_by(func.lower(Organisation.name))
    return db.session.execute(statement).all()


def group_names() -> Sequence[Any]:
    """Return the staff groups by name."""
    return db.session.execute(
        select(StaffGroup.id, StaffGroup.name).order_by(func.lower(StaffGroup.name))
    ).all()


def invited_cells() -> list[Cell]:
    """Return how far the invited have come, cell by cell."""
    return _cells(invited_cells_statement())


def invited_cells_statement() -> Select[Any]:
    """Return the statement behind `invited_cells`."""
    return _summed(_invited().subquery("people"))


def joined_by_code_cells() -> list[Cell]:
    """Return how far those have come who joined with a team's code and were let in."""
    return _cells(_summed(_joined_by_code().subquery("people")))


def steps_by_day(phase_id: int | None = None) -> list[tuple[int, bool, str, date, int]]:
    """Return phase, whether invited anew, step, day in London and how many took the step on it.

    Of one phase, or of all and of those who joined with a team's code.
    """
    return [
        (row.phase_id, bool(row.again), row.step, _london_day(int(row.since)), row.people)
        for row in db.session.execute(steps_by_day_statement(phase_id))
        if row.since is not None
    ]


def steps_by_day_statement(phase_id: int | None = None) -> Select[Any]:
    """Return the statement behind `steps_by_day`.

    It counts by the day in UTC and its last hour, which in London may belong to the next: databases
    do not know London's days.
    """
    invited = _invited()
    if phase_id is None:
        people = union_all(invited, _joined_by_code()).cte("people")
    else:
        people = invited.where(Invitation.phase_id == phase_id).cte("people")
    since = {
        "delivered": _part_of_day(people.c.delivered_at),
        "opened": _part_of_day(people.c.opened_at),
        "joined": _part_of_day(people.c.joined_at),
        "voted": _first_vote(people.c.member_id),
        "wrote": _first_idea(people.c.member_id),
    }
    taken = union_all(
        *(
            select(people.c.phase_id, people.c.again, literal(step).label("step"), at.label("since"))
            for step, at in since.items()
        )
    ).subquery("taken")
    return select(*taken.c, func.count().label("people")).group_by(*taken.c)


def _part_of_day(at: Any) -> Any:
    """Return the second in which the day of a moment begins in UTC, or its last hour."""
    seconds = extract("epoch", at)
    of_day = seconds % _DAY
    return seconds - of_day + case((of_day >= _LAST_HOUR, _LAST_HOUR), else_=0)


def _invited() -> Select[Any]:
    """Return one row for each person of each phase; `member_id` only where they joined by it."""
    later = aliased(Invitation)
    invited_later = exists().where(
        later.email == Invitation.email,
        later.id != Invitation.id,
        counted(later),
        or_(later.id > Invitation.id, later.state == "joined"),
    )
    joined = Invitation.state == "joined"
    opened_at = func.coalesce(Invitation.opened_at, case((joined, Invitation.joined_at)))
    sent_at = case((Invitation.state != "bounced", Invitation.sent_at))
    return select(
        Invitation.phase_id,
        Invitation.organisation_id,
        cast(Invitation.group_ids, Text).label("groups"),
        case((and_(~joined, invited_later), 1), else_=0).label("again"),
        func.coalesce(sent_at, opened_at).label("delivered_at"),
        opened_at.label("opened_at"),
        case((joined, Invitation.joined_at)).label("joined_at"),
        case((joined, Invitation.member_id)).label("member_id"),
    ).where(counted(Invitation))


def _joined_by_code() -> Select[Any]:
    nothing = cast(null(), Invitation.sent_at.type)
    return (
        select(
            literal(BY_CODE).label("phase_id"),
            JoinCode.organisation_id,
            cast(JoinCode.group_id, Text).label("groups"),
            literal(0).label("again"),
            nothing.label("delivered_at"),
            nothing.label("opened_at"),
            JoinCodeUse.used_at.label("joined_at"),
            JoinCodeUse.member_id,
        )
        .join(JoinCode, JoinCode.id == JoinCodeUse.join_code_id)
        .join(Member, Member.id == JoinCodeUse.member_id)
        .where(Member.awaiting_approval.is_(False))
    )


def counted(invitation: Any) -> Any:
    """Return the condition on an invitation that somebody was invited by it."""
    return and_(
        invitation.state.not_in(("draft", "already a member")),
        or_(invitation.state.not_in(("revoked", "suppressed")), invitation.sent_at.is_not(None)),
    )


def _summed(people: Any) -> Select[Any]:
    place = (people.c.phase_id, people.c.organisation_id, people.c.groups, people.c.again)
    took = {
        "delivered": people.c.delivered_at.is_not(None),
        "opened": people.c.opened_at.is_not(None),
        "joined": people.c.joined_at.is_not(None),
        "voted": and_(people.c.member_id.is_not(None), _has_voted(people.c.member_id)),
        "wrote": and_(people.c.member_id.is_not(None), _has_written(people.c.member_id)),
    }
    sums = (func.sum(case((condition, 1), else_=0)).label(step) for step, condition in took.items())
    return select(*place, func.count().label("invited"), *sums).group_by(*place)


def _cells(statement: Select[Any]) -> list[Cell]:
    return [
        Cell(row.phase_id, row.organisation_id, _ids_in(row.groups), bool(row.again), *row[4:])
        for row in db.session.execute(statement)
    ]


def _has_voted(member_id: Any) -> Any:
    # The ledger remembers a first vote also when it was withdrawn.
    return exists().where(PointEntry.member_id == member_id, PointEntry.event == "vote cast")


def _has_written(member_id: Any) -> Any:
    return exists().where(Idea.author_id == member_id, Idea.published_at.is_not(None))


def _first_vote(member_id: Any) -> Any:
    # The ledger keeps the day in London, along an index.
    return (
        select(extract("epoch", func.min(PointEntry.day)))
        .where(PointEntry.member_id == member_id, PointEntry.event == "vote cast")
        .scalar_subquery()
    )


def _first_idea(member_id: Any) -> Any:
    return (
        select(func.min(_part_of_day(Idea.published_at))).where(Idea.author_id == member_id).scalar_subquery()
    )


def _london_day(seconds: int) -> date:
    return to_london(datetime.fromtimestamp(seconds, UTC)).date()


def _ids_in(text: str | None) -> tuple[int, ...]:
    """Return the ids in a JSON list, or the one id, in order."""
    return tuple(sorted({int(id) for id in (text or "").strip("[]").split(",") if id.strip()}))
