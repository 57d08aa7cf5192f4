"""Background work on points: the weeks of those whose names are hidden."""

from talking_together.core.commits import in_transaction
from talking_together.points import held


def enter_weeks_of_hidden_names() -> int:
    """Enter what hidden names earned in weeks that are over; return for how many members."""
    entered = 0
    while batch := in_transaction(held.enter_batch):
        entered += batch
    return entered
