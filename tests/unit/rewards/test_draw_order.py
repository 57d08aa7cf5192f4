"""The order of a draw, from its seed."""

import hashlib

import pytest

from talking_together.rewards.draws.order import hash_of_numbers, in_order, in_ranges

SEED = "5f" * 32


def test_the_order_is_that_of_the_digests_and_changes_with_the_seed() -> None:
    numbers = range(1, 101)
    order = in_order(SEED, numbers)
    assert sorted(order) == list(numbers)
    digests = [hashlib.sha256(f"{SEED}:{number}".encode()).hexdigest() for number in order]
    assert digests == sorted(digests)
    assert in_order(SEED, reversed(numbers)) == order
    assert in_order("60" * 32, numbers) != order


def test_who_withdraws_changes_nothing_in_the_order_of_the_others() -> None:
    order = in_order(SEED, range(1, 51))
    assert in_order(SEED, set(range(1, 51)) - {7, 8}) == [each for each in order if each not in (7, 8)]


def test_each_number_comes_first_about_as_often() -> None:
    firsts = [in_order(hashlib.sha256(b"%d" % turn).hexdigest(), range(1, 5))[0] for turn in range(4_000)]
    assert all(900 < firsts.count(number) < 1_100 for number in range(1, 5))


def test_the_hash_of_the_numbers_is_of_their_list_in_ascending_order() -> None:
    assert hash_of_numbers([3, 1, 2]) == hashlib.sha256(b"1,2,3").hexdigest()
    assert hash_of_numbers([]) == hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize(
    ("numbers", "words"),
    [([], ""), ([4], "4"), ([4, 5], "4–5"), ([9, 1, 2, 3, 5], "1–3, 5, 9"), (range(1, 10_001), "1–10000")],
)
def test_numbers_that_follow_each_other_are_written_together(numbers: list[int], words: str) -> None:
    assert in_ranges(numbers) == words
