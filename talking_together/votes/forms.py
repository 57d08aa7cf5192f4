"""What a press of a thumb sends."""

from collections.abc import Sequence

from talking_together.core.errors import InvalidInput
from talking_together.votes.changes import VALUES

_VALUE_OF = {str(value): value for value in VALUES}


def sent_value(values: Sequence[str]) -> int:
    """Return the value sent, which must be exactly "1", "-1" or "0", once."""
    if len(values) != 1 or values[0] not in _VALUE_OF:
        raise InvalidInput("A vote is a thumb up (1), a thumb down (-1) or none (0).")
    return _VALUE_OF[values[0]]
