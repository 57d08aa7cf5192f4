"""Background work on votes: points that waited while counts were hidden."""

from talking_together.core.commits import in_transaction
from talking_together.votes import keeping_back


def enter_kept_back_points() -> int:
    """Enter the points of thumbs whose counts are now for everybody to see; return how many."""
    entered = 0
    while batch := in_transaction(keeping_back.enter_batch):
        entered += batch
    return entered
