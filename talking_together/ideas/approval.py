"""Looking at ideas before others see them, where a challenge asks for it."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, exists, func, insert, literal, select, union_all
from sqlalchemy.orm import aliased

from talking_together.audit.services import record
from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import viewer_values, visible_to, visible_to_given
from talking_together.core import clock, rich_text
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.ideas import policies
from talking_together.ideas.acts import Change, record_act
from talking_together.ideas.locks import locked_challenge_of, locked_idea, write_ideas
from talking_together.ideas.mentions import mentioned, mentions_in, tell_mentioned
from talking_together.ideas.models import Idea, IdeaDecision, IdeaRevision
from talking_together.ideas.services import Written, became_public, published
from talking_together.ideas.wording import version_of
from talking_together.notifications.services import notify

if TYPE_CHECKING:
    from datetime import datetime

    from talking_together.accounts.viewers import Viewer

MAX_REASON = 2_000
SHOWN = 20
# For how long moderators read of a change to what they approved.
CHANGES_SHOWN_FOR = timedelta(days=14)


class ChangedBeforeApproval(Conflict):
    """The idea has other words than those that the moderator read."""

    message = (
        "Its author changed this idea after you opened the page. It is below as it stands now: read it"
        " again before you approve it."
    )


class ChangedOnceMore(Conflict):
    """The idea has other words than those whose change the moderator looked at."""

    message = (
        "This idea was changed once more after you opened the page. The newest change is below: look at it"
        " too before you say that it is fine."
    )


@dataclass(frozen=True, slots=True)
class ToApprove:
    """Ideas that wait to be approved, and those that were changed since they were."""

    waiting: "list[Row[Any]]"
    changed: "list[Row[Any]]"


@dataclass(frozen=True, slots=True)
class Looked:
    """An idea whose change was looked at; `was_waiting` is false where that was done before."""

    id: int
    title: str
    was_waiting: bool


def approve_idea(moderator: "Viewer", *, idea_id: int, version: str | None = None) -> Written:
    """Publish an idea that waits for approval: it counts and earns from now on.

    `version` is that of the wording that the moderator read: another one is not published unread.
    """
    locked_challenge_of(moderator, idea_id)
    idea = locked_idea(moderator, idea_id)
    at = clock.now()
    policies.ensure_can_approve(moderator, idea, idea, at)
    if version not in (None, version_of(idea)):
        raise ChangedBeforeApproval()
    write_ideas([idea_id], **published(at))
    decision_id = _decided(moderator, idea, "new", "", at)
    became_public(idea_id, idea.challenge_id, idea.author_id, idea.co_authors_count)
    _tell(moderator, idea, "idea approved", decision_id)
    texts = [idea.body_source, *(answer["source"] for answer in idea.answers)]
    ids = mentioned(texts, mentions_in(idea.challenge_id, texts))
    # Its author mentions them, whoever approved it.
    tell_mentioned(idea.author_id, ids, idea_id=idea_id)
    record(moderator, "idea approved", subject_type="idea", subject_id=idea_id, subject_label=idea.title)
    return Written(idea_id, idea.title, "new")


def send_back(moderator: "Viewer", *, idea_id: int, reason: str) -> Written:
    """Give an idea that waits for approval back to its author as a draft, and say why."""
    idea = locked_idea(moderator, idea_id)
    at = clock.now()
    policies.ensure_can_approve(moderator, idea, idea, at)
    reason = reason.strip()
    if not reason:
        raise InvalidInput("Say what should change: the author will read it", field="response")
    if len(reason) > MAX_REASON:
        raise InvalidInput(f"Reason must be {MAX_REASON:,} characters or fewer", field="response")
    write_ideas([idea_id], status="draft")
    decision_id = _decided(moderator, idea, "draft", reason, at)
    _tell(moderator, idea, "idea sent back", decision_id)
    record(
        moderator,
        "idea sent back",
        subject_type="idea",
        subject_id=idea_id,
        subject_label=idea.title,
        reason=reason,
    )
    return Written(idea_id, idea.title, "draft")


def take_back_to_draft(member: "Viewer", *, idea_id: int) -> Written:
    """Make one's own idea that waits for approval a draft again."""
    idea = locked_idea(member, idea_id)
    policies.ensure_can_take_to_draft(member, idea, idea, clock.now())
    write_ideas([idea_id], status="draft")
    return Written(idea_id, idea.title, "draft")


