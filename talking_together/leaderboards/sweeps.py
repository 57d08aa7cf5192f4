"""Background work on leaderboards: figures per head."""

from talking_together.core.commits import in_transaction
from talking_together.leaderboards.counting import count_board, due_boards
from talking_together.leaderboards.queries import leaderboards_on


def count_groups() -> int:
    """Count the figures per head of the boards that are due, each in a transaction; return how many.

    While leaderboards are off there is nobody to count for.
    """
    boards = in_transaction(lambda: due_boards() if leaderboards_on() else [])
    for board in boards:
        in_transaction(lambda board=board: count_board(board))  # type: ignore[misc]
    return len(boards)
