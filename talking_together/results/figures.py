"""How many took part in a challenge, told so that nothing tells of fewer than five people."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from talking_together.insights.pieces import LEAST_GROUP


@dataclass(frozen=True, slots=True)
class Taking:
    """How many people of one organisation took part."""

    name: str
    people: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of a challenge. `people` is None where there are fewer than five.

    `others` counts the people of organisations that are too small to stand alone, together.
    """

    people: int | None
    organisations: tuple[Taking, ...]
    others: int
    ideas: int
    comments: int
    votes: int

    def kept(self) -> dict[str, Any]:
        """Return the numbers as they are stored."""
        return asdict(self)


def figures_from(kept: Mapping[str, Any]) -> Figures:
    """Return the numbers that `kept` stored."""
    return Figures(**{**kept, "organisations": tuple(Taking(**each) for each in kept["organisations"])})


def figures_of(
    people: Mapping[int, int], names: Mapping[int, str], *, ideas: int, comments: int, votes: int
) -> Figures:
    """Return the numbers from how many people of each organisation took part.

    `names` has the organisations from the smallest headcount to the largest. Those of fewer than five
    people go into a pool; where its sum would tell of one of them, the next organisation goes with
    it. The order does not depend on who took part, or it would tell of that
    (docs/adr/0031-who-took-part-in-results.md).
    """
    taking = [organisation for organisation in names if people.get(organisation)]
    pool = [organisation for organisation in taking if people[organisation] < LEAST_GROUP]
    others = [organisation for organisation in taking if organisation not in pool]
    while pool and others and _tells(pool, people):
        pool.append(others.pop(0))
    total = sum(people[organisation] for organisation in taking)
    others.sort(key=lambda organisation: (-people[organisation], names[organisation].casefold()))
    return Figures(
        people=total if total >= LEAST_GROUP else None,
        organisations=tuple(Taking(names[each], people[each]) for each in others),
        others=sum(people[organisation] for organisation in pool) if total >= LEAST_GROUP else 0,
        ideas=ideas,
        comments=comments,
        votes=votes,
    )


def _tells(pool: Sequence[int], people: Mapping[int, int]) -> bool:
    """Return whether the sum of a pool is too small, or as large as that of small ones can be."""
    counts = [people[organisation] for organisation in pool]
    return sum(counts) < LEAST_GROUP or all(count == LEAST_GROUP - 1 for count in counts)


def people_in_words(figures: Figures) -> str:
    """Return how many took part in words."""
    return f"{figures.people:,} people" if figures.people else f"Fewer than {LEAST_GROUP} people"


def organisations_in_words(figures: Figures) -> Sequence[str]:
    """Return a line for each organisation that may be told of, the others together last."""
    lines = [f"{each.name}: {each.people:,} people" for each in figures.organisations]
    if figures.others and lines:
        lines.append(f"Other organisations together: {figures.others:,} people")
    return lines
