"""Ideas that are alike: those of one challenge whose words are those of another text.

The database finds the candidates, in one statement of bounded cost: the ideas that share the most
telling of the words, a word being the more telling the fewer ideas have it. They are then judged
here, the same on both databases: by which of the words they have, and by how their titles look.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from talking_together.challenges.models import Challenge
from talking_together.core import clock
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.ideas.queries import cards_of, seen_by
from talking_together.ideas.shown import IdeaCard
from talking_together.search import candidates
from talking_together.search.trigrams import similarity, similarity_of_texts
from talking_together.search.words import GENERAL_WORDS, words_of

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

MOST_TERMS = 12
MOST_CANDIDATES = 40
# Below this two texts have a word or two in common, and are about different things.
ALIKE = 0.3
# Above this they say the same, and a person about to publish one is asked once.
VERY_ALIKE = 0.62
# A long text need not share more than this many of its most telling words.
ENOUGH = 5
# What a word counts that any proposal may have.
GENERAL = 0.35
# What a word found in the text counts beside one in the title.
IN_TEXT = 0.6
# Two words of one stem share most of their trigrams: discharge, discharging.
SAME_STEM = 0.4
SHORTEST_STEM = 4


@dataclass(frozen=True, slots=True)
class Alike:
    """An idea as lists show it, and how much it is like the text, from 0 to 1."""

    idea: IdeaCard
    likeness: float

    @property
    def is_very(self) -> bool:
        """Return whether the two say the same, as far as words tell."""
        return self.likeness >= VERY_ALIKE


class _Term(NamedTuple):
    word: str
    weight: float


def similar_ideas(
    viewer: "Viewer",
    challenge_id: int,
    *,
    title: str,
    text: str = "",
    size: int = 5,
    but: int | None = None,
    least: float = ALIKE,
    at: datetime | None = None,
) -> list[Alike]:
    """Return the listed ideas of a challenge most like a title and text, the most alike first.

    Two statements, whatever the challenge holds; none without a word to go by. What the viewer may
    not see is not among them; `but` leaves one idea out.
    """
    own_title, words = words_of(title), _terms_of(title, text)
    if not words:
        return []
    found = candidates.sharing(words, challenge_id, size=MOST_CANDIDATES + 1)
    ids = [id for id in found.ids if id != but]
    if not ids:
        return []
    terms = [
        _Term(word, math.log1p(found.total / max(1, have)) * (GENERAL if word in GENERAL_WORDS else 1.0))
        for word, have in zip(words, found.having, strict=True)
    ]
    cards = cards_of(viewer, ids, at=at or clock.now())
    judged = [Alike(card, _likeness(terms, own_title, card)) for card in cards.values()]
    alike = [each for each in judged if each.likeness >= least]
    return sorted(alike, key=lambda each: (-each.likeness, -each.idea.id))[:size]


def ideas_like(viewer: "Viewer", idea_id: int, size: int = 5, *, least: float = ALIKE) -> list[Alike]:
    """Return the listed ideas of its challenge most like an idea; NotFound where it does not exist."""
    idea = db.session.execute(
        select(Idea.id, Idea.challenge_id, Idea.title, Idea.excerpt)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(Idea.id == idea_id, seen_by(viewer))
    ).first()
    if idea is None:
        raise NotFound()
    return similar_ideas(
        viewer,
        idea.challenge_id,
        title=idea.title,
        text=idea.excerpt,
        size=size,
        but=idea_id,
        least=least,
    )


def _terms_of(title: str, text: str) -> list[str]:
    """Return the words to look for: those of the title, then the text's, of too many the longest."""
    words = list(dict.fromkeys([*words_of(title), *words_of(text)]))
    kept = set(sorted(words, key=len, reverse=True)[:MOST_TERMS])
    return [word for word in words if word in kept]


def _likeness(terms: Sequence[_Term], own_title: list[str], card: IdeaCard) -> float:
    """Return how much of the text's words an idea has, weighed, and how alike the titles look."""
    title, text = words_of(card.title), words_of(card.excerpt)
    whole = sum(sorted((term.weight for term in terms), reverse=True)[:ENOUGH])
    shared = sum(
        term.weight * max(_best(term.word, title), IN_TEXT * _best(term.word, text)) for term in terms
    )
    return 0.7 * min(1.0, shared / whole) + 0.3 * similarity_of_texts(own_title, title)


def _best(word: str, others: list[str]) -> float:
    """Return 1 if the word is among the others, less for another form of it, 0 for none."""
    if word in others:
        return 1.0
    if len(word) < SHORTEST_STEM:
        return 0.0
    start = word[:SHORTEST_STEM]
    forms = [similarity(word, other) for other in others if other.startswith(start)]
    best: float = max(forms, default=0.0)
    return best**0.5 if best >= SAME_STEM else 0.0
