"""London wall times and the moments they mean."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from talking_together.core import clock


@pytest.mark.parametrize(
    ("wall", "moment"),
    [
        ("2026-01-15 17:00", "2026-01-15 17:00"),
        ("2026-07-15 17:00", "2026-07-15 16:00"),
        # Absent: clocks go from 01:00 to 02:00 on 29 March 2026.
        ("2026-03-29 01:30", "2026-03-29 01:30"),
        ("2026-03-29 00:59", "2026-03-29 00:59"),
        ("2026-03-29 02:00", "2026-03-29 01:00"),
        # Ambiguous: clocks go from 02:00 back to 01:00 on 25 October 2026; the first one counts.
        ("2026-10-25 01:30", "2026-10-25 00:30"),
        ("2026-10-25 02:00", "2026-10-25 02:00"),
    ],
)
def test_a_london_wall_time_means_one_moment(wall: str, moment: str) -> None:
    expected = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert clock.from_london(datetime.fromisoformat(wall)) == expected


def test_a_wall_time_with_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone"):
        clock.from_london(datetime(2026, 1, 1, tzinfo=UTC))


def test_the_day_of_caps_is_londons() -> None:
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    with clock.held_at(late):
        assert clock.today().isoformat() == "2026-07-02"


def test_a_held_clock_is_given_back_in_utc() -> None:
    there = timezone(timedelta(hours=5))
    with clock.held_at(datetime(2026, 7, 1, 5, tzinfo=there)):
        assert clock.now() == datetime(2026, 7, 1, tzinfo=UTC)
        assert clock.now().tzinfo is UTC
    assert clock.now() > datetime(2026, 7, 2, tzinfo=UTC)
