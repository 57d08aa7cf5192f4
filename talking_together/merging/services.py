"""Merging ideas, and undoing it.

Locks: the challenge, its ideas by ascending id. Votes and comments wait for the ideas, so that what
is moved is all there is, and what comes later finds the ideas as they stand then.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from talking_together.audit.services import record
from talking_together.core import clock, rich_text
from talking_together.core.errors import InvalidInput, NotFound
from talking_together.extensions import db
from talking_together.ideas.locks import count_idea, locked_challenge_of, locked_ideas
from talking_together.ideas.models import Idea, IdeaDecision
from talking_together.merging import moving, policies, returning
from talking_together.merging.models import Merge
from talking_together.merging.moving import write
from talking_together.merging.proposals import settle_merged
from talking_together.notifications.models import Notification
from talking_together.notifications.services import notify_many
from talking_together.points.milestone_checks import ask_for_milestones
from talking_together.votes import ranks

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge that was made or undone."""

    id: int
    survivor_id: int
    survivor_title: str
    merged_id: int
    merged_title: str


def merge_ideas(
    moderator: "Viewer", *, survivor_id: int, merged_ids: Sequence[int], reason: str
) -> list[Merged]:
    """Merge one idea or several into another, and tell those who wrote them.

    Others who are concerned hear of it once it has stood for a while (`telling.facts`).
    """
    policies.ensure_can_merge(moderator)
    reason = _checked(reason)
    merged_ids = sorted(set(merged_ids))
    if not merged_ids:
        raise InvalidInput("Choose at least two ideas to merge")
    if len(merged_ids) >= policies.MOST_AT_ONCE:
        raise InvalidInput(f"Merge at most {policies.MOST_AT_ONCE} ideas at once")
    locked_challenge_of(moderator, survivor_id)
    ideas = locked_ideas(moderator, {survivor_id, *merged_ids})
    at, survivor = clock.now(), ideas[survivor_id]
    policies.ensure_stage(survivor, at)
    for merged_id in merged_ids:
        policies.ensure_pair(survivor, ideas[merged_id])
    wrote_survivor = moving.authors_of(survivor)
    told, made, everybody = {moderator.id}, [], set(wrote_survivor)
    for merged_id in merged_ids:
        merged, wrote = ideas[merged_id], moving.authors_of(ideas[merged_id])
        merge_id = _merge(moderator, survivor, merged, wrote, reason, at)
        _tell("idea merged", merge_id, (wrote | wrote_survivor) - told, survivor_id, moderator)
        told |= wrote | wrote_survivor
        everybody |= wrote
        made.append(Merged(merge_id, survivor_id, survivor.title, merged_id, merged.title))
    settle_merged(moderator, idea_ids={survivor_id, *merged_ids}, survivor_id=survivor_id, at=at)
    ask_for_milestones(everybody)
    return made


def undo_merge(moderator: "Viewer", *, merge_id: int, reason: str) -> Merged:
    """Put everything back as it was before a merge, but for what people did since."""
    policies.ensure_can_merge(moderator)
    reason = _checked(reason)
    pair = db.session.execute(select(Merge.survivor_id, Merge.merged_id).where(Merge.id == merge_id)).first()
    if pair is None:
        raise NotFound()
    locked_challenge_of(moderator, pair.survivor_id)
    ideas = locked_ideas(moderator, tuple(pair))
    # Read under the locks: another moderator may have undone it while we waited.
    merge = db.session.execute(select(*_MERGE).where(Merge.id == merge_id)).one()
    at, survivor, merged = clock.now(), ideas[pair.survivor_id], ideas[pair.merged_id]
    policies.ensure_can_undo(merge.undone_at, survivor)
    policies.ensure_stage(survivor, at)
    wrote = moving.authors_of(survivor) | moving.authors_of(merged)
    _part(merge, survivor, merged)
    write(
        update(Merge)
        .where(Merge.id == merge_id)
        .values(undone_at=at, undone_by=moderator.id, undo_reason=reason)
    )
    _tell("merge undone", merge_id, wrote - {moderator.id}, merged.id, moderator)
    _tell_others(merge, merged, moderator)
    ask_for_milestones(wrote)
    _record(moderator, "merge undone", survivor, merged, reason, merge_id)
    return Merged(merge_id, survivor.id, survivor.title, merged.id, merged.title)


_MERGE = (
    Merge.id,
    Merge.survivor_id,
    Merge.merged_id,
    Merge.decision_id,
    Merge.undone_at,
    Merge.merged_status,
    Merge.answer_owner_id,
    Merge.answer_due_at,
    Merge.merged_activity,
    Merge.merged_terms,
    Merge.survivor_activity,
    Merge.survivor_terms,
)