def look_at_changes(moderator: "Viewer", *, idea_id: int, version: str) -> Looked:
    """Note that a moderator looked at what changed since the idea was approved, and found it fine.

    `version` is that of the wording that they read: a newer one goes on waiting for a look. It can be
    undone as whatever else a moderator does to an idea.
    """
    idea = locked_idea(moderator, idea_id)
    policies.ensure_can_decide(moderator, idea, idea, clock.now())
    if version != version_of(idea):
        raise ChangedOnceMore()
    waiting = changes_to_look_at(moderator, idea_id=idea_id, at=clock.now())
    if not waiting:
        return Looked(idea_id, idea.title, was_waiting=False)
    before, after = {"seen_revision_id": idea.seen_revision_id}, {"seen_revision_id": max(waiting)}
    write_ideas([idea_id], **after)
    record_act(moderator, f"What changed in “{idea.title}” was found fine", [Change(idea_id, before, after)])
    record(
        moderator,
        "change of idea looked at",
        subject_type="idea",
        subject_id=idea_id,
        subject_label=idea.title,
    )
    return Looked(idea_id, idea.title, was_waiting=True)


def changes_to_look_at(viewer: "Viewer", *, idea_id: int, at: "datetime") -> set[int]:
    """Return which revisions of an idea a moderator has yet to look at, by their ids."""
    since = at - CHANGES_SHOWN_FOR
    waiting = select(IdeaRevision.id).join(Idea, Idea.id == IdeaRevision.idea_id)
    waiting = waiting.join(Challenge, Challenge.id == Idea.challenge_id).where(
        visible_to(viewer), Challenge.archived_at.is_(None), Challenge.needs_approval, Idea.listed
    )
    return set(db.session.scalars(waiting.where(Idea.id == idea_id, *_waits_for_a_look(since))))


def ideas_to_approve(viewer: "Viewer", *, at: "datetime", size: int = SHOWN) -> ToApprove:
    """Return what waits for a moderator's look, in one statement; what waited longest comes first.

    That is an idea that nobody else sees yet, and one whose wording changed since it was approved: those
    changes are seen at once. Of a change moderators read for two weeks, or until one of them says that it
    is fine, or decides on the idea.
    """
    values = {"since": at - CHANGES_SHOWN_FOR, "most": size, **viewer_values(viewer)}
    found = run(_to_approve(is_moderator=viewer.is_moderator), values)
    rows = sorted(found, key=lambda row: (row.since, row.id))
    return ToApprove([row for row in rows if not row.is_changed], [row for row in rows if row.is_changed])


@cache
def _to_approve(*, is_moderator: bool) -> Any:
    since, most = given("since", Idea.edited_at), given("most", Idea.id)
    ideas = select(Idea.id, Idea.title, Challenge.title.label("challenge_title"))
    ideas = ideas.join(Challenge, Challenge.id == Idea.challenge_id)
    ideas = ideas.where(visible_to_given(is_moderator=is_moderator), Challenge.archived_at.is_(None))
    waiting = (
        ideas.add_columns(Idea.created_at.label("since"), literal(0).label("is_changed"))
        .where(Idea.status == "waiting for approval")
        .order_by(Idea.id)
        .limit(most)
    )
    asking = aliased(Challenge, name="asking")
    changed = (
        ideas.add_columns(Idea.edited_at, literal(1))
        .where(
            Idea.challenge_id.in_(select(asking.id).where(asking.needs_approval)),
            Idea.listed,
            Idea.edited_at > since,
            exists().where(IdeaRevision.idea_id == Idea.id, *_waits_for_a_look(since)),
        )
        .order_by(Idea.edited_at, Idea.id)
        .limit(most)
    )
    return union_all(select(waiting.subquery()), select(changed.subquery()))


def _waits_for_a_look(since: Any) -> tuple[Any, ...]:
    """Return what holds of a revision whose change no moderator has looked at yet."""
    decided = exists().where(
        IdeaDecision.idea_id == IdeaRevision.idea_id,
        IdeaDecision.at >= IdeaRevision.replaced_at,
        IdeaDecision.undone_at.is_(None),
    )
    seen = func.coalesce(Idea.seen_revision_id, 0)
    return IdeaRevision.replaced_at > since, IdeaRevision.id > seen, ~decided


def _decided(moderator: "Viewer", idea: Row[Any], status: str, reason: str, at: "datetime") -> int:
    """Write the decision down as told: its author is told at once, and nobody else need be."""
    decision_id: int = db.session.execute(
        insert(IdeaDecision)
        .values(
            idea_id=idea.id,
            from_status=idea.status,
            to_status=status,
            response_source=reason,
            response_html=rich_text.render(reason) if reason else "",
            decided_by=moderator.id,
            decided_as=moderator.role,
            at=at,
            told_at=at,
        )
        .returning(IdeaDecision.id)
    ).scalar_one()
    return decision_id


def _tell(moderator: "Viewer", idea: Row[Any], kind: str, decision_id: int) -> None:
    if idea.author_id is not None and idea.author_id != moderator.id:
        notify(
            idea.author_id, kind, fact_key=f"{kind}:{decision_id}", idea_id=idea.id, decision_id=decision_id
        )
