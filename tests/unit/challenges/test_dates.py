"""The dates that a moderator sets, checked, and what a change of the clocks makes of them."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from talking_together.challenges import plan
from talking_together.challenges.dates import Dates, checked_dates, clock_change_note
from talking_together.core import clock
from talking_together.core.errors import InvalidInput

NOW = datetime(2026, 11, 10, 12, 0, 30, 5, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = NOW.replace(second=0, microsecond=0)


def stored(**values: Any) -> SimpleNamespace:
    """Return an open challenge that was opened by hand, so with seconds in its times."""
    return SimpleNamespace(
        **{
            "is_published": True,
            "opens_at": NOW - 7 * DAY,
            "closes_at": NOW + 7 * DAY,
            "voting_closes_at": None,
            "answered_at": None,
            "archived_at": None,
            "paused_at": None,
            **values,
        }
    )


DRAFT = {"is_published": False, "opens_at": None, "closes_at": None}
SCHEDULED = {"opens_at": NOW + DAY, "closes_at": NOW + 9 * DAY}


@pytest.mark.parametrize(
    ("values", "wanted", "field"),
    [
        (DRAFT, (MINUTE, None, None), "opens_at"),
        (DRAFT, (MINUTE - DAY, None, None), "opens_at"),
        (DRAFT, (MINUTE + DAY, MINUTE + DAY, None), "closes_at"),
        (DRAFT, (MINUTE + 2 * DAY, MINUTE + DAY, None), "closes_at"),
        (DRAFT, (None, MINUTE - DAY, None), "closes_at"),
        (DRAFT, (None, None, MINUTE + DAY), "closes_at"),
        (DRAFT, (None, MINUTE + DAY, MINUTE + DAY), "voting_closes_at"),
        (DRAFT, (None, MINUTE + 3000 * DAY, None), "closes_at"),
        (SCHEDULED, (None, MINUTE + 9 * DAY, None), "opens_at"),
        (SCHEDULED, (MINUTE + DAY, None, None), "closes_at"),
        ({}, (None, None, None), "closes_at"),
        ({}, (None, MINUTE - DAY, None), "closes_at"),
    ],
)
def test_dates_that_cannot_be_are_refused_by_their_field(
    values: dict[str, Any], wanted: tuple[Any, ...], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        checked_dates(Dates(*wanted), stored(**values), NOW)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "wanted",
    [
        (None, None, None),
        (MINUTE + DAY, None, None),
        (None, MINUTE + DAY, None),
        (MINUTE + DAY, MINUTE + 2 * DAY, MINUTE + 3 * DAY),
    ],
)
def test_a_draft_may_have_any_dates_to_come(wanted: tuple[Any, ...]) -> None:
    assert checked_dates(Dates(*wanted), None, NOW) == Dates(*wanted)
    assert checked_dates(Dates(*wanted), stored(**DRAFT), NOW) == Dates(*wanted)


def test_what_has_opened_keeps_its_opening_time() -> None:
    challenge = stored()
    dates = checked_dates(Dates(MINUTE + DAY, MINUTE + 20 * DAY, None), challenge, NOW)
    assert dates == Dates(challenge.opens_at, MINUTE + 20 * DAY, None)


def test_a_time_that_the_form_did_not_change_keeps_its_seconds_even_when_past() -> None:
    challenge = stored(closes_at=NOW - DAY)
    same = challenge.closes_at.replace(second=0, microsecond=0)
    assert checked_dates(Dates(None, same, None), challenge, NOW).closes_at == challenge.closes_at


def test_the_second_of_two_equal_wall_times_counts_as_unchanged() -> None:
    second_half_past_one = datetime(2026, 10, 25, 1, 30, 12, tzinfo=UTC)
    challenge = stored(closes_at=second_half_past_one, opens_at=second_half_past_one - 30 * DAY)
    typed = clock.from_london(datetime(2026, 10, 25, 1, 30))  # noqa: DTZ001
    assert typed != second_half_past_one.replace(second=0)
    assert checked_dates(Dates(None, typed, None), challenge, NOW).closes_at == second_half_past_one


@pytest.mark.parametrize(
    ("wall", "words"),
    [
        (datetime(2027, 3, 28, 1, 30), "1:30am does not exist. We took it as 2:30am."),  # noqa: DTZ001
        (datetime(2027, 3, 28, 0, 59), ""),  # noqa: DTZ001
        (datetime(2027, 3, 28, 2, 0), ""),  # noqa: DTZ001
        (datetime(2026, 10, 25, 1, 30), "1:30am comes twice. We took the first of the two."),  # noqa: DTZ001
        (datetime(2026, 10, 25, 0, 59), ""),  # noqa: DTZ001
        (datetime(2026, 10, 25, 2, 0), ""),  # noqa: DTZ001
        (datetime(2026, 7, 1, 1, 30), ""),  # noqa: DTZ001
    ],
)
def test_a_change_of_the_clocks_is_told_in_words(wall: datetime, words: str) -> None:
    assert clock_change_note(wall).endswith(words)
    assert bool(clock_change_note(wall)) == bool(words)


def test_the_plan_says_which_of_two_equal_wall_times_is_meant() -> None:
    with clock.held_at(datetime(2026, 10, 1, tzinfo=UTC)):
        challenge = stored(
            opens_at=datetime(2026, 9, 1, tzinfo=UTC),
            closes_at=clock.from_london(datetime(2026, 10, 25, 1, 30)),  # noqa: DTZ001
        )
        assert plan.sentences(challenge, clock.now())[1] == (
            "It closes for ideas, comments and votes on "
            "Sunday 25 October at 1:30am (before the clocks go back)."
        )
