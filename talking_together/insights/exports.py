"""The tables of participation as files: the same numbers as on the page, and no others."""

from collections.abc import Iterator, Sequence
from typing import Any

from talking_together.insights.days import Day
from talking_together.insights.participation import ACTIVITY, REACH, STEP_WORDS, Row, Tables

NOT_SHOWN = "not shown"

FIGURES_HEADINGS = (
    "Kind",
    "Name",
    "Headcount",
    "Invited",
    *(words for step in STEP_WORDS for words in (STEP_WORDS[step], f"{STEP_WORDS[step]}, share")),
    "Joined by a team's code",
)
DAYS_HEADINGS = (
    "Date",
    *(STEP_WORDS[step] for step in REACH),
    *(f"{STEP_WORDS[step]}, in whole fives" for step in ACTIVITY),
)


def figures_of(tables: Tables) -> Iterator[Sequence[Any]]:
    """Yield the rows of the tables, the total first."""
    yield _line("Total", tables.total)
    for kind, rows in (
        ("Phase", tables.phases),
        ("Organisation", tables.organisations),
        ("Staff group", tables.groups),
    ):
        for row in rows:
            yield _line(kind, row)


def days_of(days: Sequence[Day]) -> Iterator[Sequence[Any]]:
    """Yield a row for each day."""
    for day in days:
        yield (day.date, *(day.reached.get(step, NOT_SHOWN) for step in STEP_WORDS))


def _line(kind: str, row: Row) -> Sequence[Any]:
    cells: list[Any] = [kind, row.name, row.headcount, row.invited]
    for step in STEP_WORDS:
        figure = row.figures[step]
        exact = figure is not None and figure.whole and figure.low == figure.high
        cells.append(figure.low if figure and exact else row.words(step) or NOT_SHOWN)
        cells.append(row.share(step))
    return [*cells, row.by_code]
