"""Where an idea stands: the decisions of moderators."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, insert, update

from talking_together.audit.services import record
from talking_together.core import clock, rich_text
from talking_together.core.errors import InvalidInput
from talking_together.extensions import db
from talking_together.files.services import claim_files
from talking_together.ideas import policies
from talking_together.ideas.locks import count_idea, locked_challenge_of, locked_idea
from talking_together.ideas.models import Idea, IdeaDecision
from talking_together.ideas.services import earned_keys
from talking_together.ideas.statuses import LISTED, NEEDS_RESPONSE, STATUSES
from talking_together.notifications.services import notify
from talking_together.points import services as points

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

MAX_RESPONSE = 5_000
# Nobody is told of a decision before it has stood for so long; until then it can be undone unheard.
SETTLE = timedelta(minutes=2)
# Leaving or entering the lists moves the challenge's count, so its row is locked first.
_MOVES_COUNT = frozenset({"new", "hidden"})
_EARNS = {"shortlisted": "idea shortlisted", "done": "idea done"}


@dataclass(frozen=True, slots=True)
class Decided:
    """An idea whose status changed."""

    id: int
    title: str
    status: str


def change_status(moderator: "Viewer", *, idea_id: int, status: str, response: str = "") -> Decided:
    """Change where an idea stands, tell its author, and write down who decided what and why."""
    if status not in STATUSES:
        raise InvalidInput("Choose a status", field="status")
    if status in _MOVES_COUNT and moderator.is_moderator:
        locked_challenge_of(moderator, idea_id)
    idea = locked_idea(moderator, idea_id)
    policies.ensure_can_decide(moderator, idea, idea, clock.now())
    policies.ensure_change_allowed(idea.status, status, "moderator")
    response = _checked(response.strip(), status)
    _write(idea, status)
    decision_id = _insert(moderator, idea, status, response)
    _tell_author(moderator, idea, decision_id)
    record(
        moderator,
        "idea status changed",
        subject_type="idea",
        subject_id=idea.id,
        subject_label=idea.title,
        reason=response,
        details={"from": idea.status, "to": status},
    )
    _move_points(idea, status)
    return Decided(idea.id, idea.title, status)


def _checked(response: str, status: str) -> str:
    if not response and status in NEEDS_RESPONSE:
        raise InvalidInput(f"Say in words why this is “{status}”", field="response")
    if not response and status == "hidden":
        raise InvalidInput("Give the reason: the author will read it", field="response")
    if len(response) > MAX_RESPONSE:
        raise InvalidInput(f"Response must be {MAX_RESPONSE:,} characters or fewer", field="response")
    return response


def _write(idea: Row[Any], status: str) -> None:
    was, is_now = idea.status in LISTED, status in LISTED
    db.session.execute(
        update(Idea)
        .where(Idea.id == idea.id)
        .values(status=status, listed=is_now)
        .execution_options(synchronize_session=False)
    )
    if was != is_now:
        count_idea(idea.challenge_id, int(is_now) - int(was))


def _insert(moderator: "Viewer", idea: Row[Any], status: str, response: str) -> int:
    decision_id: int = db.session.execute(
        insert(IdeaDecision)
        .values(
            idea_id=idea.id,
            from_status=idea.status,
            to_status=status,
            response_source=response,
            response_html=rich_text.render(response, pictures=True) if response else "",
            decided_by=moderator.id,
            decided_as=moderator.role,
            at=clock.now(),
        )
        .returning(IdeaDecision.id)
    ).scalar_one()
    claim_files(moderator, idea_id=idea.id, sources=[response])
    return decision_id


def _tell_author(moderator: "Viewer", idea: Row[Any], decision_id: int) -> None:
    if idea.author_id is not None and idea.author_id != moderator.id:
        notify(
            idea.author_id,
            "status of your idea",
            fact_key=f"idea decision:{decision_id}",
            idea_id=idea.id,
        )


def _move_points(idea: Row[Any], status: str) -> None:
    if status == "hidden":
        points.take_back(earned_keys(idea.id))
    elif idea.author_id is not None and status in _EARNS:
        event = _EARNS[status]
        points.award(event, member_id=idea.author_id, key=f"{event}:idea:{idea.id}", idea_id=idea.id)
