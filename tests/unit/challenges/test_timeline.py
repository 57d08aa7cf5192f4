"""The way of a challenge, step by step, and the one line of what to do now and what comes next."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from talking_together.challenges.stages import stage_of
from talking_together.challenges.timeline import now_and_next, steps_of
from talking_together.core.clock import held_at

OPENS = datetime(2026, 11, 2, 9, tzinfo=UTC)
CLOSES = datetime(2026, 11, 27, 17, tzinfo=UTC)
VOTING = datetime(2026, 12, 4, 17, tzinfo=UTC)
LATER = datetime(2026, 12, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def challenge(at: datetime, **values: Any) -> Any:
    """Return a published challenge with all its dates, but for the values, in its stage at a moment."""
    found = SimpleNamespace(
        **{
            "is_published": True,
            "opens_at": OPENS,
            "closes_at": CLOSES,
            "voting_closes_at": VOTING,
            "answered_at": None,
            "archived_at": None,
            "paused_at": None,
            "ideas_count": 48,
            "answered_count": 48,
            **values,
        }
    )
    found.stage = stage_of(found, at)
    return found


ALL = ["Asked", "Open", "Voting only", "In review", "Answered"]
# What differs from a challenge with all its dates, the moment, the steps done, and the present one.
WAYS: dict[str, tuple[dict[str, Any], datetime, list[str], str | None]] = {
    "draft": ({"is_published": False}, OPENS, [], None),
    "scheduled": ({}, OPENS - DAY, [], None),
    "open": ({}, OPENS, ALL[:1], "Open"),
    "open without end": ({"closes_at": None, "voting_closes_at": None}, LATER, ALL[:1], "Open"),
    "voting only": ({}, CLOSES, ALL[:2], "Voting only"),
    "paused while open": ({"paused_at": OPENS}, CLOSES - DAY, ALL[:1], "Open"),
    "paused while voting": ({"paused_at": OPENS}, CLOSES, ALL[:2], "Voting only"),
    "in review": ({}, VOTING, ALL[:3], "In review"),
    "in review at once": ({"voting_closes_at": None}, CLOSES, ["Asked", "Open"], "In review"),
    "answered": ({"answered_at": VOTING}, LATER, ALL, "Answered"),
    "archived": ({"answered_at": VOTING, "archived_at": LATER}, LATER, ALL, None),
    "archived unanswered": ({"archived_at": LATER}, LATER, ALL[:3], "In review"),
}


@pytest.mark.parametrize("name", WAYS)
def test_what_lies_behind_is_done_and_one_step_at_most_is_now(name: str) -> None:
    values, at, done, now = WAYS[name]
    steps = steps_of(challenge(at, **values), at)
    assert [step.name for step in steps if step.is_done] == done
    assert [step.name for step in steps if step.is_now] == ([now] if now else [])


def test_each_step_says_when() -> None:
    # In another year its dates would name theirs.
    with held_at(LATER):
        steps = steps_of(challenge(LATER, answered_at=LATER), LATER)
    assert [step.words for step in steps] == [
        "Monday 2 November",
        "For ideas, until Friday 27 November at 5pm",
        "Until Friday 4 December at 5pm",
        "From Friday 4 December",
        "Sunday 20 December",
    ]
    paused = steps_of(challenge(OPENS, paused_at=OPENS), OPENS)
    assert paused[1].words == "Paused"


LINES: dict[str, tuple[dict[str, Any], datetime, str]] = {
    "open": (
        {},
        OPENS,
        "You can share ideas until Friday 27 November at 5pm; then voting goes on for a week.",
    ),
    "open for both": (
        {"voting_closes_at": None},
        OPENS,
        (
            "You can share ideas, comment and vote until Friday 27 November at 5pm; "
            "then the people who asked read every idea."
        ),
    ),
    "open without end": (
        {"closes_at": None, "voting_closes_at": None},
        OPENS,
        "You can share ideas, comment and vote.",
    ),
    "voting only": (
        {},
        CLOSES,
        "You can vote and comment until Friday 4 December at 5pm; then the people who asked read every idea.",
    ),
    "paused": (
        {"paused_at": OPENS},
        OPENS,
        "This challenge is paused. You can read everything, but not add to it or vote for now.",
    ),
    "answered": (
        {"answered_at": LATER},
        LATER,
        "The ideas have been answered. Open an idea to read its answer.",
    ),
}


ANSWERED = {
    (0, 0): "This challenge is over. Nobody shared an idea.",
    (0, 48): "This challenge is over. No idea has an answer of its own.",
    (1, 48): "1 of 48 ideas has been answered. Open an idea to read its answer.",
    (31, 48): "31 of 48 ideas have been answered. Open an idea to read its answer.",
    (1, 1): "The idea has been answered. Open it to read the answer.",
}


@pytest.mark.parametrize(("answered", "ideas"), ANSWERED)
def test_it_is_not_said_that_more_was_answered_than_was(answered: int, ideas: int) -> None:
    ended = challenge(LATER, answered_at=LATER, answered_count=answered, ideas_count=ideas)
    assert now_and_next(ended) == ANSWERED[answered, ideas]


@pytest.mark.parametrize("name", LINES)
def test_one_line_says_what_to_do_now_and_what_comes_next(name: str) -> None:
    values, at, line = LINES[name]
    assert now_and_next(challenge(at, **values)).replace(" 2026", "") == line


@pytest.mark.parametrize("stage", WAYS)
def test_every_stage_has_its_line(stage: str) -> None:
    values, at, _, _ = WAYS[stage]
    assert now_and_next(challenge(at, **values)).endswith(".")


@pytest.mark.parametrize(
    ("days", "words"),
    [(0.1, "a few hours"), (1, "a day"), (3, "3 days"), (7, "a week"), (10, "10 days"), (14, "2 weeks")],
)
def test_how_long_voting_goes_on_is_said_as_people_say_it(days: float, words: str) -> None:
    line = now_and_next(challenge(OPENS, voting_closes_at=CLOSES + days * DAY))
    assert line.endswith(f"then voting goes on for {words}.")
