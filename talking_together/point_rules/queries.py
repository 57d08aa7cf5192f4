"""Reads of the rules of points: what is in force, what is planned, and what was."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from talking_together.accounts.bylines import Author, AuthorOrganisation, byline_columns, byline_of
from talking_together.core import clock
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.points.models import PointEntry, PointRule, PointRuleVersion
from talking_together.points.rules import IN_ORDER, RULE_OF, limit_in_words
from talking_together.points.versions import id_in_force

# The latest versions of a rule that its page shows.
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a rule as pages show it; `state` is planned, in force, over or withdrawn."""

    event: str
    version: int
    points: int
    daily_cap: int | None
    is_on: bool
    starts_at: datetime
    made_at: datetime
    made_by: str
    reason: str
    state: str

    @property
    def limit(self) -> str:
        """Return how often it earns, in words."""
        return limit_in_words(self.event, self.daily_cap)

    @property
    def is_first(self) -> bool:
        """Return whether it is the one that the site began with, which nobody made."""
        return self.version == 1


@dataclass(frozen=True, slots=True)
class RuleNow:
    """An event with the version of its rule in force and those planned, the next first."""

    event: str
    current: Version
    planned: list[Version]

    @property
    def words(self) -> str:
        """Return what the event is, in words."""
        return RULE_OF[self.event].words

    @property
    def path(self) -> str:
        """Return the address of its page."""
        return rule_path(self.event)


def rule_path(event: str) -> str:
    """Return the address of a rule's page."""
    return f"/admin/points/{event.replace(' ', '-')}"


def get_event(slug: str) -> str:
    """Return the event whose rule stands at an address; raises NotFound."""
    event = slug.replace("-", " ")
    if event not in RULE_OF or " " in slug:
        raise NotFound()
    return event


def rules_now() -> list[RuleNow]:
    """Return the rules with what is in force and what is planned, in one statement."""
    now = clock.now()
    version = PointRuleVersion
    statement = (
        _versions()
        .join(PointRule, PointRule.event == version.event)
        .where(
            or_(
                version.id == id_in_force(PointRule.event, literal(now, PointEntry.at.type)),
                and_(version.starts_at > now, version.withdrawn_at.is_(None)),
            )
        )
        .order_by(version.starts_at, version.version)
    )
    rows: dict[str, list[Any]] = {event: [] for event in IN_ORDER}
    for row in db.session.execute(statement):
        rows[row.event].append(row)
    return [_rule(event, found, now) for event, found in rows.items()]


def rule_of(event: str) -> tuple[RuleNow, list[Version]]:
    """Return a rule as it is now with its latest versions, newest first, in one statement."""
    now = clock.now()
    version, own = PointRuleVersion, aliased(PointRuleVersion)
    newest = select(func.max(own.version)).where(own.event == event).scalar_subquery()
    # Behind many that are planned, the one in force may be older.
    in_force = version.id == id_in_force(literal(event), literal(now, PointEntry.at.type))
    statement = (
        _versions()
        .where(version.event == event, or_(version.version > newest - SHOWN, in_force))
        .order_by(version.version.desc())
    )
    rows = db.session.execute(statement).all()
    current = max(
        (row for row in rows if row.withdrawn_at is None and row.starts_at <= now),
        key=lambda row: (row.starts_at, row.version),
    )
    versions = [_version(row, now, current.version) for row in rows]
    planned = sorted(
        (version for version in versions if version.state == "planned"), key=lambda row: row.starts_at
    )
    return RuleNow(event, next(v for v in versions if v.state == "in force"), planned), versions


def _versions() -> Any:
    version = PointRuleVersion
    return (
        select(
            version.event,
            version.version,
            version.points,
            version.daily_cap,
            version.is_on,
            version.starts_at,
            version.made_at,
            version.made_by_id,
            version.reason,
            version.withdrawn_at,
            *byline_columns(),
        )
        .outerjoin(Author, Author.id == version.made_by_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
    )


def _rule(event: str, rows: list[Any], now: datetime) -> RuleNow:
    """Return the rule of rows in the order in which they start: one in force, then those planned."""
    current, *planned = (_version(row, now, rows[0].version) for row in rows)
    return RuleNow(event, current, planned)


def _version(row: Any, now: datetime, in_force: int) -> Version:
    if row.withdrawn_at is not None:
        state = "withdrawn"
    elif row.starts_at > now:
        state = "planned"
    else:
        state = "in force" if row.version == in_force else "over"
    return Version(
        row.event,
        row.version,
        row.points,
        row.daily_cap,
        row.is_on,
        row.starts_at,
        row.made_at,
        byline_of(row).name if row.made_by_id else "",
        row.reason,
        state,
    )
