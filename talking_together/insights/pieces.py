"""Which numbers of small groups may be shown, so that none can be worked out from its neighbours.

People are counted in *cells*: everybody with the same phase, organisation and staff groups. The cells
are gathered, once for all pages, into *pieces* of at least five people; whatever is shown is a sum of
whole pieces. A piece is a cell of its own, or a pool of cells of which one at least is too small. See
docs/adr/0017-no-number-of-fewer-than-five.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Of fewer people than this, a figure could be taken for one person's.
LEAST_GROUP = 5
# The levels of a cell's path: phase, organisation, staff groups.
DEPTH = 3

Path = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Cells that are only ever counted together; `pooled` when one of them at least is too small."""

    cells: tuple[Path, ...]
    size: int
    pooled: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A count as it may be shown: from `low` to `high`, or at least `low` of what is not `whole`."""

    low: int
    high: int
    whole: bool = True

    def plus(self, count: int) -> "Figure":
        """Return the figure with so many more, who are known."""
        return Figure(self.low + count, self.high + count, self.whole)


def pieces_of(sizes: Mapping[Path, int]) -> list[Piece]:
    """Return the pieces of some cells by how many people each holds; none of fewer than five in all."""
    cells = sorted(path for path, size in sizes.items() if size)
    if sum(sizes[path] for path in cells) < LEAST_GROUP:
        return []
    return list(_split((), cells, sizes))


def _split(scope: Path, cells: list[Path], sizes: Mapping[Path, int]) -> Iterator[Piece]:
    if len(scope) == DEPTH:
        yield _piece(cells, sizes, pooled=False)
        return
    parts: dict[Path, list[Path]] = {}
    for path in cells:
        parts.setdefault(path[: len(scope) + 1], []).append(path)
    size_of = {part: sum(sizes[path] for path in inside) for part, inside in parts.items()}
    pool = {part for part, size in size_of.items() if size < LEAST_GROUP}
    if pool:
        # Who is in no group is shown in no row, so keeping them apart serves nobody.
        pool |= {part for part in parts if part[len(scope) :] == ((),)}
        others = sorted((part for part in parts if part not in pool), key=lambda part: (size_of[part], part))
        while sum(size_of[part] for part in pool) < LEAST_GROUP:
            pool.add(others.pop(0))
        pooled = [path for part in sorted(pool) for path in parts[part]]
        yield _piece(pooled, sizes, pooled=True)
    for part, inside in parts.items():
        if part not in pool:
            yield from _split(part, inside, sizes)


def _piece(cells: list[Path], sizes: Mapping[Path, int], *, pooled: bool) -> Piece:
    return Piece(tuple(cells), sum(sizes[path] for path in cells), pooled)


def pieces_within(pieces: Iterable[Piece], cells: set[Path]) -> list[Piece]:
    """Return the pieces that lie whole within a row of cells."""
    return [piece for piece in pieces if cells.issuperset(piece.cells)]


def figure_of(
    found: Sequence[Piece], counts: Mapping[Path, int], *, size: int, guarded: bool
) -> Figure | None:
    """Return the count of a row of `size` people from the pieces within it, or None to show none.

    When `guarded`, a pool never tells that all of its people did something or that none did: it counts
    as from none to one, or as from all but one to all.
    """
    if not found:
        return None
    low = high = 0
    for piece in found:
        count = sum(counts[path] for path in piece.cells)
        if guarded and piece.pooled and count <= 1:
            high += 1
        elif guarded and piece.pooled and count >= piece.size - 1:
            low += piece.size - 1
            high += piece.size
        else:
            low += count
            high += count
    whole = sum(piece.size for piece in found) == size
    return Figure(low, high, whole) if whole or low else None
