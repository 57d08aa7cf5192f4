"""Settling signs of gaming: leaving one, setting its votes aside, and undoing either.

Nothing here is done by machine, and nobody settles what is about themselves. The sign is held first,
then what its votes stand on.
"""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, select, update

from talking_together.audit.services import record
from talking_together.core import clock
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.extensions import db
from talking_together.fairness import policies
from talking_together.fairness.detecting.tally import chunks
from talking_together.fairness.models import GamingSign, GamingSignMember
from talking_together.fairness.naming import votes_named
from talking_together.fairness.words import KIND_WORDS
from talking_together.notifications.models import Notification
from talking_together.notifications.services import notify_many
from talking_together.votes.models import VoidedVote
from talking_together.votes.voiding import Returned, Voided, return_votes, void_votes

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

MAX_REASON = 500
TOLD_VOTERS, TOLD_AUTHORS, TOLD_BACK = "votes set aside", "thumbs set aside", "votes brought back"


class Concerned(NamedTuple):
    """Who was told that votes were set aside: those who cast them, and those whose points went."""

    voters: set[int]
    authors: set[int]


def set_aside(moderator: "Viewer", *, sign_id: int, reason: str) -> None:
    """Settle a sign as one that means nothing."""
    sign = _held(moderator, sign_id)
    policies.ensure_open(sign.state)
    reason = _checked(reason)
    _settle(sign_id, "set aside", moderator, reason, clock.now())
    _record(moderator, "sign set aside", sign, reason)


def void_votes_of(moderator: "Viewer", *, sign_id: int, reason: str, seen: int | None = None) -> Voided:
    """Set aside the votes that a sign names, take back what they earned, and tell their people why.

    `seen` is how many votes the moderator read of; if more were found since, they read of those first.
    """
    sign = _held(moderator, sign_id)
    policies.ensure_open(sign.state)
    if seen is not None and seen != sign.evidence.get("votes"):
        raise Conflict("More was seen since you opened this page. Read it first: nothing was set aside.")
    reason, at = _checked(reason), clock.now()
    named = votes_named(sign.kind, sign.evidence, until=sign.seen_at)
    voided = void_votes(named, sign_id=sign_id, at=at, reason=reason)
    if not voided.votes:
        raise Conflict("None of these votes stands any more. Set the sign aside instead.")
    _settle(sign_id, "voided", moderator, reason, at)
    authors = {id for id, change in voided.changes.items() if change < 0} - voided.voters
    told = Concerned(voided.voters, authors)
    _tell(sign_id, at, told)
    _record(moderator, "votes set aside", sign, reason, votes=voided.votes)
    return voided


def undo(moderator: "Viewer", *, sign_id: int, reason: str) -> Returned:
    """Open a settled sign again; votes that were set aside for it come back with their points.

    It stays settled while votes wait for a merge to be undone. One that opened by itself after votes
    were set aside is open already, and one that was set aside since opens first.
    """
    sign, rounds = _held(moderator, sign_id), _rounds(sign_id)
    policies.ensure_can_undo(sign.state, has_voided=bool(rounds))
    reason, at = _checked(reason), clock.now()
    brings_back = sign.state != "set aside"
    returned = return_votes(sign_id=sign_id, at=at) if brings_back else Returned()
    if returned.merged and not (returned.back or returned.gone):
        raise Conflict(
            "The ideas that these votes were on have been merged into others. Undo those merges first."
        )
    if not returned.merged:
        _settle(sign_id, "open", None, "", None)
    if brings_back:
        _tell_back(sign_id, at, rounds, returned)
    action = "votes brought back" if brings_back else "sign opened again"
    _record(moderator, action, sign, reason, votes=returned.back)
    return returned


def _held(moderator: "Viewer", sign_id: int) -> Any:
    columns = (GamingSign.id, GamingSign.kind, GamingSign.state, GamingSign.evidence, GamingSign.seen_at)
    sign = db.session.execute(locked(select(*columns).where(GamingSign.id == sign_id))).first()
    if sign is None:
        raise NotFound()
    of_sign = select(GamingSignMember.member_id).where(GamingSignMember.sign_id == sign_id)
    # A ring is seen again without those whose votes stand set aside for it.
    of_votes = select(VoidedVote.member_id).where(
        VoidedVote.sign_id == sign_id, VoidedVote.restored_at.is_(None)
    )
    policies.ensure_can_settle(moderator, set(db.session.scalars(of_sign.union(of_votes))))
    return sign


def _settle(sign_id: int, state: str, moderator: "Viewer | None", reason: str, at: datetime | None) -> None:
    db.session.execute(
        update(GamingSign)
        .where(GamingSign.id == sign_id)
        .values(state=state, settled_at=at, settled_by_id=moderator.id if moderator else None, reason=reason)
        .execution_options(synchronize_session=False)
    )


def _rounds(sign_id: int) -> set[datetime]:
    """Return when votes were set aside for a sign that stand so now."""
    standing = VoidedVote.sign_id == sign_id, VoidedVote.restored_at.is_(None)
    return set(db.session.scalars(select(VoidedVote.voided_at).where(*standing).distinct()))


def _round_key(kind: str, sign_id: int, at: datetime) -> str:
    return f"{kind}:{sign_id}:{at:%Y%m%d%H%M%S%f}:"


def _tell(sign_id: int, at: datetime, told: Concerned) -> None:
    for kind, members in ((TOLD_VOTERS, told.voters), (TOLD_AUTHORS, told.authors)):
        _notify(kind, members, _round_key(kind, sign_id, at))


def _tell_back(sign_id: int, at: datetime, rounds: Collection[datetime], returned: Returned) -> None:
    """Unsay what nobody has read yet, and tell the others that their votes and points are back."""
    concerned = returned.voters | {id for id, change in returned.changes.items() if change > 0}
    keys = [
        f"{_round_key(kind, sign_id, when)}{member_id}"
        for when in rounds
        for kind in (TOLD_VOTERS, TOLD_AUTHORS)
        for member_id in concerned
    ]
    unread = set[int]()
    for some in chunks(keys):
        unsaid = delete(Notification).where(Notification.fact_key.in_(some), Notification.read_at.is_(None))
        unread |= set(db.session.scalars(unsaid.returning(Notification.member_id)))
    _notify(TOLD_BACK, concerned - unread, _round_key(TOLD_BACK, sign_id, at))


def _notify(kind: str, members: Collection[int], key: str) -> None:
    notify_many(members, kind, fact_key_of=lambda member_id: f"{key}{member_id}")


def _record(moderator: "Viewer", action: str, sign: Any, reason: str, **details: Any) -> None:
    record(
        moderator,
        action,
        subject_type="sign",
        subject_id=sign.id,
        subject_label=KIND_WORDS[sign.kind].title,
        reason=reason,
        details=details,
    )


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise InvalidInput("Give the reason", field="reason")
    if len(reason) > MAX_REASON:
        raise InvalidInput(f"Reason must be {MAX_REASON:,} characters or fewer", field="reason")
    return reason
