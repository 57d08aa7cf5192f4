"""What was probably meant by a name or a domain that is not quite one of the partners'."""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches

# How alike two names must be, once the words that many organisations share are left out.
ALIKE = 0.8
AHEAD = 0.05
_SHARED = (
    "nhs", "trust", "foundation", "the", "of", "and", "council", "borough", "county", "city", "group",
    "limited", "ltd", "service", "services", "partnership", "federation", "ft",
)  # fmt: skip
# One slip in a short domain, two in a longer one.
SHORT, LONG = 6, 12
MAX_DOMAIN = 80


def organisation_meant(name: str, organisations: Mapping[str, int]) -> str | None:
    """Return the partner's name, as names are compared, that a name nearly is; None if two might be."""
    typed = _telling(name)
    scores: dict[int, tuple[float, str]] = {}
    for known, id in organisations.items():
        score = max(_likeness(name, known), _likeness(typed, _telling(known)))
        scores[id] = max(scores.get(id, (0.0, "")), (score, known))
    ranked = sorted(scores.values(), reverse=True)
    if not ranked or ranked[0][0] < ALIKE:
        return None
    if len(ranked) > 1 and ranked[1][0] > ranked[0][0] - AHEAD:
        return None
    return ranked[0][1]


def domain_meant(domain: str, domains: Iterable[str]) -> str | None:
    """Return the partner's domain, or the place below it, that a domain nearly is."""
    if len(domain) > MAX_DOMAIN:
        return None
    labels = domain.split(".")
    for known in domains:
        size = known.count(".") + 1
        # A domain may have more before it, and slips may make two labels of one or none.
        tail = ".".join(labels[-size:])
        slips = 1 if len(known) < LONG else 2
        if len(known) >= SHORT and tail != known and _slips(tail, known, slips) <= slips:
            return ".".join([*labels[:-size], known])
    return None


def _telling(name: str) -> str:
    words = [word for word in name.split() if not get_close_matches(word, _SHARED, n=1, cutoff=0.8)]
    return " ".join(words)


def _likeness(one: str, other: str) -> float:
    # Three letters and fewer are like too many things.
    if min(len(one), len(other)) < 4:
        return 1.0 if one and one == other else 0.0
    matcher = SequenceMatcher(None, one[:120], other[:120])
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0


def _slips(one: str, other: str, most: int) -> int:
    """Return how many letters are wrong, missing, too many or swapped with the next; at most `most + 1`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for at, wanted in enumerate(other, start=1):
            cost = min(last[at] + 1, now[at - 1] + 1, last[at - 1] + (letter != wanted))
            swapped = row > 1 and at > 1 and letter == other[at - 2] and one[row - 2] == wanted
            now.append(min(cost, before[at - 2] + 1) if swapped else cost)
        if min(now) > most:
            return most + 1
        before, last = last, now
    return last[-1]
