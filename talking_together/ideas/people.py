"""The colleagues whom a member can name: those who can see the challenge."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from talking_together.accounts.bylines import shown_name
from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import visible_to, visible_to_member
from talking_together.core import clock
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.organisations.models import Organisation

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

MOST_OFFERED = 8
LEAST_TYPED = 2
MOST_TYPED = 60


def people_like(viewer: "Viewer", challenge_id: int, typed: str) -> list[Any]:
    """Return colleagues who can see the challenge and one of whose names begins as typed.

    The one who asks is left out, and so is everybody who has left. NotFound where the challenge
    does not exist for the viewer.
    """
    if challenge_id > 2**31 - 1 or not db.session.scalar(
        select(Challenge.id).where(Challenge.id == challenge_id, visible_to(viewer))
    ):
        raise NotFound()
    typed = " ".join(typed.split())[:MOST_TYPED].lower()
    if len(typed) < LEAST_TYPED:
        return []
    name = func.lower(shown_name(Member))
    statement = (
        _people(challenge_id)
        .where(
            Member.id != viewer.id,
            or_(name.startswith(typed, autoescape=True), name.contains(f" {typed}", autoescape=True)),
        )
        .order_by(name, Member.id)
        .limit(MOST_OFFERED)
    )
    return list(db.session.execute(statement))


def people_with_ids(challenge_id: int, ids: set[int]) -> dict[int, str]:
    """Return the names of those of the members who can see the challenge, by their ids."""
    if not ids:
        return {}
    rows = db.session.execute(_people(challenge_id).where(Member.id.in_(ids)))
    return {row.id: row.name for row in rows}


def people_named(challenge_id: int, names: set[str]) -> dict[str, int]:
    """Return the ids of the members who can see the challenge and whose whole name is only theirs."""
    if not names:
        return {}
    found: dict[str, list[int]] = {}
    for row in db.session.execute(_people(challenge_id).where(shown_name(Member).in_(names))):
        found.setdefault(row.name, []).append(row.id)
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1}


def _people(challenge_id: int) -> Any:
    return (
        select(Member.id, shown_name(Member).label("name"), Organisation.short_name.label("organisation"))
        .select_from(Member)
        .join(Challenge, Challenge.id == challenge_id)
        .outerjoin(Organisation, Organisation.id == Member.organisation_id)
        .where(
            Member.is_active,
            Member.shown_as_former.is_(False),
            Member.sign_in_name.is_not(None),
            visible_to_member(clock.now()),
        )
    )
