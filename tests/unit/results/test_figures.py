"""Who took part is never told of fewer than five people."""

import itertools

import pytest

from talking_together.insights.pieces import LEAST_GROUP
from talking_together.results.figures import (
    figures_from,
    figures_of,
    organisations_in_words,
    people_in_words,
)

# From the smallest headcount to the largest.
NAMES = {3: "Charity", 4: "Practices", 2: "Council", 1: "Hospital"}


def shown(people: dict[int, int]) -> tuple[int | None, dict[str, int], int]:
    """Return what a page shows of the people of each organisation."""
    figures = figures_of(people, NAMES, ideas=1, comments=1, votes=1)
    return figures.people, {each.name: each.people for each in figures.organisations}, figures.others


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ({}, (None, {}, 0)),
        ({1: 4}, (None, {}, 0)),
        ({1: 2, 2: 2}, (None, {}, 0)),
        ({1: 5}, (5, {"Hospital": 5}, 0)),
        ({1: 3, 2: 2}, (5, {}, 5)),
        ({1: 9, 2: 6}, (15, {"Hospital": 9, "Council": 6}, 0)),
        # One person alone takes the next organisation along: its number would tell of them.
        ({1: 9, 2: 6, 3: 1}, (16, {"Hospital": 9}, 7)),
        # All of the largest small number: their sum would tell each of them.
        ({1: 9, 2: 6, 3: 4, 4: 4}, (23, {"Hospital": 9}, 14)),
        ({1: 9, 2: 6, 3: 3, 4: 2}, (20, {"Hospital": 9, "Council": 6}, 5)),
    ],
)
def test_what_is_told(people: dict[int, int], told: tuple[int | None, dict[str, int], int]) -> None:
    assert shown(people) == told


@pytest.mark.parametrize(("organisations", "most"), [(1, 17), (2, 17), (3, 17), (4, 17)])
def test_no_small_number_can_be_worked_out_from_what_is_shown(organisations: int, most: int) -> None:
    """Every world of small tables: those that look the same leave each small number open."""
    alike: dict[object, list[tuple[int, ...]]] = {}
    for world in itertools.product(range(most + 1), repeat=organisations):
        seen = shown({key: count for key, count in enumerate(world, start=1) if count})
        # A larger pool has worlds beyond those that are gone through here.
        if seen[2] <= most:
            alike.setdefault(repr(seen), []).append(world)
    for same in alike.values():
        for place in range(organisations):
            counts = {world[place] for world in same}
            told = next(iter(counts)) if len(counts) == 1 else 0
            assert not 0 < told < LEAST_GROUP, (same[0], place)


def test_numbers_come_back_as_they_were_kept() -> None:
    figures = figures_of({1: 9, 2: 6, 3: 1}, NAMES, ideas=3, comments=4, votes=5)
    assert figures_from(figures.kept()) == figures
    assert people_in_words(figures) == "16 people"
    assert organisations_in_words(figures) == [
        "Hospital: 9 people",
        "Other organisations together: 7 people",
    ]
    few = figures_of({1: 2}, NAMES, ideas=1, comments=0, votes=0)
    assert people_in_words(few) == "Fewer than 5 people"
    assert organisations_in_words(few) == []
