"""The order of a draw, which anybody can find again from its seed: docs/draws.md says how and why."""

import hashlib
from collections.abc import Iterable


def digest_of(seed: str, number: int) -> str:
    """Return what decides the place of a number: the SHA-256 of the seed, a colon and the number."""
    return hashlib.sha256(f"{seed}:{number}".encode("ascii")).hexdigest()


def in_order(seed: str, numbers: Iterable[int]) -> list[int]:
    """Return the numbers as they are drawn, the smallest digest first."""
    return sorted(numbers, key=lambda number: digest_of(seed, number))


def hash_of_numbers(numbers: Iterable[int]) -> str:
    """Return the SHA-256 of a list of numbers, written in ascending order with commas between."""
    return hashlib.sha256(",".join(map(str, sorted(numbers))).encode("ascii")).hexdigest()


def in_ranges(numbers: Iterable[int]) -> str:
    """Return numbers in words, those that follow each other together: "17, 40–43"."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1][1:] = [number]
        else:
            ranges.append([number])
    return ", ".join("–".join(map(str, ends)) for ends in ranges)
