"""Signs in plain words: what was seen, with its figures, and what it may innocently be.

The figures are sums. Which way somebody voted on which idea is told of nobody; of a single account the
direction alone, since it is what the sign is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from talking_together.core.formatting import count_of
from talking_together.fairness import thresholds as limits


@dataclass(frozen=True, slots=True)
class KindWords:
    """How one kind of sign is put: its title, its sentences, and what else it may be."""

    title: str
    says: Callable[[Mapping[str, Any]], list[str]]
    innocent: str


def _thumbs(count: int) -> str:
    return count_of(count, "thumb up", "thumbs up")


def _ring(evidence: Mapping[str, Any]) -> list[str]:
    people = count_of(len(evidence["voters"]), "person", "people")
    gave = f"Of the {_thumbs(evidence['given'])} that these {people} gave"
    sentences = [f"{gave}, {evidence['inside']} went to one another’s ideas and comments."]
    if evidence["outside"]:
        share = 1000 * evidence["from_others"] / evidence["outside"]
        often = f"about {round(share)} in 1,000" if share >= 0.5 else "hardly any"
        sentences.append(f"Of the thumbs up of everybody else, {often} went to what these people wrote.")
    return sentences


def _burst(evidence: Mapping[str, Any]) -> list[str]:
    seconds = count_of(evidence["seconds"], "second")
    times = len(evidence["spans"])
    often = "at one go" if times == 1 else f"in {times} goes"
    return [
        f"This account cast {count_of(evidence['votes'], 'vote')} within {seconds}, {often}.",
        "Somebody who reads a title before they vote needs a second at the very least.",
    ]


def _target(evidence: Mapping[str, Any]) -> list[str]:
    direction = "up" if evidence["value"] == 1 else "down"
    thumbs = count_of(evidence["total"], f"thumb {direction}", f"thumbs {direction}")
    return [
        f"Of the {thumbs} that this account gave, {evidence['count']} went to what one person wrote.",
        "Others gave that person a much smaller share.",
    ]


def _duplicates(evidence: Mapping[str, Any]) -> list[str]:
    count = len(evidence["ideas"])
    sentences = [f"This member put {count} ideas that say nearly the same into one challenge."]
    if evidence["withdrawn"]:
        were = "was" if evidence["withdrawn"] == 1 else "were"
        sentences.append(f"{evidence['withdrawn']} of them {were} withdrawn.")
    return sentences


def _joins(evidence: Mapping[str, Any]) -> list[str]:
    way = "one team’s code" if evidence["by"] == "code" else "one member’s word"
    minutes = count_of(evidence["minutes"], "minute")
    sentences = [f"{count_of(evidence['joins'], 'account')} joined by {way} within {minutes}."]
    if "author" in evidence:
        sentences.append(
            f"{len(evidence['voters'])} of them gave {_thumbs(evidence['thumbs'])}, of which "
            f"{evidence['to_author']} went to what one person wrote. Together they wrote "
            f"{count_of(evidence['wrote'], 'idea or comment', 'ideas and comments')}."
        )
    return sentences


KIND_WORDS: dict[str, KindWords] = {
    "ring": KindWords(
        "People who vote for one another",
        _ring,
        "A team that works on one ward, has its ideas together and has not looked at those of others yet.",
    ),
    "burst of votes": KindWords(
        "Many votes in seconds",
        _burst,
        "Somebody who had read the list before, went back and gave all their thumbs at once.",
    ),
    "one target": KindWords(
        "Votes for or against one person only",
        _target,
        "Somebody who came because a colleague asked them to look at their ideas, and has not seen more yet.",
    ),
    "own duplicates": KindWords(
        "The same idea several times",
        _duplicates,
        "Somebody who was not sure that the first one was saved, or who wrote it anew instead of editing it.",
    ),
    "burst of joins": KindWords(
        "Many joined at once",
        _joins,
        "A drop-in session, or a ward that joined together in its break.",
    ),
}

_MINUTES = {
    name: round(within.total_seconds() / 60)
    for name, within in (("at once", limits.JOINS_AT_ONCE_WITHIN), ("for one", limits.JOINS_FOR_ONE_WITHIN))
}
# From where on each kind is a sign.
HOW = (
    (
        f"{limits.RING_MEMBERS} to {limits.RING_MOST_MEMBERS} people of whom each gives at least "
        f"{round(100 * limits.RING_SHARE)} in 100 of their thumbs up to the others, and far more than "
        "everybody else does"
    ),
    f"{limits.BURST_VOTES} votes or more of one account within {limits.BURST_SECONDS} seconds",
    (
        f"An account with at least {limits.TARGET_UP} thumbs up, or {limits.TARGET_DOWN} down, of which "
        f"{round(100 * limits.TARGET_SHARE)} in 100 or more go to one person"
    ),
    "Ideas of one member in one challenge with nearly the same title and text, withdrawn ones among them",
    (
        f"More than {limits.JOINS_AT_ONCE} accounts by one code or word within {_MINUTES['at once']} "
        f"minutes; or {limits.JOINS_FOR_ONE} within {_MINUTES['for one']} that vote for one person and "
        "write next to nothing"
    ),
)
