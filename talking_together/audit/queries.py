"""Reads of the log."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean, Integer, String, column, exists, select, table

from talking_together.audit.models import AuditEntry
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.extensions import db

PAGE_SIZE = 50

# Named, not imported: members are a room above this one, and all that is read here is a name.
_members = table("members", column("id", Integer), column("name", String), column("shown_as_former", Boolean))


def entries(
    *, action: str | None = None, actor_id: int | None = None, after: str | None = None, size: int = PAGE_SIZE
) -> Page:
    """Return a page of the log, newest first, in one statement; `actor_name` None is a command."""
    statement = (
        select(
            AuditEntry.id,
            AuditEntry.at,
            AuditEntry.action,
            AuditEntry.subject_type,
            AuditEntry.subject_id,
            AuditEntry.subject_label,
            AuditEntry.reason,
            AuditEntry.details,
            _members.c.name.label("actor_name"),
        )
        .outerjoin(_members, _members.c.id == AuditEntry.actor_id)
        .order_by(AuditEntry.id.desc())
        .limit(size + 1)
    )
    if action:
        statement = statement.where(AuditEntry.action == action)
    if actor_id:
        statement = statement.where(AuditEntry.actor_id == actor_id)
    if cursor := decode_cursor(after, (int,)):
        statement = statement.where(AuditEntry.id < cursor[0])
    rows = db.session.execute(statement).all()
    return page_of(rows, size, lambda row: encode_cursor(row.id))


def owner_names(shown: Iterable[Any]) -> dict[int, str]:
    """Return the names of those whom the entries name by their ids as who owes an answer."""
    ids = {owner for entry in shown if (owner := entry.details.get("owner")) is not None}
    if not ids:
        return {}
    rows = db.session.execute(select(_members.c.id, _members.c.name).where(_members.c.id.in_(ids)))
    return {row.id: row.name for row in rows}


def entries_about(subject_type: str, subject_id: int, *, most: int = 200) -> list[Any]:
    """Return the latest entries about one thing, oldest first; `actor_name` None is a command."""
    rows = db.session.execute(
        select(
            AuditEntry.at,
            AuditEntry.action,
            AuditEntry.reason,
            AuditEntry.details,
            _members.c.name.label("actor_name"),
            _members.c.shown_as_former.label("actor_is_former"),
        )
        .outerjoin(_members, _members.c.id == AuditEntry.actor_id)
        .where(AuditEntry.subject_type == subject_type, AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.id.desc())
        .limit(most)
    ).all()
    return list(reversed(rows))


def actions() -> list[str]:
    """Return every action that was logged, in alphabetical order."""
    return list(db.session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def actors() -> list[Any]:
    """Return id and name of everybody who stands in the log, by name."""
    acted = exists().where(AuditEntry.actor_id == _members.c.id)
    return list(
        db.session.execute(
            select(_members.c.id, _members.c.name).where(acted).order_by(_members.c.name, _members.c.id)
        ).all()
    )
