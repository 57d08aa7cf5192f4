"""The days of members and the table of their phase, attacked together."""

import itertools
import random
from collections.abc import Iterator
from functools import partial

import pytest

from talking_together.insights.days import in_fives
from talking_together.insights.pieces import LEAST_GROUP, Path, figure_of, pieces_of, pieces_within

DAYS = (1, 2)
# How many people of an organisation joined on each day.
Joined = dict[tuple[str, int], int]
# How many of those cast their first vote on each day.
Votes = dict[tuple[str, int], tuple[int, int]]


def small_phases(count: int) -> Iterator[Joined]:
    """Yield phases of few members, of whom some stand in an organisation of fewer than five."""
    draw = random.Random(5)  # noqa: S311 - drawn again the same
    while count:
        joined = {(name, day): draw.randint(0, 4) for name in "ABC"[: draw.randint(2, 3)] for day in DAYS}
        sizes = sizes_of(joined)
        if LEAST_GROUP <= sum(sizes.values()) <= 14 and min(sizes.values()) in range(1, LEAST_GROUP):
            count -= 1
            yield joined


def sizes_of(joined: Joined) -> dict[Path, int]:
    """Return the cells of a phase."""
    return {(1, name, ()): sum(joined[name, day] for day in DAYS) for name, _day in joined}


def ways_to_vote(people: int, day: int) -> list[tuple[int, int]]:
    """Return how many may first vote on each day of those who joined on one: nobody votes before."""
    both = itertools.product(range(people + 1 if day == 1 else 1), range(people + 1))
    return [votes for votes in both if sum(votes) <= people]


def shown(joined: Joined, votes: Votes) -> tuple[object, ...]:
    """Return what the table and the chart show of the votes."""
    sizes = sizes_of(joined)
    counts: dict[Path, int] = {
        cell: sum(sum(votes[cell[1], day]) for day in DAYS if (cell[1], day) in votes) for cell in sizes
    }
    pieces = pieces_of(sizes)
    rows = [set(sizes), *({cell} for cell in sizes)]
    table = [
        figure_of(pieces_within(pieces, row), counts, size=sum(map(sizes.get, row)), guarded=True)  # type: ignore[arg-type]
        for row in rows
    ]
    chart = [
        in_fives(
            sum(sum(cast[:day]) for cast in votes.values()),
            sum(people for (_name, since), people in joined.items() if since <= day),
            table[0].low if table[0] else 0,
        )
        for day in DAYS
    ]
    return (*table, *chart)


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_the_chart_helps_nobody_to_work_out_what_the_table_hides(chance: float) -> None:
    for joined in small_phases(20):
        draw = random.Random(str(joined))  # noqa: S311 - drawn again the same
        ways = [ways_to_vote(people, day) for (_name, day), people in joined.items()]
        votes = [
            way[min(int(len(way) * chance), len(way) - 1)] if chance != 0.5 else draw.choice(way)
            for way in ways
        ]
        seen = shown(joined, dict(zip(joined, votes, strict=True)))
        like_it = partial(shown, joined)
        possible: dict[str, set[int]] = {}
        for world in itertools.product(*ways):
            cast = dict(zip(joined, world, strict=True))
            if like_it(cast) == seen:
                for name, _day in joined:
                    count = sum(sum(cast[name, day]) for day in DAYS)
                    possible.setdefault(name, set()).add(count)
        for (_phase, name, _groups), size in sizes_of(joined).items():
            if size < LEAST_GROUP:
                assert len(possible[name]) > 1, f"{name} of {joined} can only be {possible[name]}"
