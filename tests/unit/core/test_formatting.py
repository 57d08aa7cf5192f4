"""How times, counts and addresses read, around midnight and the clock changes too."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from talking_together.core import clock, formatting

# A Friday, 14:00 in London.
NOW = datetime(2025, 11, 28, 14, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.held_at(NOW):
        yield


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2025-11-28 14:00:30", "just now"),
        ("2025-11-28 13:59:01", "just now"),
        ("2025-11-28 13:59:00", "1 minute ago"),
        ("2025-11-28 13:00:01", "59 minutes ago"),
        ("2025-11-28 13:00:00", "1 hour ago"),
        ("2025-11-28 00:30:00", "13 hours ago"),
        ("2025-11-27 14:00:01", "23 hours ago"),
        ("2025-11-27 14:00:00", "yesterday"),
        ("2025-11-27 00:00:00", "yesterday"),
        ("2025-11-26 23:59:59", "2 days ago"),
        ("2025-11-22 00:00:00", "6 days ago"),
        ("2025-11-21 23:59:59", "21 November"),
        ("2025-01-01 00:00:00", "1 January"),
        ("2024-12-31 23:59:59", "31 December 2024"),
    ],
)
def test_how_long_ago_it_was(at: str, words: str) -> None:
    assert formatting.ago(utc(at)) == words


def test_days_ago_are_counted_in_london() -> None:
    # In July, 23:30 UTC is half past midnight in London.
    with clock.held_at(utc("2025-07-10 22:00")):
        assert formatting.ago(utc("2025-07-08 22:30")) == "2 days ago"
        assert formatting.ago(utc("2025-07-08 23:30")) == "yesterday"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2025-11-28 17:00", "Friday 28 November at 5pm"),
        ("2025-11-28 09:05", "Friday 28 November at 9:05am"),
        ("2025-11-28 12:00", "Friday 28 November at midday"),
        ("2025-11-28 12:30", "Friday 28 November at 12:30pm"),
        ("2025-11-29 00:00", "Saturday 29 November at midnight"),
        ("2025-11-29 00:15", "Saturday 29 November at 12:15am"),
        ("2026-01-01 00:00", "Thursday 1 January 2026 at midnight"),
        ("2025-12-31 23:59", "Wednesday 31 December at 11:59pm"),
        ("2025-07-01 23:30", "Wednesday 2 July at 12:30am"),
        # The clocks go forward at 01:00 UTC on 30 March and back at 01:00 UTC on 26 October.
        ("2025-03-30 00:59", "Sunday 30 March at 12:59am"),
        ("2025-03-30 01:00", "Sunday 30 March at 2am"),
        ("2025-10-26 00:59", "Sunday 26 October at 1:59am"),
        ("2025-10-26 01:00", "Sunday 26 October at 1am"),
    ],
)
def test_a_moment_reads_as_the_clock_in_london_shows_it(at: str, words: str) -> None:
    assert formatting.moment(utc(at)) == words


def test_a_moment_in_an_input_is_londons() -> None:
    assert formatting.local_input(utc("2025-07-01 23:30")) == "2025-07-02T00:30"
    assert formatting.local_input(utc("2025-01-01 23:30")) == "2025-01-01T23:30"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=6, hours=23), "6 days left"),
        (timedelta(days=2), "2 days left"),
        (timedelta(days=2, seconds=-1), "1 day left"),
        (timedelta(days=1), "1 day left"),
        (timedelta(days=1, seconds=-1), "23 hours left"),
        (timedelta(hours=1), "1 hour left"),
        (timedelta(minutes=59), "59 minutes left"),
        (timedelta(seconds=59), "less than a minute left"),
        (timedelta(microseconds=1), "less than a minute left"),
        # A closing time is exclusive.
        (timedelta(), "closed"),
        (timedelta(days=-1), "closed"),
    ],
)
def test_how_long_is_left(left: timedelta, words: str) -> None:
    assert formatting.time_left(NOW + left) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2026-11-22T17:24:24.080167+00:00", "Sunday 22 November 2026 at 5:24pm"),
        ({"from": None, "to": "2026-07-05T16:00:00+00:00"}, "from none, to Sunday 5 July 2026 at 5pm"),
        (["Nurses", "Therapists"], "Nurses, Therapists"),
        ([], "none"),
        (0, "0"),
        ("2026-11-22", "2026-11-22"),
        ("", "none"),
    ],
)
def test_details_of_the_log_read_as_words(value: object, words: str) -> None:
    assert formatting.logged(value) == words


def test_a_time_that_is_not_there_reads_as_nothing() -> None:
    for word in (
        formatting.when,
        formatting.day,
        formatting.moment,
        formatting.local_input,
        formatting.time_left,
    ):
        assert word(None) == ""


@pytest.mark.parametrize(
    ("address", "html"),
    [
        ("ada.l@ward.example", "<span>ada.<wbr>l@<wbr>ward.<wbr>example</span>"),
        ("<b>&@ward", "<span>&lt;b&gt;&amp;@<wbr>ward</span>"),
        ("S<1", "S&lt;1"),
        ("Not shown", "Not shown"),
    ],
)
def test_addresses_break_between_their_parts(address: str, html: str) -> None:
    assert formatting.breakable(address) == html


@pytest.mark.parametrize(
    ("hour", "words"),
    [(0, "midnight"), (1, "1am"), (8, "8am"), (12, "midday"), (13, "1pm"), (23, "11pm"), (24, "midnight")],
)
def test_hours_of_a_plan(hour: int, words: str) -> None:
    assert formatting.hour_of_day(hour) == words


def test_a_time_element_carries_the_exact_moment() -> None:
    assert formatting.when(utc("2025-11-28 12:00")) == (
        '<time datetime="2025-11-28T12:00:00+00:00" title="Friday 28 November at midday">2 hours ago</time>'
    )


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 people"), (1, "1 person"), (-1, "−1 person"), (2, "2 people"), (1_204, "1,204 people")],
)
def test_counts(count: int, words: str) -> None:
    assert formatting.count_of(count, "person", "people") == words


def test_a_plural_without_a_word_of_its_own_takes_an_s() -> None:
    assert formatting.count_of(2, "comment") == "2 comments"
    assert formatting.number(10_000) == "10,000"
    assert formatting.number(-1_500) == "−1,500"


def test_an_address_without_words_is_its_id_alone() -> None:
    assert formatting.idea_path(SimpleNamespace(id=7, title="…")) == "/ideas/7"
    assert formatting.challenge_path(SimpleNamespace(id=7, title="Why?")) == "/challenges/7-why"
