"""What the rows must be after merges that were all undone, given what people did meanwhile."""

import copy
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from talking_together.comments.paths import WIDTH
from talking_together.ideas import ranking
from tests.support.merge_people import Done
from tests.support.snapshots import Rows


def expected_after(before: Rows, done: Iterable[Done]) -> Rows:
    """Return the rows as they were, with each act worked in; "touched" names the ideas with any."""
    rows = copy.deepcopy(before)
    ideas_before = {key: _of_idea(rows, key[0]) for key in rows["ideas"]}
    for act in done:
        _WORK_IN[act.what](rows, act)
    _count_comment_votes(rows)
    touched = {key: {} for key, was in ideas_before.items() if _of_idea(rows, key[0]) != was}
    for key in touched:
        _count(rows["ideas"][key], *_of_idea(rows, key[0]))
    rows["touched"] = touched
    return rows


def _vote(rows: Rows, act: Done) -> None:
    _put(rows["idea_votes"], (act.idea_id, act.member_id), act.row)


def _follow(rows: Rows, act: Done) -> None:
    _put(rows["idea_follows"], (act.idea_id, act.member_id), act.row)


def _comment(rows: Rows, act: Done) -> None:
    assert act.row is not None
    key, comments = (act.row["id"],), rows["comments"]
    if key not in comments:
        # A reply belongs to the idea that its conversation began on, wherever that stood meanwhile.
        root = (int(act.row["path"][:WIDTH]),)
        idea_id = comments[root]["idea_id"] if root in comments else act.idea_id
        comments[key] = {**act.row, "idea_id": idea_id}
    comments[key]["deleted_at"] = act.row["deleted_at"]


def _comment_vote(rows: Rows, act: Done) -> None:
    assert act.row is not None
    _put(rows["comment_votes"], (act.row["id"], act.member_id), act.row["vote"])


_WORK_IN = {"vote": _vote, "follow": _follow, "comment": _comment, "comment vote": _comment_vote}


def _put(table: dict[tuple[Any, ...], dict[str, Any]], key: tuple[int, int], row: Any) -> None:
    if row is None:
        table.pop(key, None)
    else:
        table[key] = row


def _count_comment_votes(rows: Rows) -> None:
    counts: dict[int, Counter[int]] = defaultdict(Counter)
    for vote in rows["comment_votes"].values():
        counts[vote["comment_id"]][vote["value"]] += 1
    for (id,), row in rows["comments"].items():
        row["up_count"], row["down_count"] = counts[id][1], counts[id][-1]


def _of_idea(rows: Rows, idea_id: int) -> tuple[list[Any], list[Any]]:
    votes = [row for (id, _), row in rows["idea_votes"].items() if id == idea_id]
    comments = [
        row for row in rows["comments"].values() if row["idea_id"] == idea_id and row["deleted_at"] is None
    ]
    return (
        sorted((vote["value"], vote["cast_at"]) for vote in votes),
        sorted(comment["created_at"] for comment in comments),
    )


def _count(idea: dict[str, Any], votes: list[Any], comments: list[Any]) -> None:
    published_at = idea["published_at"]
    up = sum(value == 1 for value, _ in votes)
    terms = [
        1.0,
        *(
            ranking.activity_term(ranking.UP_VOTE_WEIGHT, at, published_at)
            for value, at in votes
            if value == 1
        ),
        *(ranking.activity_term(ranking.COMMENT_WEIGHT, at, published_at) for at in comments),
    ]
    activity = math.fsum(terms)
    idea |= {
        "up_count": up,
        "down_count": len(votes) - up,
        "votes_count": len(votes),
        "comments_count": len(comments),
        "wilson": ranking.wilson_lower_bound(up, len(votes) - up),
        "activity": activity,
        "trending": ranking.trending_of(activity, published_at),
    }
