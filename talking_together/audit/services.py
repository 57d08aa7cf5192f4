"""Writing down acts of power."""

from typing import Any

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
    db.session.execute(
        insert(AuditEntry).values(
            at=clock.now(),
            actor_id=actor.id if actor is not None else None,
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            subject_label=_fitting(subject_label, 200),
            reason=_fitting(reason, 500),
            details=details or {},
        )
    )


def _fitting(text: str, length: int) -> str:
    # An act must not fail because its description is long.
    return text if len(text) <= length else text[: length - 1] + "…"
