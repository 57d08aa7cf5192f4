"""How factories write."""

import itertools
from typing import TypeVar

from talking_together.extensions import db

T = TypeVar("T")

_numbers = itertools.count(1)


def next_number() -> int:
    """Return a number that no other row of this run has, for names that must differ."""
    return next(_numbers)


def saved(row: T) -> T:
    """Write the row and commit it, so that requests and parallel connections see it."""
    db.session.add(row)
    db.session.commit()
    return row
