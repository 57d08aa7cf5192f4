"""The addresses that nothing is sent to: they declined, bounced, or asked for it."""

from collections.abc import Collection, Iterator
from itertools import islice

from sqlalchemy import delete, select

from talking_together.core.clock import now
from talking_together.core.database import insert_into
from talking_together.extensions import db
from talking_together.mail.models import SuppressedAddress

CHUNK = 1_000


def suppress(address: str, *, because: str, detail: str = "") -> None:
    """Send nothing more to an address until a person lifts it; the first reason stands."""
    db.session.execute(
        insert_into(SuppressedAddress)
        .values(address=address, because=because, detail=detail[:500], suppressed_at=now())
        .on_conflict_do_nothing(index_elements=["address"])
    )


def lift(address: str) -> bool:
    """Let an address be written to again and return whether it was suppressed."""
    lifted = db.session.execute(
        delete(SuppressedAddress).where(SuppressedAddress.address == address).returning(SuppressedAddress.id)
    )
    return lifted.first() is not None


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
