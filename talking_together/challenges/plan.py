"""What will happen to a challenge and when, in sentences for its moderators."""

from datetime import datetime

from talking_together.challenges.stages import Dated, stage_of
from talking_together.core import clock
from talking_together.core.formatting import moment


def sentences(challenge: Dated, at: datetime) -> list[str]:
    """Return what will happen to a challenge from now on, in the order of time."""
    match stage_of(challenge, at):
        case "draft":
            return ["Only moderators can see this draft.", *_opening(challenge), *_closing(challenge)]
        case "scheduled":
            return [f"It opens by itself on {_at(challenge.opens_at)}.", *_closing(challenge)]
        case "open":
            return ["It is open for ideas, comments and votes.", *_closing(challenge)]
        case "voting only":
            return [
                "It is closed for ideas. People can still vote and comment.",
                f"Votes and comments close on {_at(challenge.voting_closes_at)}.",
            ]
        case "paused":
            return [
                f"It has been paused since {_at(challenge.paused_at)}. Nobody can add, change or vote.",
                "It goes on when you resume it. Its closing times do not wait for that.",
                *_closing(challenge),
            ]
        case "in review":
            return [
                "It is closed. Nobody can add, change or vote on anything.",
                "Answer the ideas, then mark the challenge as answered.",
            ]
        case "answered":
            return [f"It was marked as answered on {_at(challenge.answered_at)}."]
        case _:
            return [
                f"It has been in the archive since {_at(challenge.archived_at)}.",
                "Those it was put to can still read it there.",
            ]


def _opening(challenge: Dated) -> list[str]:
    if challenge.opens_at is None:
        return ["Open it by hand, or give it an opening time and schedule it."]
    return [f"Once you schedule it, it opens by itself on {_at(challenge.opens_at)}."]


def _closing(challenge: Dated) -> list[str]:
    if challenge.closes_at is None:
        return ["It has no closing time."]
    if challenge.voting_closes_at is None:
        return [f"It closes for ideas, comments and votes on {_at(challenge.closes_at)}."]
    return [
        f"It closes for ideas on {_at(challenge.closes_at)}.",
        f"Votes and comments close on {_at(challenge.voting_closes_at)}.",
    ]


def _at(when: datetime | None) -> str:
    """Return the time in words; the hour that clocks repeat says which of the two it is."""
    if when is None:
        return ""
    local = clock.to_london(when)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return moment(when)
    return f"{moment(when)} ({'after' if local.fold else 'before'} the clocks go back)"
