"""What may be shown of small groups, attacked by trying every world that would look the same."""

import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import pytest

from talking_together.insights.pieces import LEAST_GROUP, Figure, Path, figure_of, pieces_of, pieces_within

Row = Callable[[Path], bool]
EVERYTHING = "everything"


def rows_of(cells: Iterable[Path]) -> dict[str, Row]:
    """Return every row of every page."""
    cells = list(cells)
    rows: dict[str, Row] = {EVERYTHING: lambda _cell: True}
    phases: list[int | None] = [None, *{cell[0] for cell in cells}]
    for phase in phases[1:]:
        rows[f"phase {phase}"] = partial(lies_in, phase=phase)
    for phase, organisation in itertools.product(phases, {cell[1] for cell in cells}):
        rows[f"organisation {organisation} in {phase}"] = partial(
            lies_in, phase=phase, organisation=organisation
        )
    for phase, group in itertools.product(phases, {group for cell in cells for group in cell[2]}):
        rows[f"group {group} in {phase}"] = partial(lies_in, phase=phase, group=group)
    return rows


def lies_in(
    cell: Path, *, phase: int | None = None, organisation: str | None = None, group: int | None = None
) -> bool:
    """Return whether a cell lies in a row."""
    return (
        phase in (None, cell[0]) and organisation in (None, cell[1]) and (group is None or group in cell[2])
    )


def size_of(row: Row, sizes: dict[Path, int]) -> int:
    """Return how many people a row holds."""
    return sum(size for cell, size in sizes.items() if row(cell))


def shown(sizes: dict[Path, int], counts: dict[Path, int], *, guarded: bool) -> dict[str, Figure | None]:
    """Return all that all pages show: whoever attacks knows the rule as well as we do."""
    pieces = pieces_of(sizes)
    figures = {}
    for name, row in rows_of(sizes).items():
        found = pieces_within(pieces, set(filter(row, sizes)))
        figures[name] = figure_of(found, counts, size=size_of(row, sizes), guarded=guarded)
    return figures


def small_worlds(count: int) -> Iterator[dict[Path, int]]:
    """Yield tables of few people, many of them in cells of their own."""
    draw = random.Random(17)  # noqa: S311 - drawn again the same
    while count:
        sizes: dict[Path, int] = {}
        for _ in range(draw.randint(2, 6)):
            groups = tuple(sorted(draw.sample((7, 8, 9), draw.randint(0, 2))))
            cell = (draw.randint(1, 2), draw.choice("AB"), groups)
            sizes[cell] = draw.choice((1, 1, 2, 3, 4, 5, 6, 9))
        if len(sizes) > 1 and sum(sizes.values()) <= 22:
            count -= 1
            yield sizes


def worlds_like(sizes: dict[Path, int], counts: dict[Path, int], *, guarded: bool) -> list[dict[Path, int]]:
    """Return every way in which it could be, given all that is shown."""
    seen = shown(sizes, counts, guarded=guarded)
    cells = list(sizes)
    return [
        world
        for values in itertools.product(*(range(sizes[cell] + 1) for cell in cells))
        if shown(sizes, world := dict(zip(cells, values, strict=True)), guarded=guarded) == seen
    ]


