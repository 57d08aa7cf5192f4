"""When invitations may leave: rates, sending hours, weekends and the nights of a clock change."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from talking_together.core.clock import from_london, to_london
from talking_together.invitations.phases.schedule import (
    NO_LIMIT,
    after_sending,
    ends_at,
    in_hours,
    next_sending_moment,
    room_now,
)


@dataclass
class Pace:
    """A phase's pace, as the table has it."""

    hourly_rate: int | None = None
    sending_days: str = "weekdays"
    sending_from: int = 8
    sending_until: int = 18
    next_send_at: datetime | None = None


def london(text: str) -> datetime:
    """Return the moment of a London time."""
    return from_london(datetime.fromisoformat(text))


# 21 November 2025 is a Friday.
@pytest.mark.parametrize(
    ("pace", "at", "opens"),
    [
        (Pace(), "2025-11-21T08:00", "2025-11-21T08:00"),
        (Pace(), "2025-11-21T07:59", "2025-11-21T08:00"),
        (Pace(), "2025-11-21T17:59", "2025-11-21T17:59"),
        (Pace(), "2025-11-21T18:00", "2025-11-24T08:00"),
        (Pace(), "2025-11-22T12:00", "2025-11-24T08:00"),
        (Pace(), "2025-11-23T23:59", "2025-11-24T08:00"),
        (Pace(sending_days="every day"), "2025-11-21T18:00", "2025-11-22T08:00"),
        (Pace(sending_days="every day", sending_from=0, sending_until=24), "2025-11-22T23:59", None),
        (Pace(sending_from=0, sending_until=24), "2025-11-22T00:00", "2025-11-24T00:00"),
        # The Friday before the clocks go forward (30 March) and back (26 October).
        (Pace(), "2025-03-28T18:00", "2025-03-31T08:00"),
        (Pace(), "2025-10-24T18:00", "2025-10-27T08:00"),
        # The hour from 1 to 2 does not exist on 30 March: that day has no sending hours.
        (
            Pace(sending_days="every day", sending_from=1, sending_until=2),
            "2025-03-30T00:30",
            "2025-03-31T01:00",
        ),
        (
            Pace(sending_days="every day", sending_from=1, sending_until=3),
            "2025-03-30T00:30",
            "2025-03-30T02:00",
        ),
    ],
)
def test_the_next_moment_to_send(pace: Pace, at: str, opens: str | None) -> None:
    moment = london(at)
    found = next_sending_moment(pace, moment)
    assert found == (london(opens) if opens else moment)
    assert in_hours(pace, found)
    assert in_hours(pace, moment) is (found == moment)


def test_an_hour_that_the_clocks_repeat_is_two_hours_long() -> None:
    pace = Pace(hourly_rate=60, sending_days="every day", sending_from=1, sending_until=2)
    assert ends_at(pace, 120, london("2025-10-26T01:00")) == datetime(2025, 10, 26, 1, 59, tzinfo=UTC)
    assert ends_at(pace, 121, london("2025-10-26T01:00")) == london("2025-10-27T01:00")


@pytest.mark.parametrize(
    ("rate", "next_send_at", "room"),
    [
        (None, None, NO_LIMIT),
        (1, None, 1),
        (3_600, None, 1),
        (1, "2025-11-21T12:00:01", 0),
        (1, "2025-11-21T12:00", 1),
        (3_600, "2025-11-21T11:59:57", 4),
        (3_600, "2025-11-21T11:59:00", 61),
        # What a worker that was away missed is not made up for.
        (3_600, "2025-11-21T11:58:59", 1),
        (1, "2025-11-20T09:00", 1),
        (1_000_000, "2025-11-21T11:59:57", 834),
    ],
)
def test_how_many_may_leave_now(rate: int | None, next_send_at: str | None, room: int) -> None:
    pace = Pace(hourly_rate=rate, next_send_at=london(next_send_at) if next_send_at else None)
    assert room_now(pace, london("2025-11-21T12:00")) == room


@pytest.mark.parametrize("at", ["2025-11-21T07:59", "2025-11-21T18:00", "2025-11-22T12:00"])
@pytest.mark.parametrize("rate", [None, 1, 3_600])
def test_nothing_leaves_outside_the_hours(rate: int | None, at: str) -> None:
    assert room_now(Pace(hourly_rate=rate), london(at)) == 0


