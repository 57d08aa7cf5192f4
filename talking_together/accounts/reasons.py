"""Why an act of power was done: asked for every time, and kept in the audit log."""

from talking_together.core.errors import InvalidInput

MAX_REASON = 500


def given_reason(reason: str) -> str:
    """Return the reason without white space at its ends; InvalidInput when none is given."""
    reason = reason.strip()
    if not reason:
        raise InvalidInput("Say why; it is kept in the audit log", field="reason")
    if len(reason) > MAX_REASON:
        raise InvalidInput(f"Reason must be {MAX_REASON} characters or fewer", field="reason")
    return reason
