"""Undoing what a moderator did to ideas: everything as it was, or words why not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, bindparam, select, update

from talking_together.audit.services import Subject, record_many
from talking_together.core import clock
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, NotFound
from talking_together.extensions import db
from talking_together.ideas import policies
from talking_together.ideas.acts import UNDO_FOR, Left, restored, stored
from talking_together.ideas.answered import count_answers
from talking_together.ideas.decisions import last_decisions
from talking_together.ideas.duty import owed_key
from talking_together.ideas.earnings import MILESTONE_STATUSES, ask_for_those_who_wrote, give_back_taken
from talking_together.ideas.locks import count_idea, locked_as_found
from talking_together.ideas.models import BoardAct, BoardActIdea, Idea, IdeaDecision
from talking_together.ideas.statuses import LISTED
from talking_together.notifications.services import take_back
from talking_together.points.services import reverse

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

_MOMENTS = ("answered_at", "answer_due_at", "overdue_told_at")
_CHANGED = "It has changed since, so it was left as it is."
_TOLD = "People have been told already. A new change, with the reason in words, is the honest way back."


@dataclass(frozen=True, slots=True)
class Undone:
    """An act that was undone, for how many ideas, and those that were left as they are."""

    words: str
    idea_ids: list[int]
    left: list[Left]


def undo_act(moderator: "Viewer", *, act_id: int) -> Undone:
    """Bring back what was before one's own act, for each of its ideas that has not changed since."""
    act = _locked_act(moderator, act_id)
    rows = db.session.execute(
        select(
            BoardActIdea.idea_id,
            BoardActIdea.decision_id,
            BoardActIdea.before,
            BoardActIdea.after,
            BoardActIdea.earned,
            BoardActIdea.taken_back,
        ).where(BoardActIdea.act_id == act_id)
    ).all()
    parts = {row.idea_id: row for row in rows}
    ideas = locked_as_found(moderator, parts.keys())
    last = last_decisions([idea.id for idea in ideas])
    reasons = {idea.id: _why_not(moderator, idea, parts[idea.id], last.get(idea.id)) for idea in ideas}
    reasons |= _told([parts[id] for id, why in reasons.items() if not why])
    undone = [idea for idea in ideas if not reasons[idea.id]]
    left = [Left(idea.id, idea.title, reasons[idea.id]) for idea in ideas if reasons[idea.id]]
    if not undone:
        raise Conflict(left[0].why if left else _CHANGED)
    _bring_back(undone, parts)
    _move_back(act_id, undone, [parts[idea.id] for idea in undone])
    _close(moderator, act, undone)
    return Undone(act.words, [idea.id for idea in undone], left)


def _locked_act(moderator: "Viewer", act_id: int) -> Row[Any]:
    statement: Any = select(BoardAct.id, BoardAct.words, BoardAct.at, BoardAct.undone_at).where(
        BoardAct.id == act_id, BoardAct.actor_id == moderator.id
    )
    act: Row[Any] | None = db.session.execute(locked(statement)).first()
    if act is None:
        raise NotFound()
    if act.undone_at is not None:
        raise Conflict("This was undone already.")
    if act.at <= clock.now() - UNDO_FOR:
        raise Conflict("More than ten minutes have passed, so this can no longer be undone. Change it anew.")
    return act


def _why_not(moderator: "Viewer", idea: Row[Any], part: Row[Any], last: Any) -> str:
    try:
        policies.ensure_can_decide(moderator, idea, idea, clock.now())
    except Conflict as error:
        return error.message
    if part.decision_id is not None and (last is None or last.id != part.decision_id):
        return _CHANGED
    return "" if all(_now(idea, name) == value for name, value in part.after.items()) else _CHANGED


def _now(idea: Row[Any], name: str) -> Any:
    value = getattr(idea, "idea_answered_at" if name == "answered_at" else name)
    return stored(value) if name in _MOMENTS else value


def _told(parts: Sequence[Row[Any]]) -> dict[int, str]:
    """Mark the decisions as undone; return why not for those that people were told of meanwhile."""
    decided = {part.decision_id: part.idea_id for part in parts if part.decision_id is not None}
    if not decided:
        return {}
    marked = db.session.scalars(
        update(IdeaDecision)
        .where(IdeaDecision.id.in_(decided), IdeaDecision.told_at.is_(None))
        .values(undone_at=clock.now())
        .returning(IdeaDecision.id)
        .execution_options(synchronize_session=False)
    ).all()
    return {idea_id: _TOLD for id, idea_id in decided.items() if id not in marked}


def _bring_back(ideas: Sequence[Row[Any]], parts: Mapping[int, Row[Any]]) -> None:
    """Write the columns as they were, and what the challenges count by them."""
    rows, counts = [], Counter[int]()
    for idea in ideas:
        before = dict(parts[idea.id].before)
        if "status" in before:
            before["listed"] = before["status"] in LISTED
            counts[idea.challenge_id] += int(before["listed"]) - int(idea.status in LISTED)
        rows.append({name: restored(value) if name in _MOMENTS else value for name, value in before.items()})
    table: Any = Idea.__table__
    db.session.connection().execute(
        update(table)
        .where(table.c.id == bindparam("id_of"))
        .values({name: bindparam(name, type_=table.c[name].type) for name in rows[0]}),
        [{"id_of": idea.id, **row} for idea, row in zip(ideas, rows, strict=True)],
    )
    for challenge_id, change in sorted(counts.items()):
        if change:
            count_idea(challenge_id, change, answered=False)
    count_answers(counts)


def _move_back(act_id: int, ideas: Sequence[Row[Any]], parts: Sequence[Row[Any]]) -> None:
    """Take back the points that the act brought, give back those it took, and unsay what it said."""
    moved = {part.idea_id: {part.before.get("status"), part.after.get("status")} for part in parts}
    ask_for_those_who_wrote([idea for idea in ideas if moved[idea.id] & MILESTONE_STATUSES])
    reverse(key for part in parts for key in part.earned)
    give_back_taken(key for part in parts for key in part.taken_back)
    take_back([owed_key(part.idea_id, act_id) for part in parts if "answer_owner_id" in part.after])


def _close(moderator: "Viewer", act: Row[Any], ideas: Sequence[Row[Any]]) -> None:
    db.session.execute(
        update(BoardAct)
        .where(BoardAct.id == act.id)
        .values(undone_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    record_many(
        moderator,
        "act on ideas undone",
        [Subject("idea", idea.id, idea.title, {"act": act.words}) for idea in ideas],
    )
