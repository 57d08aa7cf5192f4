"""The months by which a desk keeps its accounts, as London counts them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from talking_together.core import clock
from talking_together.core.errors import NotFound
from talking_together.core.formatting import MONTHS

_KEY = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a year, from 2000 to 2099."""

    year: int
    number: int

    @property
    def key(self) -> str:
        """Return the month as it stands in addresses: "2026-11"."""
        return f"{self.year}-{self.number:02}"

    @property
    def words(self) -> str:
        """Return the month in words: "November 2026"."""
        return f"{MONTHS[self.number - 1]} {self.year}"

    @property
    def starts_at(self) -> datetime:
        """Return the moment at which it begins in London."""
        return clock.from_london(datetime.combine(date(self.year, self.number, 1), time()))

    @property
    def next(self) -> "Month":
        """Return the month after it."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def previous(self) -> "Month":
        """Return the month before it."""
        return Month(self.year - (self.number == 1), (self.number - 2) % 12 + 1)


def month_of(at: datetime) -> Month:
    """Return the London month of a moment."""
    day = clock.to_london(at)
    return Month(day.year, day.month)


def month_named(key: str | None) -> Month:
    """Return the month with a key, or this month for none; NotFound for text that is no key."""
    if not key:
        return month_of(clock.now())
    found = _KEY.fullmatch(key)
    if found is None:
        raise NotFound()
    return Month(int(found[1]), int(found[2]))
