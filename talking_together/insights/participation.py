"""The tables of participation, made from cells so that no number tells of fewer than five people."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from talking_together.insights.pieces import LEAST_GROUP, Figure, Path, figure_of, pieces_of, pieces_within
from talking_together.insights.queries import BY_CODE, STEPS, Cell

# How far the invitation came, and what the member did since.
REACH, ACTIVITY = STEPS[:3], STEPS[3:]
STEP_WORDS = {
    "delivered": "Delivered",
    "opened": "Opened",
    "joined": "Joined",
    "voted": "First vote",
    "wrote": "First idea",
}


@dataclass(frozen=True, slots=True)
class Row:
    """How far the people of a phase, organisation or group have come; None is a number not shown.

    `base` is what shares are taken of; `by_code` counts those of the joined who had no invitation.
    """

    name: str
    invited: int
    by_code: int
    base: int
    figures: dict[str, Figure | None]
    id: int | None = None
    headcount: int | None = None

    def share(self, step: str) -> str:
        """Return a step's share in words, "41%" or "41 to 42%", or nothing where there is none."""
        figure = self.figures[step]
        if figure is None or self.base < LEAST_GROUP:
            return ""
        low, high = (_percent(count, self.base) for count in (figure.low, figure.high))
        return f"{low}%" if low == high or not figure.whole else f"{low} to {high}%"

    def words(self, step: str) -> str:
        """Return a step's number in words: "41", "41 or 42", "at least 41"; nothing for none shown."""
        figure = self.figures[step]
        if figure is None:
            return ""
        if not figure.whole:
            return f"at least {figure.low:,}"
        if figure.low == figure.high:
            return f"{figure.low:,}"
        return f"{figure.low:,} {'or' if figure.high == figure.low + 1 else 'to'} {figure.high:,}"

    @property
    def is_hidden(self) -> bool:
        """Return whether none of its numbers may be shown."""
        return not any(self.figures.values())


@dataclass(frozen=True, slots=True)
class Tables:
    """What a page of participation shows, beside the chart."""

    total: Row
    phases: list[Row]
    organisations: list[Row]
    groups: list[Row]


class Census:
    """Everybody who was invited or joined with a team's code, gathered into cells and pieces."""

    def __init__(self, invited: Iterable[Cell], by_code: Iterable[Cell]) -> None:
        invited, by_code = list(invited), list(by_code)
        self.place_of = _places(invited)
        self.invited: Counter[Path] = Counter()
        self.reach: dict[str, Counter[Path]] = {step: Counter() for step in REACH}
        self.members: Counter[Path] = Counter()
        self.by_code: Counter[Path] = Counter()
        self.activity: dict[str, Counter[Path]] = {step: Counter() for step in ACTIVITY}
        for cell in invited:
            path: Path = (self.place_of(cell.phase_id, cell.again), cell.organisation_id, cell.group_ids)
            self.invited[path] += cell.invited
            for step in REACH:
                self.reach[step][path] += getattr(cell, step)
        for cell in (*invited, *by_code):
            # Nobody joins twice, so those who joined count in one phase whatever page they stand on.
            path = ((cell.phase_id, False), cell.organisation_id, cell.group_ids)
            self.members[path] += cell.joined
            if cell.phase_id == BY_CODE:
                self.by_code[path] += cell.joined
            for step in ACTIVITY:
                self.activity[step][path] += getattr(cell, step)
        self.cells = self.invited.keys() | self.members.keys()
        self.reach_pieces = pieces_of(self.invited)
        self.activity_pieces = pieces_of(self.members)

    def of_phase(self, phase_id: int) -> set[Path]:
        """Return the cells of one phase."""
        return {cell for cell in self.cells if cell[0][0] == phase_id}

    def of_all(self) -> set[Path]:
        """Return the cells in which everybody stands once."""
        return {cell for cell in self.cells if not cell[0][1]}

    def row(self, name: str, inside: set[Path], **more: Any) -> Row:
        """Return the row of some cells."""
        invited, by_code = _sum(self.invited, inside), _sum(self.by_code, inside)
        figures = self._reach(inside, invited, by_code)
        if figures["joined"] == Figure(0, 0):
            figures |= dict.fromkeys(ACTIVITY, figures["joined"])
        else:
            figures |= self._activity(inside)
        headcount = more.get("headcount")
        base = invited + by_code if headcount is None else headcount
        return Row(name=name, invited=invited, by_code=by_code, base=base, figures=figures, **more)

    def _reach(self, inside: set[Path], invited: int, by_code: int) -> dict[str, Figure | None]:
        found = pieces_within(self.reach_pieces, inside)
        figures = {
            step: figure_of(found, counts, size=invited, guarded=False) for step, counts in self.reach.items()
        }
        if figures["joined"]:
            figures["joined"] = figures["joined"].plus(by_code)
        elif not invited and by_code >= LEAST_GROUP:
            figures["joined"] = Figure(by_code, by_code)
        return figures

    def _activity(self, inside: set[Path]) -> dict[str, Figure | None]:
        found, members = pieces_within(self.activity_pieces, inside), _sum(self.members, inside)
        return {
            step: figure_of(found, counts, size=members, guarded=True)
            for step, counts in self.activity.items()
        }

    def least_activity(self, phase_id: int) -> dict[str, int]:
        """Return the least number shown of each step of a phase's members, or nothing to show none."""
        inside = self.of_phase(phase_id)
        whole = (step for step in self._activity(inside).items() if step[1] and step[1].whole)
        return {step: figure.low for step, figure in whole if figure}