def _merge(
    moderator: "Viewer",
    survivor: Any,
    merged: Any,
    wrote: Collection[int],
    reason: str,
    at: datetime,
) -> int:
    kept, joined = _standing(survivor), _standing(merged)
    # What an earlier merge of the same press added is counted in.
    activity: float = db.session.scalar(select(Idea.activity).where(Idea.id == survivor.id)) or 1.0
    decision_id = _decide(moderator, survivor, merged, reason, at)
    merge_id: int = db.session.execute(
        insert(Merge)
        .values(
            survivor_id=survivor.id,
            merged_id=merged.id,
            decision_id=decision_id,
            reason=reason,
            merged_by=moderator.id,
            merged_at=at,
            merged_status=merged.status,
            answer_owner_id=merged.answer_owner_id,
            answer_due_at=merged.answer_due_at,
            merged_activity=merged.activity,
            merged_terms=joined.terms,
            survivor_activity=activity,
            survivor_terms=kept.terms,
            votes_moved=0,
            votes_on_both=0,
            votes_differing=0,
            comments_moved=joined.comments_count,
            followers_moved=0,
        )
        .returning(Merge.id)
    ).scalar_one()
    moving.credit(merge_id, survivor, wrote, at)
    votes = moving.move_votes(merge_id, survivor.id, merged.id, moving.authors_of(survivor))
    followers = moving.move_follows(merge_id, survivor.id, merged.id)
    moving.move_threads(merge_id, survivor.id, merged.id)
    write(
        update(Merge)
        .where(Merge.id == merge_id)
        .values(
            votes_moved=votes.moved,
            votes_on_both=votes.on_both,
            votes_differing=votes.differing,
            followers_moved=followers,
        )
    )
    _stand(
        merged.id,
        status="merged",
        listed=False,
        merged_into_id=survivor.id,
        answer_owner_id=None,
        answer_due_at=None,
    )
    count_idea(merged.challenge_id, -1)
    _count(merged, merged.activity, joined.terms)
    _count(survivor, activity, kept.terms)
    _record(moderator, "ideas merged", survivor, merged, reason, merge_id)
    return merge_id


def _part(merge: Any, survivor: Any, merged: Any) -> None:
    others = returning.other_merges(merge)
    left = returning.return_credits(merge, others)
    returning.return_votes(merge, survivor, merged, others, left)
    returning.return_follows(merge, others)
    returning.return_threads(merge)
    _stand(
        merged.id,
        status=merge.merged_status,
        listed=True,
        merged_into_id=None,
        answer_owner_id=merge.answer_owner_id,
        answer_due_at=merge.answer_due_at,
    )
    count_idea(merged.challenge_id, 1)
    _count(merged, merge.merged_activity, merge.merged_terms)
    _count(survivor, merge.survivor_activity, merge.survivor_terms)
    write(update(IdeaDecision).where(IdeaDecision.id == merge.decision_id).values(undone_at=clock.now()))
    if later := next((other for other in others if other.id > merge.id), None):
        # To that one, the survivor was never with this idea.
        write(
            update(Merge)
            .where(Merge.id == later.id)
            .values(survivor_activity=merge.survivor_activity, survivor_terms=merge.survivor_terms)
        )


def _standing(idea: Any) -> ranks.Standing:
    return ranks.standing_of(idea.id, idea.published_at)


def _count(idea: Any, activity: float, terms: float) -> None:
    """Count an idea anew, which had that activity when its terms added up to `terms`."""
    now = _standing(idea)
    ranks.write(idea.id, idea.published_at, now, ranks.carried(activity, terms=terms, now=now))


def _stand(idea_id: int, **values: Any) -> None:
    write(update(Idea).where(Idea.id == idea_id).values(**values))


def _decide(moderator: "Viewer", survivor: Any, merged: Any, reason: str, at: datetime) -> int:
    # Without its title: the kept idea may be hidden one day.
    source = f"Merged into [another idea](/ideas/{survivor.id}).\n\n{reason}"
    decision_id: int = db.session.execute(
        insert(IdeaDecision)
        .values(
            idea_id=merged.id,
            from_status=merged.status,
            to_status="merged",
            response_source=source,
            response_html=rich_text.render(source),
            decided_by=moderator.id,
            decided_as=moderator.role,
            at=at,
        )
        .returning(IdeaDecision.id)
    ).scalar_one()
    return decision_id


def _tell(
    kind: str, merge_id: int, members: Collection[int], idea_id: int, moderator: "Viewer", *, key: str = ""
) -> None:
    notify_many(
        members,
        kind,
        fact_key_of=lambda member_id: f"{key or kind}:{merge_id}:{member_id}",
        idea_id=idea_id,
        by_id=moderator.id,
    )


def _tell_others(merge: Any, merged: Any, moderator: "Viewer") -> None:
    """Tell those who heard of the merge without having written that the idea stands by itself again.

    For who has neither read of it nor had an email it never was. The caller has marked the decision as
    undone, so that nobody hears of it from now on.
    """
    of_merge = Notification.decision_id == merge.decision_id
    unheard = Notification.read_at.is_(None), Notification.email_state == "due"
    write(delete(Notification).where(of_merge, *unheard))
    heard: dict[str, list[int]] = {}
    for row in db.session.execute(select(Notification.kind, Notification.member_id).where(of_merge)):
        heard.setdefault(row.kind, []).append(row.member_id)
    for kind, members in sorted(heard.items()):
        _tell(kind, merge.id, members, merged.id, moderator, key="merge undone")


def _record(moderator: "Viewer", action: str, survivor: Any, merged: Any, reason: str, merge_id: int) -> None:
    record(
        moderator,
        action,
        subject_type="idea",
        subject_id=merged.id,
        subject_label=merged.title,
        reason=reason,
        details={"kept idea": survivor.id, "merge": merge_id},
    )


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise InvalidInput("Give the reason: the authors will read it", field="reason")
    if len(reason) > MAX_REASON:
        raise InvalidInput(f"Reason must be {MAX_REASON:,} characters or fewer", field="reason")
    return reason
