"""The stages of a challenge in the order of time, and what a member can do now and what comes next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from talking_together.challenges.stages import Dated
from talking_together.core.formatting import count_of, day, moment

_READING = "the people who asked read every idea"
# A step of the way, by the stage in which it is the present one.
_STEP_OF = {"open": "Open", "voting only": "Voting only", "in review": "In review", "answered": "Answered"}


class Staged(Dated, Protocol):
    """A challenge with the stage that it is shown in, and how many of its ideas were answered."""

    @property
    def stage(self) -> str: ...

    @property
    def ideas_count(self) -> int: ...

    @property
    def answered_count(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way; `is_now` marks the present one, and steps before it are done."""

    name: str
    words: str
    is_done: bool
    is_now: bool


def steps_of(challenge: Staged, at: datetime) -> list[Step]:
    """Return the way of a challenge from being asked to being answered."""
    closes, voting = challenge.closes_at, challenge.voting_closes_at
    ended = voting or closes
    way = [
        ("Asked", day(challenge.opens_at)),
        ("Open", f"For ideas, until {moment(closes)}" if closes else "For ideas"),
        *([("Voting only", f"Until {moment(voting)}")] if voting else []),
        ("In review", f"From {day(ended)}" if ended else ""),
        ("Answered", day(challenge.answered_at)),
    ]
    now = _present_step(challenge, at)
    names = [name for name, _ in way]
    # A challenge that was answered may have been archived: all of its way lies behind it.
    place = names.index(now) if now in names else len(names)
    if challenge.stage in ("draft", "scheduled"):
        place = -1
    return [
        Step(
            name,
            "Paused" if number == place and challenge.stage == "paused" else words,
            is_done=number < place or (number == place and name == "Answered"),
            is_now=number == place,
        )
        for number, (name, words) in enumerate(way)
    ]


def now_and_next(challenge: Staged) -> str:
    """Return in one line what a member can do now and what comes next."""
    closes, voting = challenge.closes_at, challenge.voting_closes_at
    match challenge.stage:
        case "open" if closes is None:
            return "You can share ideas, comment and vote."
        case "open" if voting is None:
            return f"You can share ideas, comment and vote until {moment(closes)}; then {_READING}."
        case "open":
            goes_on = _length(closes, voting)
            return f"You can share ideas until {moment(closes)}; then voting goes on for {goes_on}."
        case "voting only":
            return f"You can vote and comment until {moment(voting)}; then {_READING}."
        case "paused":
            return "This challenge is paused. You can read everything, but not add to it or vote for now."
        case "in review":
            return (
                "Thank you: ideas have closed. The people who asked are reading each one, "
                "and every answer will appear with its idea."
            )
        case "answered":
            return _what_was_answered(challenge.answered_count, challenge.ideas_count)
        case "archived":
            return "This challenge is in the archive. You can read it, but not add to it."
        case _:
            return "Only moderators can see this. It takes ideas once it opens."


def _what_was_answered(answered: int, ideas: int) -> str:
    """Return how far the answers go: a moderator may end a challenge before each idea has one."""
    if not ideas:
        return "This challenge is over. Nobody shared an idea."
    if not answered:
        return "This challenge is over. No idea has an answer of its own."
    if answered < ideas:
        have = "has" if answered == 1 else "have"
        return (
            f"{answered} of {count_of(ideas, 'idea')} {have} been answered. Open an idea to read its answer."
        )
    if ideas == 1:
        return "The idea has been answered. Open it to read the answer."
    return "The ideas have been answered. Open an idea to read its answer."


def _present_step(challenge: Staged, at: datetime) -> str:
    if challenge.stage == "paused":
        return "Open" if challenge.closes_at is None or at < challenge.closes_at else "Voting only"
    if challenge.stage == "archived":
        return "" if challenge.answered_at else "In review"
    return _STEP_OF.get(challenge.stage, "")


def _length(since: datetime | None, until: datetime | None) -> str:
    """Return how long something goes on in words: "a week", "10 days", "a few hours"."""
    if since is None or until is None:
        return ""
    days = (until - since + timedelta(hours=12)).days
    if days < 1:
        return "a few hours"
    if days % 7 == 0:
        return "a week" if days == 7 else count_of(days // 7, "week")
    return "a day" if days == 1 else count_of(days, "day")
