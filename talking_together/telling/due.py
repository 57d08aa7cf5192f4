"""When what a member was told goes out by email: at once, with the morning's, or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from talking_together.core.clock import from_london, to_london
from talking_together.notifications.groups import AT_ONCE, NEVER
from talking_together.notifications.kinds import email_of
from talking_together.notifications.services import HOLD

# Two emails to one member are at least so far apart: what comes between goes into the second.
APART = timedelta(minutes=10)
# Beyond so many emails on one London day, the rest waits for the morning.
MOST_A_DAY = 6
MORNING = time(8)
# What could not be sent for so long is no news any more.
STALE = timedelta(days=7)


@dataclass(slots=True)
class Plan:
    """What becomes of a member's notifications now: sent, looked at again later, or left out."""

    send: list[Any] = field(default_factory=list)
    later: dict[int, datetime] = field(default_factory=dict)
    left_out: list[int] = field(default_factory=list)


def plan_of(rows: Iterable[Any], *, chosen: Mapping[str, str], mailing: Any, at: datetime) -> Plan:
    """Return the plan for a member's due rows, whose address can be written to.

    `chosen` is what they chose by the names of groups and kinds, `mailing` when they were last written to.
    """
    plan = Plan()
    for row in rows:
        email = email_of(row.kind, chosen)
        due_at = row.at + HOLD if email == AT_ONCE else next_morning(row.at)
        if email == NEVER or not row.is_seen or row.read_at is not None or at - row.at > STALE:
            plan.left_out.append(row.id)
        elif due_at > at:
            plan.later[row.id] = due_at
        else:
            plan.send.append(row)
    if wait_until := _wait_until(mailing, at):
        plan.later.update((row.id, wait_until) for row in plan.send)
        plan.send = []
    return plan


def next_morning(moment: datetime) -> datetime:
    """Return the next 8am in London after a moment."""
    local = to_london(moment)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return from_london(datetime.combine(day, MORNING))


def count_after(mailing: Any, at: datetime) -> int:
    """Return how many emails the member has had today, with the one that is written now."""
    return (mailing.count_of_day if _is_of_today(mailing, at) else 0) + 1


def _wait_until(mailing: Any, at: datetime) -> datetime | None:
    if mailing.last_at is None:
        return None
    if _is_of_today(mailing, at) and mailing.count_of_day >= MOST_A_DAY:
        return next_morning(at)
    return mailing.last_at + APART if mailing.last_at + APART > at else None


def _is_of_today(mailing: Any, at: datetime) -> bool:
    return mailing.last_at is not None and to_london(mailing.last_at).date() == to_london(at).date()
