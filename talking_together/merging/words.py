"""What a merge does or did to votes, in words that tell of nobody's own vote.

A number under five is "a few" (docs/adr/0017), and how people differed is told only where both those
who did and those who did not are five or more.
"""

from collections.abc import Iterable, Sequence

FEW = 5
SHARED_SHOWN = 12


def votes_in_words(moved: int, on_both: int, differing: int, *, done: bool) -> list[str]:
    """Return sentences about the votes of a merge that was made, or that is looked at beforehand."""
    verb = "moved" if done else "move"
    sentences = [f"{_votes(moved)} {verb} to the kept idea."]
    if on_both == 0:
        had = "had" if done else "has"
        return [*sentences, f"Nobody {had} voted on both."]
    people = "A few people" if on_both < FEW else f"{on_both:,} people"
    had = "had" if done else "have"
    rest = f"{people} {had} voted on both: their vote on the kept idea stands"
    return [*sentences, f"{rest}{_differing(on_both, differing, had)}."]


def _votes(count: int) -> str:
    if count == 0:
        return "No votes"
    return "A few votes" if count < FEW else f"{count:,} votes"


def _differing(on_both: int, differing: int, had: str) -> str:
    if on_both < FEW:
        return ""
    if differing == 0:
        return f", and all of them {had} voted the same way on the two"
    if differing < FEW:
        return f" (a few of them {had} voted differently on the other)"
    if 0 < on_both - differing < FEW:
        return f" (most of them {had} voted differently on the other)"
    return f" ({differing:,} of them {had} voted differently on the other)"


def shared_words(texts: Sequence[Iterable[str]]) -> list[str]:
    """Return the words that all of several texts have, the longest first."""
    common = set.intersection(*map(set, texts)) if texts else set()
    return sorted(common, key=lambda word: (-len(word), word))[:SHARED_SHOWN]
