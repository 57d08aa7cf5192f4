"""What a challenge needs before it opens, and what it would be better for."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from talking_together.challenges import readiness

# A Monday.
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def challenge(**values: Any) -> Any:
    """Return a challenge that lacks nothing, but for the values."""
    return SimpleNamespace(
        **{
            "summary": "One sentence.",
            "brief_source": "Why we ask.",
            "audience": "everyone",
            "opens_at": None,
            "closes_at": NOW + 21 * DAY,
            "voting_closes_at": None,
            "sponsor_name": "Amina Yusuf",
            "cover": None,
            **values,
        }
    )


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({}, []),
        ({"summary": ""}, ["No short summary yet"]),
        ({"brief_source": ""}, ["No brief yet"]),
        ({"audience": "chosen"}, ["Nobody is chosen to see it yet"]),
        ({"closes_at": None}, ["No closing time yet"]),
        ({"closes_at": NOW}, ["The closing time has passed"]),
    ],
)
def test_what_is_needed_is_missing_until_it_is_there(values: dict[str, Any], missing: list[str]) -> None:
    found = readiness.checks(challenge(**values), audience_chosen=False, at=NOW)
    assert readiness.missing(found) == missing


@pytest.mark.parametrize(
    ("values", "looked_after", "words"),
    [
        ({}, True, []),
        ({}, False, ["Nobody looks after it"]),
        ({"sponsor_name": ""}, True, ["No sponsor yet"]),
        (
            {"cover": SimpleNamespace(alternative_text="")},
            True,
            ["The cover has no words for people who cannot see it"],
        ),
        ({"cover": SimpleNamespace(alternative_text="A bed")}, True, []),
        ({"closes_at": NOW + 20 * DAY}, True, ["It closes on a Sunday"]),
        ({"closes_at": NOW + 19 * DAY}, True, ["It closes on a Saturday"]),
        # Half past eleven at night in UTC is Sunday already in British Summer Time.
        (
            {"closes_at": datetime(2027, 6, 5, 23, 30, tzinfo=UTC)},
            True,
            ["It closes on a Sunday"],
        ),
        ({"voting_closes_at": NOW + 27 * DAY}, True, ["It ends its voting on a Sunday"]),
        ({"closes_at": NOW + 7 * DAY}, True, []),
        (
            {"closes_at": NOW + 7 * DAY - timedelta(minutes=1)},
            True,
            ["It is open for less than a week"],
        ),
        (
            {"opens_at": NOW + 16 * DAY, "closes_at": NOW + 21 * DAY},
            True,
            ["It is open for less than a week"],
        ),
        # One whose opening time has passed opens now.
        ({"opens_at": NOW - 30 * DAY, "closes_at": NOW + 2 * DAY}, True, ["It is open for less than a week"]),
        ({"closes_at": None}, True, []),
    ],
)
def test_advice_is_given_where_it_helps(values: dict[str, Any], looked_after: bool, words: list[str]) -> None:
    found = readiness.advice(challenge(**values), is_looked_after=looked_after, at=NOW)
    assert [check.words for check in found] == words
    assert all(check.field for check in found)
