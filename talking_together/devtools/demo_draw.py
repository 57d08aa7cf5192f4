"""Drawing who voted what and when, the same for every load."""

import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from talking_together.core import clock

# How much of a working day's voting falls into each hour: before work, at lunch, in the evening.
_HOURS = {
    6: 1, 7: 4, 8: 6, 9: 4, 10: 4, 11: 3, 12: 9, 13: 8, 14: 3, 15: 3, 16: 4, 17: 5, 18: 3, 19: 5,
    20: 6, 21: 4, 22: 2,
}  # fmt: skip
_TRIES = 12


@dataclass(frozen=True, slots=True)
class Voter:
    """Someone who could vote, and between which moments."""

    key: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class DrawnVote:
    """A thumb up (1) or down (-1) at a moment."""

    key: str
    value: int
    at: datetime


def draw_votes(name: str, voters: Iterable[Voter], *, reach: float, appeal: float) -> Iterator[DrawnVote]:
    """Draw the share `reach` of the voters, of whom the share `appeal` put their thumb up."""
    rng = random.Random(f"votes on {name}")
    able = [voter for voter in voters if voter.since < voter.until]
    count = _rounded(rng, reach * len(able))
    chosen = sorted(able, key=lambda voter: rng.random() ** (1 / _keenness(voter.key)), reverse=True)[:count]
    ups = round(appeal * len(chosen))
    values = [1] * ups + [-1] * (len(chosen) - ups)
    rng.shuffle(values)
    for voter, value in zip(chosen, values, strict=True):
        yield DrawnVote(voter.key, value, draw_moment(rng, voter.since, voter.until))


def draw_moment(rng: random.Random, since: datetime, until: datetime) -> datetime:
    """Draw a moment between two, sooner rather than later and at an hour when people are up."""
    for _ in range(_TRIES):
        day = clock.to_london(since + (until - since) * rng.betavariate(1, 3))
        (hour,) = rng.choices(list(_HOURS), list(_HOURS.values()))
        at = clock.from_london(
            day.replace(
                hour=hour, minute=rng.randrange(60), second=rng.randrange(60), microsecond=0, tzinfo=None
            )
        )
        if since < at < until:
            return at
    return since + (until - since) * rng.uniform(0.05, 0.95)


def _keenness(key: str) -> float:
    # Some people vote on nearly everything and some hardly ever, on whatever they vote.
    return random.Random(f"keenness of {key}").uniform(0.3, 2.0)


def _rounded(rng: random.Random, value: float) -> int:
    whole = math.floor(value)
    return whole + (rng.random() < value - whole)