def test_the_rate_says_when_the_next_may_leave() -> None:
    noon = london("2025-11-21T12:00")
    assert after_sending(Pace(), noon, 50) is None
    assert after_sending(Pace(hourly_rate=60), noon, 1) == noon + timedelta(minutes=1)
    waiting = Pace(hourly_rate=60, next_send_at=noon - timedelta(seconds=30))
    assert after_sending(waiting, noon, 1) == noon + timedelta(seconds=30)


@pytest.mark.parametrize("rate", [1, 7, 60, 500, 3_600])
def test_no_hour_ever_holds_more_than_the_rate(rate: int) -> None:
    """Ticks of three seconds over a day and a half, with a worker that is away now and then."""
    pace = Pace(hourly_rate=rate)
    at, left_at = london("2025-11-20T07:50"), []
    for tick in range(36 * 1_200):
        if tick % 5_000 < 4_000 and (room := room_now(pace, at)):
            pace.next_send_at = after_sending(pace, at, room)
            left_at += [at] * room
        at += timedelta(seconds=3)
    assert left_at
    assert all(8 <= to_london(moment).hour < 18 for moment in left_at)
    first = 0
    for last, moment in enumerate(left_at):
        while left_at[first] <= moment - timedelta(hours=1):
            first += 1
        assert last - first + 1 <= rate + rate // 60 + 1


@pytest.mark.parametrize(
    ("pace", "count", "at", "end"),
    [
        (Pace(hourly_rate=60), 0, "2025-11-21T12:00", "2025-11-21T12:00"),
        (Pace(hourly_rate=60), 1, "2025-11-21T12:00", "2025-11-21T12:00"),
        (Pace(hourly_rate=60), 61, "2025-11-21T12:00", "2025-11-21T13:00"),
        (Pace(hourly_rate=1), 10, "2025-11-21T08:00", "2025-11-21T17:00"),
        (Pace(hourly_rate=1), 11, "2025-11-21T08:00", "2025-11-24T08:00"),
        (Pace(hourly_rate=1), 2, "2025-11-21T17:30", "2025-11-24T08:00"),
        (Pace(hourly_rate=100), 1_000, "2025-11-21T08:00", "2025-11-21T17:59:24"),
        (Pace(hourly_rate=100), 1_001, "2025-11-21T08:00", "2025-11-24T08:00"),
        (Pace(hourly_rate=100), 1, "2025-11-22T12:00", "2025-11-24T08:00"),
        (Pace(), 1, "2025-11-22T12:00", "2025-11-24T08:00"),
        (Pace(), 18_001, "2025-11-21T08:00", "2025-11-21T09:00"),
        (
            Pace(hourly_rate=1, sending_days="every day", sending_from=0, sending_until=24),
            49,
            "2025-11-21T08:30",
            "2025-11-23T08:30",
        ),
        # Nine hours of work from 8pm on end an hour later on the wall when the clocks go forward.
        (
            Pace(hourly_rate=1, sending_days="every day", sending_from=0, sending_until=24),
            10,
            "2025-03-29T20:00",
            "2025-03-30T06:00",
        ),
    ],
)
def test_when_a_phase_ends(pace: Pace, count: int, at: str, end: str) -> None:
    assert ends_at(pace, count, london(at)) == london(end)


def test_a_measured_pace_foretells_the_end_where_the_mail_server_sets_it() -> None:
    assert ends_at(Pace(), 101, london("2025-11-21T12:00"), hourly=100) == london("2025-11-21T13:00")


def test_the_end_agrees_with_what_the_rate_lets_out() -> None:
    pace = Pace(hourly_rate=90)
    at = london("2025-11-20T16:00")
    foretold = ends_at(pace, 400, at)
    left = 400
    while left:
        if room := min(room_now(pace, at), left):
            pace.next_send_at = after_sending(pace, at, room)
            left -= room
            last = at
        at += timedelta(seconds=3)
    assert abs(last - foretold) < timedelta(minutes=2)


def test_twenty_years_are_foretold_in_a_moment() -> None:
    assert ends_at(Pace(hourly_rate=1), 50_000, london("2025-11-21T08:00")).year == 2045
