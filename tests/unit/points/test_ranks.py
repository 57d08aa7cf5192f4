"""Places on a leaderboard."""

import pytest

from talking_together.points.leaderboard import _shared_ranks


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
    assert _shared_ranks(scores) == ranks
