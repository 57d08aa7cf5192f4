"""How participation grew, day by day."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from talking_together.core.formatting import MONTHS, WEEKDAYS
from talking_together.insights.participation import ACTIVITY, REACH, Census
from talking_together.insights.pieces import LEAST_GROUP

# Phase, whether its people were invited anew, step, day, how many people.
Steps = Iterable[tuple[int, bool, str, date, int]]


@dataclass(frozen=True, slots=True)
class Day:
    """How many had come to each step by the end of a day in London.

    The steps of a member are counted in whole fives; a step that must not be shown is missing.
    """

    date: date
    reached: dict[str, int]

    @property
    def words(self) -> str:
        """Return the day in words: "Friday 28 November 2025"."""
        return (
            f"{WEEKDAYS[self.date.weekday()]} {self.date.day} {MONTHS[self.date.month - 1]} {self.date.year}"
        )


def in_fives(count: int, members: int, least: int) -> int:
    """Return a count in whole fives, of so many members so far and the least number in the table.

    Never one that only all of them could make, nor one that leaves nothing to who joined later; and
    nothing is told of the number that the table does not tell.
    """
    return max(0, min(count, members - 2, least - 1)) // LEAST_GROUP * LEAST_GROUP


def days_of_all(census: Census, steps: Steps) -> list[Day]:
    """Return the days of all phases together."""
    return _days(census, steps, lambda _phase, again: not again)


def days_of_phase(census: Census, steps: Steps, phase_id: int) -> list[Day]:
    """Return the days of one phase."""
    return _days(census, steps, lambda phase, _again: phase == phase_id)


def _days(census: Census, steps: Steps, belongs: Callable[[int, bool], bool]) -> list[Day]:
    taken: defaultdict[date, Counter[tuple[int, str]]] = defaultdict(Counter)
    for phase_id, again, step, day, people in steps:
        if belongs(*census.place_of(phase_id, again)):
            taken[day][phase_id, step] += people
    if not taken:
        return []
    phases = {phase for day in taken.values() for phase, _step in day}
    told = {phase: least for phase in phases if (least := census.least_activity(phase))}
    so_far: Counter[tuple[int, str]] = Counter()
    days = []
    first, last = min(taken), max(taken)
    for place in range((last - first).days + 1):
        day = first + timedelta(days=place)
        so_far.update(taken.get(day, Counter()))
        days.append(Day(day, _reached(so_far, told)))
    # On which day the last vote came is not told either, unless it shows.
    while len(days) > 1 and days[-1].reached == days[-2].reached:
        days.pop()
    return days


def _reached(so_far: Counter[tuple[int, str]], told: dict[int, dict[str, int]]) -> dict[str, int]:
    reached = {
        step: sum(people for (_phase, taken), people in so_far.items() if taken == step) for step in REACH
    }
    if told:
        for step in ACTIVITY:
            reached[step] = sum(
                in_fives(so_far[phase, step], so_far[phase, "joined"], least[step])
                for phase, least in told.items()
            )
    return reached


def changed(days: list[Day]) -> list[Day]:
    """Return the days on which something happened."""
    return [day for place, day in enumerate(days) if not place or day.reached != days[place - 1].reached]