@pytest.mark.parametrize("chance", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_nobody_can_work_out_what_a_small_group_did(chance: float) -> None:
    for sizes in small_worlds(60):
        attack(sizes, chance)


def attack(sizes: dict[Path, int], chance: float) -> None:
    """Fail when all that is shown leaves but one possibility for a row of fewer than five people."""
    draw = random.Random(str(sizes))  # noqa: S311 - drawn again the same
    counts = {cell: sum(draw.random() < chance for _ in range(size)) for cell, size in sizes.items()}
    worlds = worlds_like(sizes, counts, guarded=True)
    assert counts in worlds
    for name, inside in rows_of(sizes).items():
        if 0 < size_of(inside, sizes) < LEAST_GROUP:
            possible = {sum(world[cell] for cell in sizes if inside(cell)) for world in worlds}
            assert len(possible) > 1, f"{name} of {sizes} can only be {possible}"


def test_without_the_guard_only_a_pool_of_all_or_none_gives_way() -> None:
    for sizes in small_worlds(60):
        attack_without_guard(sizes)


def attack_without_guard(sizes: dict[Path, int]) -> None:
    """Fail when a row of fewer than five people is told by more than a pool of all or none."""
    draw = random.Random(str(sizes))  # noqa: S311 - drawn again the same
    counts = {cell: draw.randint(0, size) for cell, size in sizes.items()}
    telling = {
        cell
        for piece in pieces_of(sizes)
        if piece.pooled and sum(counts[cell] for cell in piece.cells) in (0, piece.size)
        for cell in piece.cells
    }
    worlds = worlds_like(sizes, counts, guarded=False)
    for name, inside in rows_of(sizes).items():
        cells = [cell for cell in sizes if inside(cell)]
        if 0 < size_of(inside, sizes) < LEAST_GROUP and not telling & set(cells):
            possible = {sum(world[cell] for cell in cells) for world in worlds}
            assert len(possible) > 1, f"{name} of {sizes} can only be {possible}"


def test_pieces_hold_everybody_once_and_five_at_least() -> None:
    for sizes in small_worlds(200):
        pieces = pieces_of(sizes)
        everybody = sorted(sizes) if sum(sizes.values()) >= LEAST_GROUP else []
        assert sorted(cell for piece in pieces for cell in piece.cells) == everybody
        assert all(piece.size >= LEAST_GROUP for piece in pieces)


def test_no_row_of_fewer_than_five_is_shown() -> None:
    for sizes in small_worlds(200):
        counts = {cell: size // 2 for cell, size in sizes.items()}
        figures = shown(sizes, counts, guarded=True)
        for name, inside in rows_of(sizes).items():
            if size_of(inside, sizes) < LEAST_GROUP:
                assert figures[name] is None


def test_one_hidden_row_takes_the_next_smallest_with_it() -> None:
    sizes: dict[Path, int] = {(1, "A", ()): 3, (1, "B", ()): 8, (1, "C", ()): 30}
    figures = shown(sizes, {(1, "A", ()): 1, (1, "B", ()): 4, (1, "C", ()): 10}, guarded=True)
    assert figures["organisation A in 1"] is None
    assert figures["organisation B in 1"] is None
    assert figures["organisation C in 1"] == Figure(10, 10)
    assert figures[EVERYTHING] == Figure(15, 15)


def test_two_hidden_rows_of_five_together_hide_enough() -> None:
    sizes: dict[Path, int] = {(1, "A", ()): 3, (1, "B", ()): 2, (1, "C", ()): 30}
    figures = shown(sizes, dict.fromkeys(sizes, 1), guarded=True)
    assert figures["organisation C in 1"] == Figure(1, 1)
    assert figures[EVERYTHING] == Figure(3, 3)


@pytest.mark.parametrize(("count", "total"), [(0, Figure(10, 11)), (1, Figure(10, 11)), (2, Figure(12, 12))])
def test_a_pool_does_not_tell_that_nobody_did(count: int, total: Figure) -> None:
    sizes: dict[Path, int] = {(1, "A", ()): 3, (1, "B", ()): 4, (1, "C", ()): 30}
    counts: dict[Path, int] = {(1, "A", ()): count, (1, "B", ()): 0, (1, "C", ()): 10}
    assert shown(sizes, counts, guarded=True)[EVERYTHING] == total


def test_what_stands_in_a_pool_makes_a_larger_sum_a_least_one() -> None:
    sizes: dict[Path, int] = {(1, "A", ()): 20, (2, "A", ()): 2, (2, "B", ()): 9}
    figures = shown(sizes, dict.fromkeys(sizes, 2), guarded=True)
    assert figures["organisation A in None"] == Figure(2, 2, whole=False)
    assert figures["organisation A in 1"] == Figure(2, 2)
