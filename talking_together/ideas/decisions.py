"""Where ideas stand: the decisions of moderators, on one idea or on many at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, insert, select

from talking_together.accounts.bylines import shown_name
from talking_together.accounts.models import Member
from talking_together.audit.services import Subject, record_many
from talking_together.core import clock, rich_text
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.drafts import services as drafts
from talking_together.extensions import db
from talking_together.files.services import claim_files
from talking_together.ideas import earnings, policies
from talking_together.ideas.acts import Change, record_act, stored
from talking_together.ideas.answered import count_answers, is_answer
from talking_together.ideas.locks import count_idea, locked_challenge_of, locked_idea, write_ideas
from talking_together.ideas.models import IdeaDecision
from talking_together.ideas.statuses import LISTED, NEEDS_RESPONSE, STATUSES

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

MAX_RESPONSE = 5_000
# Nobody is told of a decision before it has stood for so long; until then it can be undone unheard.
SETTLE = timedelta(minutes=2)


class AnsweredMeanwhile(Conflict):
    """Somebody else decided on the idea after this person opened the page."""

    def __init__(self, name: str, status: str) -> None:
        super().__init__(
            f"{name} changed this idea to “{status}” after you opened this page. What they wrote is below,"
            " and your words are still here: read theirs, then save again if yours should follow them."
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """An idea whose status changed, and the act by which that can be undone."""

    id: int
    title: str
    status: str
    act_id: int


def change_status(
    moderator: "Viewer", *, idea_id: int, status: str, response: str = "", seen: int | None = None
) -> Decided:
    """Change where an idea stands, and write down who decided what and why.

    `seen` is the last decision that the moderator knew of, 0 for none: if another was made since, they
    are told of it first.
    """
    response = checked_response(status, response)
    if moderator.is_moderator:
        # What it counts for in the challenge may move.
        locked_challenge_of(moderator, idea_id)
    idea = locked_idea(moderator, idea_id)
    policies.ensure_can_decide(moderator, idea, idea, clock.now())
    if seen is not None:
        ensure_seen(last_decisions([idea_id]).get(idea_id), seen)
    policies.ensure_change_allowed(idea.status, status, "moderator")
    changes = decide(moderator, [idea], status=status, response=response)
    drafts.discard_draft(moderator, key=response_key(idea_id))
    act_id = record_act(moderator, f"“{idea.title}” changed to “{status}”", changes)
    return Decided(idea.id, idea.title, status, act_id)


def response_key(idea_id: int) -> str:
    """Return the key that an answer is kept by while it is typed."""
    return f"response:{idea_id}"


def checked_response(status: str, response: str) -> str:
    """Return the response as it is kept; InvalidInput unless the status can be given with it."""
    if status not in STATUSES:
        raise InvalidInput("Choose a status", field="status")
    response = response.strip()
    if not response and status in NEEDS_RESPONSE:
        raise InvalidInput(f"Say in words why this is “{status}”", field="response")
    if not response and status == "hidden":
        raise InvalidInput("Give the reason: the author will read it", field="response")
    if len(response) > MAX_RESPONSE:
        raise InvalidInput(f"Response must be {MAX_RESPONSE:,} characters or fewer", field="response")
    return response


def last_decisions(idea_ids: Collection[int]) -> dict[int, Any]:
    """Return the last decision that stands on each idea: its id, its status and who made it."""
    last = (
        select(func.max(IdeaDecision.id))
        .where(IdeaDecision.idea_id.in_(idea_ids), IdeaDecision.undone_at.is_(None))
        .group_by(IdeaDecision.idea_id)
    )
    rows = db.session.execute(
        select(
            IdeaDecision.id, IdeaDecision.idea_id, IdeaDecision.to_status, shown_name(Member).label("name")
        )
        .outerjoin(Member, Member.id == IdeaDecision.decided_by)
        .where(IdeaDecision.id.in_(last))
    )
    return {row.idea_id: row for row in rows}


def ensure_seen(last: Any, seen: int) -> None:
    """Raise AnsweredMeanwhile unless the last decision is the one that was seen, 0 for none."""
    if last is not None and last.id != seen:
        raise AnsweredMeanwhile(last.name or "Somebody", last.to_status)


def decide(moderator: "Viewer", ideas: Sequence[Row[Any]], *, status: str, response: str) -> list[Change]:
    """Change the status of locked ideas that may change so, in a number of statements that is fixed.

    The caller holds the locks of the challenges and has asked the policies.
    """
    at = clock.now()
    decisions = _insert(moderator, ideas, status, response, at)
    first = [idea for idea in ideas if idea.idea_answered_at is None and is_answer(status, response)]
    _write(ideas, status, first, at)
    moved = earnings.follow(ideas, status, decisions)
    record_many(
        moderator,
        "idea status changed",
        [Subject("idea", idea.id, idea.title, {"from": idea.status, "to": status}) for idea in ideas],
        reason=response,
    )
    answered = {idea.id: stored(at) for idea in first}
    return [
        Change(
            idea_id=idea.id,
            decision_id=decisions[idea.id],
            before={"status": idea.status, "answered_at": stored(idea.idea_answered_at)},
            after={"status": status, "answered_at": answered.get(idea.id, stored(idea.idea_answered_at))},
            earned=moved.earned_by(idea.id),
            taken_back=moved.taken_from(idea.id),
        )
        for idea in ideas
    ]


def _insert(
    moderator: "Viewer", ideas: Sequence[Row[Any]], status: str, response: str, at: datetime
) -> dict[int, int]:
    # A picture belongs to one idea, so an answer to many has none.
    one = ideas[0] if len(ideas) == 1 else None
    html = rich_text.render(response, pictures=one is not None) if response else ""
    rows = db.session.execute(
        insert(IdeaDecision).returning(IdeaDecision.id, IdeaDecision.idea_id),
        [
            {
                "idea_id": idea.id,
                "from_status": idea.status,
                "to_status": status,
                "response_source": response,
                "response_html": html,
                "decided_by": moderator.id,
                "decided_as": moderator.role,
                "at": at,
            }
            for idea in ideas
        ],
    )
    if one is not None:
        claim_files(moderator, idea_id=one.id, sources=[response])
    return {row.idea_id: row.id for row in rows}


def _write(ideas: Sequence[Row[Any]], status: str, first: Sequence[Row[Any]], at: datetime) -> None:
    is_listed = status in LISTED
    write_ideas([idea.id for idea in ideas], status=status, listed=is_listed)
    if first:
        write_ideas([idea.id for idea in first], answered_at=at)
    moved: dict[int, int] = {}
    for idea in ideas:
        if (change := int(is_listed) - int(idea.status in LISTED)) != 0:
            moved[idea.challenge_id] = moved.get(idea.challenge_id, 0) + change
    for challenge_id, change in sorted(moved.items()):
        count_idea(challenge_id, change, answered=False)
    count_answers({*moved, *(idea.challenge_id for idea in first)})
