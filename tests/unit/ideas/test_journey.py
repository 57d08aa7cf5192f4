"""The way of an idea, as its page shows it."""

from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from talking_together.ideas.journey import journey_of
from talking_together.ideas.statuses import LISTED, STATUSES

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Change(NamedTuple):
    """A change of status."""

    to_status: str
    at: datetime


@pytest.mark.parametrize(
    ("status", "current", "done"),
    [
        ("new", "Submitted", 0),
        ("under review", "Under review", 1),
        ("shortlisted", "Shortlisted", 1),
        ("planned", "Planned", 2),
        ("in progress", "In progress", 2),
        ("not now", "Not now", 2),
        ("done", "Done", 4),
    ],
)
def test_each_status_stands_at_its_step(status: str, current: str, done: int) -> None:
    steps = journey_of(status, AT, [Change(status, AT)])
    assert [step.label for step in steps if step.is_current] == [current]
    assert sum(step.is_done for step in steps) == done


def test_only_ideas_on_their_way_have_a_journey() -> None:
    assert {status for status in STATUSES if journey_of(status, AT, [])} == LISTED


def test_a_step_taken_back_loses_its_date() -> None:
    steps = journey_of("new", AT, [Change("planned", AT), Change("new", AT)])
    assert [step.at for step in steps] == [AT, None, None, None]
