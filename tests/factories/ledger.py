"""Entries of the ledger as they stand, whatever the rules say; the totals follow by themselves."""

from datetime import date
from typing import Any

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.points.models import PointEntry
from tests.factories.rows import next_number, saved


def make_entry(member: Member, points: int, *, day: date | None = None, **values: Any) -> PointEntry:
    """Return an entry of so many points for the member, who keeps their balance as it is."""
    return saved(
        PointEntry(
            **{
                "member_id": member.id,
                "event": "idea published",
                "points": points,
                "event_key": f"made:{next_number()}",
                "day": day or clock.today(),
                "at": clock.now(),
                **values,
            }
        )
    )
