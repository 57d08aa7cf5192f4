"""The rankings that there are, each by its key: all time, one for each month, one for each challenge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from talking_together.core import clock
from talking_together.core.formatting import MONTHS, WEEKDAYS, moment

ALL, MONTH, CHALLENGE = "all", "month", "challenge"
KINDS = (MONTH, ALL, CHALLENGE)
# After these, a night is no longer known by its weekday.
_WITHIN_A_WEEK = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Board:
    """A ranking: its kind, its key in `point_totals`, and what it is called."""

    kind: str
    key: str
    title: str


ALL_TIME = Board(ALL, ALL, "All time")


def month_of(day: date) -> str:
    """Return the month of a day, as in "2026-11"."""
    return f"{day:%Y-%m}"


def month_words(month: str) -> str:
    """Return a month in words, as in "November 2026"."""
    year, number = month.split("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def months_between(first: str, last: str) -> list[str]:
    """Return the months from the first to the last, the last first; at least the last."""
    year, number = (int(part) for part in last.split("-"))
    months = [last]
    while months[-1] > first:
        year, number = (year, number - 1) if number > 1 else (year - 1, 12)
        months.append(f"{year:04d}-{number:02d}")
    return months


def month_board(month: str) -> Board:
    """Return the board of a month."""
    return Board(MONTH, f"{MONTH}:{month}", month_words(month))


def challenge_board(challenge_id: int, title: str) -> Board:
    """Return the board of a challenge."""
    return Board(CHALLENGE, f"{CHALLENGE}:{challenge_id}", title)


def as_of_words(at: datetime) -> str:
    """Return when boards were brought to the totals: "Wednesday night", or the moment if much later."""
    local = clock.to_london(at)
    if local.hour or clock.now() - at > _WITHIN_A_WEEK:
        return moment(at)
    return f"{WEEKDAYS[(local.weekday() - 1) % 7]} night"


def shared_ranks(scores: Sequence[Any], first: int = 1) -> list[int]:
    """Return the rank of each score in a falling list: equal scores share the best of theirs."""
    ranks: list[int] = []
    for place, score in enumerate(scores):
        ranks.append(ranks[-1] if place and score == scores[place - 1] else first + place)
    return ranks
