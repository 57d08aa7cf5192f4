"""Keeping the signs that detectors find: each once, and what was settled stays settled."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from talking_together.core import clock
from talking_together.core.database import insert_into, locked
from talking_together.extensions import db
from talking_together.fairness import thresholds as limits
from talking_together.fairness.found import Found
from talking_together.fairness.models import GamingSign, GamingSignMember


def note_sign(found: Found) -> bool:
    """Keep a sign, or what is new of it; return whether it waits for a moderator now and did not before.

    A settled one opens again only if there is markedly more of the same: votes beside those that were
    set aside, or half as much again as somebody looked at and left.
    """
    at = clock.now()
    sign = db.session.execute(locked(_signs().where(GamingSign.id == _id_of(found)))).first()
    if sign is None:
        return _add(found)
    if sign.state != "open" and not _has_grown(sign, found):
        return False
    db.session.execute(
        update(GamingSign)
        .where(GamingSign.id == sign.id)
        .values(
            evidence=_evidence_of(found),
            seen_at=at,
            state="open",
            settled_at=None,
            settled_by_id=None,
            reason="",
        )
        .execution_options(synchronize_session=False)
    )
    _set_members(sign.id, {*found.voters, *found.authors})
    return bool(sign.state != "open")


def _add(found: Found) -> bool:
    at = clock.now()
    new = (
        insert_into(GamingSign)
        .values(
            kind=found.kind,
            subject_key=found.subject_key,
            evidence=_evidence_of(found),
            found_at=at,
            seen_at=at,
        )
        # Another worker may be writing down the same.
        .on_conflict_do_nothing(index_elements=["subject_key"])
        .returning(GamingSign.id)
    )
    sign_id = db.session.scalar(new)
    if sign_id is None:
        return False
    _set_members(sign_id, {*found.voters, *found.authors})
    return True


def _signs() -> Any:
    return select(GamingSign.id, GamingSign.state, GamingSign.evidence)


def _id_of(found: Found) -> int | None:
    """Return the id of the sign that this is, None for a new one.

    A ring that somebody joined or left is the ring that it was: the one that has most of its members.
    """
    if found.kind != "ring":
        return db.session.scalar(select(GamingSign.id).where(GamingSign.subject_key == found.subject_key))
    shared = func.count().label("shared")
    rows = db.session.execute(
        select(GamingSign.id, GamingSign.evidence, shared)
        .join(GamingSignMember, GamingSignMember.sign_id == GamingSign.id)
        .where(GamingSign.kind == "ring", GamingSignMember.member_id.in_(found.voters))
        .group_by(GamingSign.id)
        .order_by(shared.desc(), GamingSign.id)
    )
    for row in rows:
        if 2 * row.shared > max(len(found.voters), len(row.evidence["voters"])):
            return int(row.id)
    return None


def _has_grown(sign: Any, found: Found) -> bool:
    if sign.state == "voided":
        return found.votes > 0
    before = sign.evidence["strength"]
    return found.strength >= max(limits.GROWN_TIMES * before, before + limits.GROWN_BY)


def _evidence_of(found: Found) -> dict[str, Any]:
    return {
        "voters": list(found.voters),
        "authors": list(found.authors),
        "strength": found.strength,
        "votes": found.votes,
        **found.figures,
    }


def _set_members(sign_id: int, members: Collection[int]) -> None:
    db.session.execute(
        delete(GamingSignMember)
        .where(GamingSignMember.sign_id == sign_id, GamingSignMember.member_id.not_in(members))
        .execution_options(synchronize_session=False)
    )
    standing = set(
        db.session.scalars(select(GamingSignMember.member_id).where(GamingSignMember.sign_id == sign_id))
    )
    rows = [{"sign_id": sign_id, "member_id": id} for id in sorted(set(members) - standing)]
    if rows:
        db.session.execute(insert(GamingSignMember), rows)