def tables_of_all(
    census: Census, phases: Sequence[Any], organisations: Sequence[Any], groups: Sequence[Any]
) -> Tables:
    """Return the tables over all phases; who was invited twice counts where they were invited last."""
    inside = census.of_all()
    return Tables(
        total=census.row("All phases", inside),
        phases=_phases(census, phases),
        organisations=_organisations(census, organisations, inside),
        groups=_groups(census, groups, inside),
    )


def tables_of_phase(
    census: Census, phase: Any, organisations: Sequence[Any], groups: Sequence[Any]
) -> Tables:
    """Return the tables of one phase."""
    inside = census.of_phase(phase.id)
    return Tables(
        total=census.row("Whole phase", inside),
        phases=[],
        organisations=_organisations(census, organisations, inside),
        groups=_groups(census, groups, inside),
    )


def _phases(census: Census, phases: Sequence[Any]) -> list[Row]:
    rows = [census.row(phase.name, census.of_phase(phase.id), id=phase.id) for phase in phases]
    return [row for row in rows if row.invited]


def _organisations(census: Census, organisations: Sequence[Any], inside: set[Path]) -> list[Row]:
    cells: defaultdict[int, set[Path]] = defaultdict(set)
    for cell in inside:
        cells[cell[1]].add(cell)
    rows = [
        census.row(each.name, cells[each.id], id=each.id, headcount=each.headcount) for each in organisations
    ]
    return [row for row in rows if row.invited or row.by_code]


def _groups(census: Census, groups: Sequence[Any], inside: set[Path]) -> list[Row]:
    cells: defaultdict[int, set[Path]] = defaultdict(set)
    for cell in inside:
        for group_id in cell[2]:
            cells[group_id].add(cell)
    rows = [census.row(each.name, cells[each.id], id=each.id) for each in groups]
    return [row for row in rows if row.invited or row.by_code]


def _percent(count: int, base: int) -> str:
    share = 100 * count / base
    if 0 < share < 1:
        return "under 1"
    return "over 99" if 99 < share < 100 else f"{round(share)}"


def _sum(counts: Counter[Path], inside: set[Path]) -> int:
    return sum(counts[path] for path in inside)


def _places(cells: list[Cell]) -> Callable[[int, bool], tuple[int, bool]]:
    """Return the function from a phase, and whether its people were invited anew, to a cell's place.

    The two kinds of a phase are kept apart only when neither is fewer than five people.
    """
    sizes: Counter[tuple[int, bool]] = Counter()
    for cell in cells:
        sizes[cell.phase_id, cell.again] += cell.invited
    few_again = {phase for (phase, again), size in sizes.items() if again and size < LEAST_GROUP}
    few_else = {phase for (phase, again), size in sizes.items() if not again and size < LEAST_GROUP}

    def place_of(phase_id: int, again: bool) -> tuple[int, bool]:
        if phase_id in few_again:
            return phase_id, False
        if phase_id in few_else and (phase_id, True) in sizes:
            return phase_id, True
        return phase_id, again

    return place_of
