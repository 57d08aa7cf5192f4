"""A member's own ideas in one challenge that say nearly the same, also withdrawn and posted again."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import combinations
from typing import Any

from sqlalchemy import func, select, tuple_

from talking_together.extensions import db
from talking_together.fairness import thresholds as limits
from talking_together.fairness.detecting.tally import chunks
from talking_together.fairness.found import Found
from talking_together.ideas.models import Idea
from talking_together.search.trigrams import similarity_of_texts
from talking_together.search.words import words_of

# What nobody else has seen is no idea yet, and merged ones were seen to be the same.
_LEFT_OUT = ("draft", "waiting for approval", "merged")


def own_duplicates(since: datetime) -> list[Found]:
    """Return the members with ideas that are nearly the same, where the latest came since a moment."""
    newest = db.session.scalar(select(func.max(Idea.id))) or 0
    fresh = db.session.execute(
        select(Idea.author_id, Idea.challenge_id)
        .where(
            Idea.id > newest - limits.MOST_IDEAS,
            Idea.published_at >= since,
            Idea.author_id.is_not(None),
            Idea.imported_id.is_(None),
            Idea.status.not_in(_LEFT_OUT),
        )
        .distinct()
    ).all()
    found = []
    for some in chunks(sorted(map(tuple, fresh))):
        for (author_id, challenge_id), ideas in _ideas_of(some).items():
            for group in alike(ideas):
                found.append(_found(author_id, challenge_id, group))
    return found


def alike(ideas: Sequence[Any]) -> list[list[Any]]:
    """Return the groups of ideas that each are nearly the same as another of the group."""
    words = {idea.id: (words_of(idea.title), words_of(idea.excerpt)) for idea in ideas}
    group_of = {idea.id: {idea.id} for idea in ideas}
    for one, other in combinations(words, 2):
        if group_of[one] is not group_of[other] and _say_the_same(words[one], words[other]):
            joined = group_of[one] | group_of[other]
            for id in joined:
                group_of[id] = joined
    by_id = {idea.id: idea for idea in ideas}
    groups = {frozenset(group) for group in group_of.values() if len(group) > 1}
    return [[by_id[id] for id in sorted(group)] for group in sorted(groups, key=sorted)]


def _say_the_same(one: tuple[list[str], list[str]], other: tuple[list[str], list[str]]) -> bool:
    if min(len(one[0]) + len(one[1]), len(other[0]) + len(other[1])) < limits.OWN_SHORTEST:
        return False
    titles = similarity_of_texts(one[0], other[0])
    return titles >= limits.OWN_TITLES and similarity_of_texts(one[1], other[1]) >= limits.OWN_TEXTS


def _ideas_of(places: Sequence[tuple[Any, ...]]) -> dict[tuple[int, int], list[Any]]:
    rows = db.session.execute(
        select(Idea.id, Idea.author_id, Idea.challenge_id, Idea.title, Idea.excerpt, Idea.status)
        .where(tuple_(Idea.author_id, Idea.challenge_id).in_(places), Idea.status.not_in(_LEFT_OUT))
        .order_by(Idea.id.desc())
    )
    by_place: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in rows:
        if len(by_place[row.author_id, row.challenge_id]) < limits.OWN_MOST:
            by_place[row.author_id, row.challenge_id].append(row)
    return by_place


def _found(author_id: int, challenge_id: int, group: Sequence[Any]) -> Found:
    return Found(
        kind="own duplicates",
        # The first of them names it, however many follow.
        subject_key=f"own duplicates:member:{author_id}:idea:{group[0].id}",
        voters=(author_id,),
        strength=len(group),
        figures={
            "challenge": challenge_id,
            "ideas": [idea.id for idea in group],
            "withdrawn": sum(idea.status == "withdrawn" for idea in group),
        },
    )
