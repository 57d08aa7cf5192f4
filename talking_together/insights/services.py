"""What is written when figures leave the site."""

from typing import Any

from talking_together.audit.services import record
from talking_together.core.access import Actor, ensure_role


def record_export(actor: Actor, *, what: str, phase: Any | None) -> None:
    """Note who downloaded which figures, of one phase or of all."""
    ensure_role(actor, "admin")
    record(
        actor,
        "participation exported",
        subject_type="phase" if phase else "site",
        subject_id=phase.id if phase else None,
        subject_label=phase.name if phase else "All phases",
        details={"what": what},
    )
