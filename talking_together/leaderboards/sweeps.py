"""Background work on leaderboards: the totals that they show, and figures per head."""

from collections.abc import Callable

from talking_together.core.commits import each_in_transaction, in_transaction
from talking_together.leaderboards import counting


def count_boards() -> int:
    """Bring boards to the totals of the last midnight, if they are not; return how many were counted.

    While leaderboards are off there is nobody to count for.
    """
    return _count(counting.show_totals)


def count_boards_now() -> int:
    """Bring boards to the totals of this moment; return how many were counted."""
    return _count(counting.show_totals_now)


def _count(show: Callable[[], bool]) -> int:
    in_transaction(show)
    boards = in_transaction(counting.boards_to_count)
    # Each in a transaction of its own, so that no board waits for another.
    return sum(each_in_transaction(counting.count_board, boards))
