"""Tests that begin at a chosen hour, to find the ones that pass at most hours and fail at some.

    BEGIN_TESTS_AT=2026-11-26T07:52 python -m pytest tests/unit tests/integration

What the site does depends on the hour: a day ends at midnight in London, emails leave at eight, a tax year
begins on 6 April. A test that moves the clock by ten minutes from whenever it runs walks over such an hour
once a day, and fails then. With this each test begins at that London time, and the clock goes on from there.
Processes that a test starts, and a browser, keep the machine's own time.
"""

import os
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import pytest

from talking_together.core import clock

# Empty in an ordinary run.
BEGIN_TESTS_AT = os.environ.get("BEGIN_TESTS_AT", "")


def begin_at_chosen_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Move the site's clock for one test, if the run asks for it."""
    if not BEGIN_TESTS_AT:
        return
    moved_by = clock.from_london(datetime.fromisoformat(BEGIN_TESTS_AT)) - datetime.now(UTC)
    monkeypatch.setattr(clock, "datetime", _moved(moved_by))


def _moved(by: timedelta) -> type[datetime]:
    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            moment = datetime.now(UTC) + by
            return moment.astimezone(tz)  # type: ignore[return-value]

    return Moved
