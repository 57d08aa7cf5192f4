"""What a merge says of votes: numbers, but none that tells of one person's vote."""

import re

import pytest

from talking_together.merging.words import FEW, shared_words, votes_in_words


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((0, 0, 0), "No votes moved to the kept idea. Nobody had voted on both."),
        ((3, 0, 0), "A few votes moved to the kept idea. Nobody had voted on both."),
        (
            (1112, 2, 2),
            (
                "1,112 votes moved to the kept idea. A few people had voted on both: their vote on the kept"
                " idea stands."
            ),
        ),
        (
            (112, 9, 3),
            (
                "112 votes moved to the kept idea. 9 people had voted on both: their vote on the kept idea"
                " stands (a few of them had voted differently on the other)."
            ),
        ),
        (
            (112, 12, 7),
            (
                "112 votes moved to the kept idea. 12 people had voted on both: their vote on the kept idea"
                " stands (7 of them had voted differently on the other)."
            ),
        ),
        (
            (112, 9, 8),
            (
                "112 votes moved to the kept idea. 9 people had voted on both: their vote on the kept idea"
                " stands (most of them had voted differently on the other)."
            ),
        ),
        (
            (5, 5, 0),
            (
                "5 votes moved to the kept idea. 5 people had voted on both: their vote on the kept idea"
                " stands, and all of them had voted the same way on the two."
            ),
        ),
    ],
)
def test_the_report_reads_well(counts: tuple[int, int, int], words: str) -> None:
    assert " ".join(votes_in_words(*counts, done=True)) == words


def test_no_number_under_five_is_told_nor_left_over() -> None:
    for on_both in range(20):
        for differing in range(on_both + 1):
            for moved in (0, 3, 7):
                text = " ".join(votes_in_words(moved, on_both, differing, done=False))
                numbers = [int(number) for number in re.findall(r"\d+", text)]
                assert all(number >= FEW for number in numbers)
                if f"({differing} of them" in text:
                    assert on_both - differing == 0 or on_both - differing >= FEW


def test_the_longest_shared_words_come_first() -> None:
    assert shared_words([["a", "ward", "checklist"], ["checklist", "of", "a", "ward"]]) == [
        "checklist",
        "ward",
        "a",
    ]
    assert shared_words([]) == []
