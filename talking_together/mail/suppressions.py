"""The addresses that nothing is sent to: they declined, bounced, or asked for it."""

from collections.abc import Collection, Iterator
from itertools import islice

from sqlalchemy import delete, func, select

from talking_together.core.clock import now
from talking_together.core.database import insert_into
from talking_together.extensions import db
from talking_together.mail.models import SuppressedAddress

CHUNK = 1_000
MAX_DETAIL = 500


def suppress(address: str, *, because: str, detail: str = "") -> bool:
    """Send nothing more to an address until a person lifts it; the first reason stands.

    Returns whether it could be written to until now.
    """
    added = db.session.execute(
        insert_into(SuppressedAddress)
        .values(address=address, because=because, detail=detail[:MAX_DETAIL], suppressed_at=now())
        .on_conflict_do_nothing(index_elements=["address"])
        .returning(SuppressedAddress.__table__.c.id)
    )
    return added.first() is not None


def lift(address: str, *, only: str = "") -> bool:
    """Let an address be written to again and return whether it was suppressed.

    `only` names the one reason that is lifted, as a person who joins takes their own no back.
    """
    statement = delete(SuppressedAddress).where(SuppressedAddress.address == address)
    if only:
        statement = statement.where(SuppressedAddress.because == only)
    return db.session.execute(statement.returning(SuppressedAddress.id)).first() is not None


def suppressed_count() -> int:
    """Return how many addresses nothing is sent to."""
    return db.session.scalar(select(func.count(SuppressedAddress.id))) or 0


def suppressed_among(addresses: Collection[str]) -> set[str]:
    """Return those of the addresses that nothing is sent to."""
    found: set[str] = set()
    for chunk in _chunks(addresses):
        found.update(
            db.session.scalars(select(SuppressedAddress.address).where(SuppressedAddress.address.in_(chunk)))
        )
    return found


def _chunks(addresses: Collection[str]) -> Iterator[list[str]]:
    left = iter(addresses)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
