"""What a decision moves in the ledger of points."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, DateTime, Integer, Row, column, func, select, table

from talking_together.extensions import db
from talking_together.ideas.co_author_queries import beside
from talking_together.ideas.models import BoardActIdea, IdeaDecision
from talking_together.ideas.services import earned_keys
from talking_together.points.milestone_checks import ask_for_milestones
from talking_together.points.services import Award, Moved, enter, give_back, reverse, shared

# Named, not imported: comments are a room above this one.
_comments = table(
    "comments",
    column("id", BigInteger),
    column("idea_id", BigInteger),
    column("author_id", Integer),
    column("deleted_at", DateTime),
)
_thanks = table("comment_thanks", column("comment_id", BigInteger))

# Coming to one of these, or leaving it, can move milestones.
MILESTONE_STATUSES = frozenset({"done", "hidden"})
THANKED = "comment thanked:comment:"
EARNS = {"shortlisted": "idea shortlisted", "done": "idea done"}


class Earnings(NamedTuple):
    """The keys of the events that decisions made count, and of those they took back, for each idea."""

    earned: Mapping[int, list[str]]
    taken_back: Mapping[int, list[str]]

    def earned_by(self, idea_id: int) -> list[str]:
        """Return the keys of what the idea earned."""
        return self.earned.get(idea_id, [])

    def taken_from(self, idea_id: int) -> list[str]:
        """Return the keys of what was taken back because of the idea."""
        return self.taken_back.get(idea_id, [])


def follow(ideas: Sequence[Row[Any]], status: str, decisions: Mapping[int, int]) -> Earnings:
    """Move the points that follow from ideas coming to a status by the decisions with these ids.

    Hiding an idea takes back what it earned, and what its author's thanks earned others; showing it
    again gives back what that hiding took. Being shortlisted or done earns once for ever; but what an
    undone decision earned was never earned, so a later one brings it again.
    """
    ask_for_those_who_wrote([idea for idea in ideas if {idea.status, status} & MILESTONE_STATUSES])
    if status == "hidden":
        keys = {key: idea.id for idea in ideas for key in earned_keys(idea.id)}
        keys |= _keys_of_thanks([idea.id for idea in ideas])
        return Earnings({}, _by_idea(reverse(keys).keys, keys))
    if status in EARNS:
        return Earnings(_earned(ideas, status, decisions), {})
    shown = [idea.id for idea in ideas if idea.status == "hidden"]
    return Earnings(_given_back(shown) if shown else {}, {})


def _earned(ideas: Sequence[Row[Any]], status: str, decisions: Mapping[int, int]) -> Mapping[int, list[str]]:
    event = EARNS[status]
    keys = {f"{event}:idea:{idea.id}": idea.id for idea in ideas if idea.author_id is not None}
    with_them = beside([idea.id for idea in ideas if idea.co_authors_count])
    awards = [
        award
        for idea in ideas
        if idea.author_id is not None
        for award in shared(
            Award(event, idea.author_id, f"{event}:idea:{idea.id}", idea.id), with_them.get(idea.id, ())
        )
    ]
    moved = enter(awards).keys
    again = {key: id for key, id in keys.items() if key not in moved}
    if again:
        before = _decided_before(list(again.values()), status, decisions)
        moved += give_back(key for key, id in again.items() if id not in before).keys
    return _by_idea(moved, keys)


def _given_back(idea_ids: list[int]) -> Mapping[int, list[str]]:
    """Give back what the last hiding of the ideas took: not what their authors withdrew before it."""
    hidden = (
        select(func.max(IdeaDecision.id))
        .where(
            IdeaDecision.idea_id.in_(idea_ids),
            IdeaDecision.to_status == "hidden",
            IdeaDecision.undone_at.is_(None),
        )
        .group_by(IdeaDecision.idea_id)
    )
    acts = db.session.execute(
        select(BoardActIdea.idea_id, BoardActIdea.taken_back).where(BoardActIdea.decision_id.in_(hidden))
    )
    keys = {key: act.idea_id for act in acts for key in act.taken_back}
    return _by_idea(give_back_taken(keys).keys, keys)


def give_back_taken(keys: Iterable[str]) -> Moved:
    """Give back what hiding took, but for thanks that were taken back meanwhile by who gave or got them."""
    keys = list(keys)
    thanks = {key: int(key.removeprefix(THANKED)) for key in keys if key.startswith(THANKED)}
    if not thanks:
        return give_back(keys)
    standing = set(
        db.session.scalars(
            select(_comments.c.id)
            .join(_thanks, _thanks.c.comment_id == _comments.c.id)
            .where(_comments.c.id.in_(thanks.values()), _comments.c.deleted_at.is_(None))
        )
    )
    return give_back(key for key in keys if thanks.get(key) in {None, *standing})


def ask_for_those_who_wrote(ideas: Sequence[Any]) -> None:
    """Let the milestones be computed again of those who wrote locked ideas, or were thanked under them."""
    ids = [idea.id for idea in ideas]
    if not ids:
        return
    thanked = (
        select(_comments.c.author_id)
        .join(_thanks, _thanks.c.comment_id == _comments.c.id)
        .where(_comments.c.idea_id.in_(ids), _comments.c.author_id.is_not(None))
    )
    with_them = beside([idea.id for idea in ideas if idea.co_authors_count])
    ask_for_milestones(
        {
            *(idea.author_id for idea in ideas if idea.author_id is not None),
            *(member_id for members in with_them.values() for member_id in members),
            *db.session.scalars(thanked),
        }
    )


def _keys_of_thanks(idea_ids: list[int]) -> dict[str, int]:
    """Return the keys of what thanks for comments on the ideas earned, each with its idea."""
    statement = (
        select(_comments.c.id, _comments.c.idea_id)
        .join(_thanks, _thanks.c.comment_id == _comments.c.id)
        .where(_comments.c.idea_id.in_(idea_ids))
    )
    return {f"{THANKED}{row.id}": row.idea_id for row in db.session.execute(statement)}


def _decided_before(idea_ids: list[int], status: str, decisions: Mapping[int, int]) -> set[int]:
    """Return the ideas that came to the status by an earlier decision, which stands."""
    statement = select(IdeaDecision.idea_id).where(
        IdeaDecision.idea_id.in_(idea_ids),
        IdeaDecision.to_status == status,
        IdeaDecision.undone_at.is_(None),
        IdeaDecision.id.not_in(list(decisions.values())),
    )
    return set(db.session.scalars(statement))


def _by_idea(moved: Sequence[str], keys: Mapping[str, int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for key in moved:
        found.setdefault(keys[key], []).append(key)
    return found
