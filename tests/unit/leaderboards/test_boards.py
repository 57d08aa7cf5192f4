"""Places on a board, and the months that there are boards of."""

import pytest

from talking_together.leaderboards.boards import month_board, months_between, shared_ranks


@pytest.mark.parametrize(
    ("scores", "ranks"),
    [
        ([], []),
        ([9], [1]),
        ([9, 7, 5], [1, 2, 3]),
        ([9, 9, 5], [1, 1, 3]),
        ([9, 7, 7, 7, 5], [1, 2, 2, 2, 5]),
        ([0, 0, 0], [1, 1, 1]),
    ],
)
def test_equal_scores_share_the_best_of_their_places(scores: list[int], ranks: list[int]) -> None:
    assert shared_ranks(scores) == ranks


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2026-11", "2026-11", ["2026-11"]),
        ("2026-11", "2027-02", ["2027-02", "2027-01", "2026-12", "2026-11"]),
        # A clock that was set back leaves a month that is to come: the present one is there still.
        ("2027-01", "2026-11", ["2026-11"]),
    ],
)
def test_months_are_listed_the_last_first(first: str, last: str, months: list[str]) -> None:
    assert months_between(first, last) == months


def test_a_month_is_named_in_words() -> None:
    assert month_board("2026-03").title == "March 2026"
