"""What moderators did to ideas, kept so that it can be undone for a while (`ideas.undoing`)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, exists, insert, select

from talking_together.core import clock
from talking_together.extensions import db
from talking_together.ideas.models import BoardAct, BoardActIdea, IdeaDecision

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

UNDO_FOR = timedelta(minutes=10)
_LONGEST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Change:
    """What an act changed of an idea, in columns by name, and the keys of the points that it moved."""

    idea_id: int
    before: dict[str, Any]
    after: dict[str, Any]
    decision_id: int | None = None
    earned: list[str] = field(default_factory=list)
    taken_back: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Left:
    """An idea that an act left as it was, and why."""

    idea: int
    title: str
    why: str


def record_act(
    moderator: "Viewer", words: str, changes: Sequence[Change], *, left: Sequence[Left] = ()
) -> int:
    """Keep what an act changed, in two statements; return its id."""
    if len(words) > _LONGEST_WORDS:
        words = words[: _LONGEST_WORDS - 1] + "…"
    act_id: int = db.session.execute(
        insert(BoardAct)
        .values(
            actor_id=moderator.id,
            words=words,
            report=[{"idea": one.idea, "title": one.title, "why": one.why} for one in left],
            at=clock.now(),
        )
        .returning(BoardAct.id)
    ).scalar_one()
    db.session.execute(
        insert(BoardActIdea),
        [
            {
                "act_id": act_id,
                "idea_id": change.idea_id,
                "decision_id": change.decision_id,
                "before": change.before,
                "after": change.after,
                "earned": change.earned,
                "taken_back": change.taken_back,
            }
            for change in changes
        ],
    )
    return act_id


def latest_act(moderator: "Viewer", *, idea_id: int | None = None) -> Row[Any] | None:
    """Return the moderator's latest act that can still be undone, on any idea or on one; or None."""
    told = (
        exists()
        .where(
            BoardActIdea.act_id == BoardAct.id,
            IdeaDecision.id == BoardActIdea.decision_id,
            IdeaDecision.told_at.is_not(None),
        )
        .correlate(BoardAct)
    )
    statement = (
        select(BoardAct.id, BoardAct.words, BoardAct.report, BoardAct.at, told.label("is_told"))
        .where(
            BoardAct.actor_id == moderator.id,
            BoardAct.at > clock.now() - UNDO_FOR,
            BoardAct.undone_at.is_(None),
        )
        .order_by(BoardAct.at.desc(), BoardAct.id.desc())
        .limit(1)
    )
    if idea_id is not None:
        of_idea = select(BoardActIdea.act_id).where(BoardActIdea.idea_id == idea_id)
        statement = statement.where(BoardAct.id.in_(of_idea))
    return db.session.execute(statement).first()


def stored(at: datetime | None) -> str | None:
    """Return a moment as an act keeps it."""
    return at.isoformat() if at is not None else None


def restored(text: str | None) -> datetime | None:
    """Return the moment that an act keeps."""
    return datetime.fromisoformat(text) if text is not None else None
