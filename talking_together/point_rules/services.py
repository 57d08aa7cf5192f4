"""Changing the rules of points: a new version each time, and never another.

Every write locks the event's row first, so that versions are numbered one after another and of two
admins who change one rule at once the second is told.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from talking_together.audit.services import record
from talking_together.core import clock
from talking_together.core.access import Actor, ensure_role
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.extensions import db
from talking_together.points.models import MOST_A_DAY, MOST_POINTS, PointRule, PointRuleVersion
from talking_together.points.rules import ONCE, RULE_OF

FURTHEST = timedelta(days=2 * 365)
# A form knows minutes only, and takes a while to be read.
MINUTE = timedelta(minutes=1)


class RuleChangedMeanwhile(Conflict):
    """Somebody else changed the rule since the form was opened."""

    message = "This rule was changed while you had it open."


def change_rule(
    actor: Actor,
    *,
    event: str,
    points: int,
    daily_cap: int | None,
    is_on: bool,
    starts_at: datetime | None,
    reason: str,
    seen: int,
) -> PointRuleVersion:
    """Give an event's rule a new version, from now or from a later moment, and return it.

    `seen` is the latest version that the actor knew of. Raises RuleChangedMeanwhile if there is a
    later one, unless it is the actor's own with the same values and start: a form sent twice changes once.
    """
    ensure_role(actor, "admin")
    versions = _locked_versions(event)
    latest, now = versions[-1], clock.now()
    wanted = {"points": points, "daily_cap": None if event in ONCE else daily_cap, "is_on": is_on}
    if latest.version != seen:
        is_same = wanted == _values(latest) and latest.reason == reason and _starts_as(latest, starts_at, now)
        if latest.made_by_id == actor.id and is_same:
            return latest
        raise RuleChangedMeanwhile()
    _check_values(points, daily_cap, reason)
    starts = _start(starts_at, now)
    before = _in_force(versions, starts)
    if wanted == _values(before):
        raise InvalidInput("The rule says this already at that time: change something", field="points")
    version = PointRuleVersion(
        event=event,
        version=latest.version + 1,
        starts_at=starts,
        made_by_id=actor.id,
        made_at=now,
        reason=reason,
        **wanted,
    )
    db.session.add(version)
    db.session.flush()  # its log entry needs the id
    _log(actor, "point rule changed", version, before)
    return version


def withdraw_version(actor: Actor, *, event: str, version: int) -> None:
    """Withdraw a planned version; Conflict if it has started or was withdrawn before."""
    ensure_role(actor, "admin")
    versions = _locked_versions(event)
    found = next((each for each in versions if each.version == version), None)
    if found is None:
        raise NotFound()
    if found.withdrawn_at is not None:
        raise Conflict("This change was withdrawn already.")
    if found.starts_at <= clock.now():
        raise Conflict("This change is in force already, and stands. Make another change instead.")
    found.withdrawn_at = clock.now()
    _log(actor, "planned point rule withdrawn", found, _in_force(versions, clock.now()))


def _locked_versions(event: str) -> list[PointRuleVersion]:
    """Lock an event's rule and return its versions, oldest first."""
    if event not in RULE_OF:
        raise NotFound()
    db.session.execute(locked(select(PointRule.event).where(PointRule.event == event)))
    return list(
        db.session.scalars(
            select(PointRuleVersion)
            .where(PointRuleVersion.event == event)
            .order_by(PointRuleVersion.version)
            .execution_options(populate_existing=True)
        )
    )


def _check_values(points: int, daily_cap: int | None, reason: str) -> None:
    if not 0 <= points <= MOST_POINTS:
        raise InvalidInput(f"Enter a whole number from 0 to {MOST_POINTS:,}", field="points")
    if daily_cap is not None and not 1 <= daily_cap <= MOST_A_DAY:
        raise InvalidInput(f"Enter a whole number from 1 to {MOST_A_DAY:,}", field="daily_cap")
    if not reason:
        raise InvalidInput("Say why you change the rule", field="reason")


def _start(starts_at: datetime | None, now: datetime) -> datetime:
    if starts_at is None or now - MINUTE < starts_at <= now:
        return now
    if starts_at < now:
        raise InvalidInput(
            "This time is in the past: leave it empty to start now, or choose a later time", field="starts_at"
        )
    if starts_at > now + FURTHEST:
        raise InvalidInput("Choose a time within the next two years", field="starts_at")
    return starts_at


def _starts_as(version: PointRuleVersion, starts_at: datetime | None, now: datetime) -> bool:
    """Return whether a version starts when a form asks for it, which was sent a moment later at most."""
    if starts_at is None or starts_at <= now:
        return version.starts_at <= now
    return version.starts_at == starts_at


def _in_force(versions: list[PointRuleVersion], at: datetime) -> PointRuleVersion:
    standing = [each for each in versions if each.withdrawn_at is None and each.starts_at <= at]
    return max(standing, key=lambda each: (each.starts_at, each.version))


def _values(version: PointRuleVersion) -> dict[str, Any]:
    return {"points": version.points, "daily_cap": version.daily_cap, "is_on": version.is_on}


def _log(actor: Actor, action: str, version: PointRuleVersion, before: PointRuleVersion) -> None:
    changes = {
        name.replace("_", " ").removeprefix("is "): {"from": value, "to": getattr(version, name)}
        for name, value in _values(before).items()
        if value != getattr(version, name)
    }
    record(
        actor,
        action,
        subject_type="point rule",
        subject_id=version.id,
        subject_label=RULE_OF[version.event].words,
        reason=version.reason if action == "point rule changed" else "",
        details={"version": version.version, "starts at": version.starts_at.isoformat(), **changes},
    )
