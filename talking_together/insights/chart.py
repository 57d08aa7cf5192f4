"""Where the lines, labels and ticks of the chart of days stand; the template draws them as SVG."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from talking_together.core.formatting import MONTHS
from talking_together.insights.days import Day
from talking_together.insights.participation import ACTIVITY, STEP_WORDS

# Room around the plot: for the numbers at its left, the dates below, half a label above.
LEFT, TOP, BOTTOM = 52, 14, 34
# From the end of a line to its label, and the room for each letter of a label.
LEAD, LETTER = 22, 8.5
# So far apart labels do not touch.
LABEL_GAP = 22
MOST_POINTS = 90


@dataclass(frozen=True, slots=True)
class Line:
    """One step: the points of its line, and the label at its end."""

    step: str
    points: str
    end_x: float
    end_y: float
    label_y: float
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis with its words."""

    at: float
    words: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of one size."""

    width: int
    height: int
    right: float
    bottom: float
    lines: list[Line]
    counts: list[Tick]
    dates: list[Tick]
    description: str


def chart_of(days: Sequence[Day], *, width: int, height: int, dates: int) -> Chart | None:
    """Return the chart of some days, or None when nothing has happened on them."""
    if not days or not any(days[-1].reached.values()):
        return None
    steps = [step for step in STEP_WORDS if step in days[-1].reached]
    words = {step: f"{STEP_WORDS[step]} {words_of(step, days[-1].reached[step])}" for step in steps}
    right = width - LEAD - LETTER * max(map(len, words.values()))
    bottom = height - BOTTOM
    # The day before the first, on which nothing had happened, is where the lines begin.
    span = len(days)
    most = _round_up(max(days[-1].reached.values()))

    def x_of(place: int) -> float:
        return round(LEFT + (right - LEFT) * place / span, 1)

    def y_of(count: int) -> float:
        return round(bottom - (bottom - TOP) * count / most, 1)

    shown = _places(span, MOST_POINTS)
    ends = {step: y_of(days[-1].reached[step]) for step in steps}
    labels = _spread(ends, TOP, bottom)
    lines = [
        Line(
            step,
            " ".join(
                f"{x_of(place):g},{y_of(days[place - 1].reached[step] if place else 0):g}" for place in shown
            ),
            x_of(span),
            ends[step],
            labels[step],
            words[step],
        )
        for step in steps
    ]
    return Chart(
        width=width,
        height=height,
        right=right,
        bottom=bottom,
        lines=lines,
        counts=[Tick(y_of(count), f"{count:,}") for count in _counts(most)],
        dates=_date_ticks(days[0].date - timedelta(days=1), span, dates, x_of),
        description=_description(days),
    )


def words_of(step: str, count: int) -> str:
    """Return the count of a step on a day as the chart and its table write it."""
    return f"{count:,}+" if step in ACTIVITY and count else f"{count:,}"


def _description(days: Sequence[Day]) -> str:
    last = days[-1]
    reached = "; ".join(
        f"{STEP_WORDS[step].lower()} {count:,}{' or more' if step in ACTIVITY and count else ''}"
        for step, count in last.reached.items()
    )
    return f"From {_long(days[0].date)} to {_long(last.date)}. By the last day: {reached}."


def _round_up(count: int) -> int:
    """Return the next number whose quarters read well: 4, 8, 12, 20, 40, 60, 80, 100, 120, 200 and so on."""
    ten = 1
    while True:
        for times in (1, 1.5, 2, 2.5, 3, 4, 5):
            quarter = times * ten
            if quarter == int(quarter) and count <= 4 * quarter:
                return int(4 * quarter)
        ten *= 10


def _counts(most: int) -> list[int]:
    return [most * quarter // 4 for quarter in range(5)]


def _places(last: int, most: int) -> list[int]:
    """Return up to so many places from 0 to the last, evenly spread, both ends among them."""
    count = min(last, most)
    return sorted({math.floor(last * step / count + 0.5) for step in range(count + 1)})


def _date_ticks(start: date, span: int, most: int, x_of: Callable[[int], float]) -> list[Tick]:
    places = _places(span, most - 1)
    return [
        Tick(
            x_of(place),
            _short(start + timedelta(days=place)),
            "start" if place == 0 else "end" if place == span else "middle",
        )
        for place in places
    ]


def _long(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _short(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def _spread(ends: dict[str, float], top: float, bottom: float) -> dict[str, float]:
    """Return where labels stand beside the ends of their lines without touching one another."""
    order = sorted(ends, key=lambda step: ends[step])
    placed: dict[str, float] = {}
    above = top - LABEL_GAP
    for step in order:
        above = max(ends[step], above + LABEL_GAP)
        placed[step] = above
    below = bottom + LABEL_GAP
    for step in reversed(order):
        below = min(placed[step], below - LABEL_GAP)
        placed[step] = below
    return placed
