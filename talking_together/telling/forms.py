"""The buttons of following."""

from collections.abc import Sequence

from talking_together.core.errors import InvalidInput


def sent_choice(values: Sequence[str]) -> bool:
    """Return whether the button that was pressed says to follow; InvalidInput for anything else."""
    if list(values) not in (["1"], ["0"]):
        raise InvalidInput("Load the page again and press the button once more.")
    return values[0] == "1"
