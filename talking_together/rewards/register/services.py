"""Noting who took the register of gifts as a file."""

from collections.abc import Mapping

from talking_together.audit.services import record
from talking_together.core.access import Actor, ensure_role
from talking_together.core.errors import InvalidInput
from talking_together.rewards.register.exports import MOST_IN_WORKBOOK


def record_export(actor: Actor, *, format: str, chosen: Mapping[str, str], gifts: int) -> None:
    """Note who downloaded which gifts; InvalidInput for more than a workbook can be made of."""
    ensure_role(actor, "admin")
    if format == "xlsx" and gifts > MOST_IN_WORKBOOK:
        raise InvalidInput(
            f"These are {gifts:,} gifts, and a workbook holds {MOST_IN_WORKBOOK:,} at most. Choose a tax "
            "year, or download the CSV file."
        )
    record(
        actor,
        "register of gifts exported",
        subject_type="site",
        subject_id=None,
        subject_label="Register of gifts",
        details={"format": format, "gifts": gifts, "filters": dict(chosen)},
    )
