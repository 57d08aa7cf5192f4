"""Writing down acts of power."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import insert

from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.extensions import db


def record(
    actor: Any,
    action: str,
    *,
    subject_type: str,
    subject_id: int | None,
    subject_label: str,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Add an entry to the log; `actor` is a viewer, or None for a command on the server."""
    subject = Subject(subject_type, subject_id, subject_label, details or {})
    record_many(actor, action, [subject], reason=reason)


class Subject(NamedTuple):
    """What an act of power was done to, and what is to be known of it."""

    type: str
    id: int | None
    label: str
    details: dict[str, Any]


def record_many(actor: Any, action: str, subjects: Sequence[Subject], *, reason: str = "") -> None:
    """Add an entry for each of the things that one act was done to, in one statement."""
    if not subjects:
        return
    entries = [
        {
            "at": clock.now(),
            "actor_id": actor.id if actor is not None else None,
            "action": action,
            "subject_type": subject.type,
            "subject_id": subject.id,
            "subject_label": _fitting(subject.label, 200),
            "reason": _fitting(reason, 500),
            "details": subject.details,
        }
        for subject in subjects
    ]
    db.session.execute(insert(AuditEntry), entries)


def _fitting(text: str, length: int) -> str:
    # An act must not fail because its description is long.
    return text if len(text) <= length else text[: length - 1] + "…"
