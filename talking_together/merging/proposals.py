"""Proposing that two ideas be merged, and settling that."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from talking_together.audit.services import record
from talking_together.core import clock
from talking_together.core.database import insert_into, locked
from talking_together.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from talking_together.core.patient_details import ensure_without_nhs_number
from talking_together.extensions import db
from talking_together.ideas.locks import locked_ideas
from talking_together.merging import policies
from talking_together.merging.models import MergeProposal
from talking_together.merging.moving import write
from talking_together.notifications.services import notify

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

MAX_WORDS = 500
# More that wait at once are not one person's finds any more.
MOST_OPEN = 20


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal that was made or dismissed."""

    id: int
    lower_id: int
    higher_id: int


def propose_merge(member: "Viewer", *, idea_id: int, other_id: int, why: str = "") -> Proposed:
    """Put it to the moderators that two ideas look alike."""
    why = why.strip()
    if len(why) > MAX_WORDS:
        raise InvalidInput(f"What they have in common must be {MAX_WORDS} characters or fewer", field="why")
    ensure_without_nhs_number(why, field="why")
    lower_id, higher_id = sorted((idea_id, other_id))
    ideas = locked_ideas(member, (lower_id, higher_id))
    at = clock.now()
    policies.ensure_pair(ideas[lower_id], ideas[higher_id])
    policies.ensure_stage(ideas[lower_id], at)
    waiting = db.session.scalar(
        select(func.count()).where(MergeProposal.proposed_by == member.id, MergeProposal.state == "open")
    )
    if (waiting or 0) >= MOST_OPEN:
        raise NotAllowed(
            f"{MOST_OPEN} of your proposals wait for a moderator. Propose more once they are settled."
        )
    proposal_id = db.session.execute(
        insert_into(MergeProposal)
        .values(lower_id=lower_id, higher_id=higher_id, why=why, proposed_by=member.id, proposed_at=at)
        .on_conflict_do_nothing()
        .returning(MergeProposal.id)
    ).scalar()
    if proposal_id is None:
        raise Conflict("Somebody has told the moderators already that these two look alike.")
    return Proposed(proposal_id, lower_id, higher_id)


def dismiss_proposal(moderator: "Viewer", *, proposal_id: int, answer: str) -> Proposed:
    """Leave two ideas as they are, and tell the one who proposed otherwise why."""
    policies.ensure_can_merge(moderator)
    answer = answer.strip()
    if not answer:
        raise InvalidInput("Give the reason: the person who proposed it will read it", field="answer")
    if len(answer) > MAX_WORDS:
        raise InvalidInput(f"Reason must be {MAX_WORDS} characters or fewer", field="answer")
    proposal = db.session.execute(
        locked(
            select(MergeProposal.id, MergeProposal.lower_id, MergeProposal.higher_id, *_SETTLING).where(
                MergeProposal.id == proposal_id
            )
        )
    ).first()
    if proposal is None:
        raise NotFound()
    if proposal.state != "open":
        raise Conflict("This proposal was settled already.")
    _settle(moderator, proposal, "dismissed", answer, clock.now(), idea_id=proposal.lower_id)
    record(
        moderator,
        "merge proposal dismissed",
        subject_type="idea",
        subject_id=proposal.lower_id,
        subject_label=f"Proposal {proposal.id}",
        reason=answer,
        details={"other idea": proposal.higher_id},
    )
    return Proposed(proposal.id, proposal.lower_id, proposal.higher_id)


def settle_merged(moderator: "Viewer", *, idea_ids: Collection[int], survivor_id: int, at: datetime) -> None:
    """Settle the open proposals for ideas that were put together, and tell who made them."""
    found = db.session.execute(
        locked(
            select(MergeProposal.id, *_SETTLING)
            .where(
                MergeProposal.state == "open",
                MergeProposal.lower_id.in_(idea_ids),
                MergeProposal.higher_id.in_(idea_ids),
            )
            .order_by(MergeProposal.id)
        )
    ).all()
    for proposal in found:
        _settle(moderator, proposal, "merged", "", at, idea_id=survivor_id)


_SETTLING = (MergeProposal.state, MergeProposal.proposed_by)


def _settle(
    moderator: "Viewer", proposal: Any, state: str, answer: str, at: datetime, *, idea_id: int
) -> None:
    write(
        update(MergeProposal)
        .where(MergeProposal.id == proposal.id)
        .values(state=state, answer=answer, settled_by=moderator.id, settled_at=at)
    )
    if proposal.proposed_by is not None and proposal.proposed_by != moderator.id:
        notify(
            proposal.proposed_by,
            "merge proposal settled",
            fact_key=f"merge proposal:{proposal.id}",
            idea_id=idea_id,
            by_id=moderator.id,
        )
