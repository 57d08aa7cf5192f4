"""Where a voucher stands and what may be done with it. Pure functions for services and templates alike."""

from datetime import datetime, timedelta
from typing import Protocol

from talking_together.core.formatting import moment
from talking_together.rewards.models import DRAW, REDEEM
from talking_together.rewards.vouchers.refusals import HasExpired, WasCancelled, WasUsed

GOOD, USED, EXPIRED, CANCELLED = "good", "used", "expired", "cancelled"
# How long a member can change their mind. Longer would keep what is left from others.
CHANGE_OF_MIND = timedelta(days=14)


class Given(Protocol):
    """A voucher, as far as its state depends on it."""

    @property
    def expires_at(self) -> datetime: ...

    @property
    def used_at(self) -> datetime | None: ...

    @property
    def cancelled_at(self) -> datetime | None: ...


class Held(Given, Protocol):
    """A voucher, as far as what its holder may do depends on it."""

    @property
    def member_id(self) -> int: ...

    @property
    def kind(self) -> str: ...

    @property
    def given_at(self) -> datetime: ...

    @property
    def sponsor_code(self) -> str | None: ...

    @property
    def donor(self) -> str: ...


def state_of(voucher: Given, at: datetime) -> str:
    """Return whether a voucher is good, used, cancelled or expired."""
    if voucher.used_at is not None:
        return USED
    if voucher.cancelled_at is not None:
        return CANCELLED
    return GOOD if at < voucher.expires_at else EXPIRED


def last_day_of(voucher: Given) -> datetime:
    """Return a moment of the last London day on which a voucher is good."""
    return voucher.expires_at - timedelta(seconds=1)


def ensure_usable(voucher: Given, at: datetime) -> None:
    """Raise WasUsed, WasCancelled or HasExpired unless a voucher is good."""
    if voucher.used_at is not None:
        raise WasUsed(voucher.used_at)
    if voucher.cancelled_at is not None:
        raise WasCancelled(voucher.cancelled_at)
    if at >= voucher.expires_at:
        raise HasExpired(last_day_of(voucher))


def returnable_until(voucher: Held) -> datetime | None:
    """Return until when its member can cancel a voucher for the points; None if they cannot at all.

    One that was won or given cost them nothing by itself. A sponsor's own code works without our
    desk, so whoever has seen it may have used it.
    """
    if voucher.kind != REDEEM or voucher.sponsor_code is not None:
        return None
    return min(voucher.given_at + CHANGE_OF_MIND, voucher.expires_at)


def can_cancel_own(member_id: int, voucher: Held, at: datetime) -> bool:
    """Return whether a member may cancel a voucher for its points."""
    until = returnable_until(voucher)
    return (
        voucher.member_id == member_id and until is not None and at < until and state_of(voucher, at) == GOOD
    )


def why_not_cancelled(voucher: Held, at: datetime) -> str:
    """Return why its member cannot cancel an unused voucher for its points, in words."""
    until = returnable_until(voucher)
    if voucher.kind == DRAW:
        return "You won this voucher. If something is wrong with it, an admin can cancel it."
    if voucher.kind != REDEEM:
        return "You spent no points on this voucher, so there is nothing to give back."
    if until is None:
        return (
            f"{voucher.donor} knows the code on this voucher, so it cannot be cancelled here. "
            "If something is wrong with it, ask an admin."
        )
    if at >= voucher.expires_at:
        return "This voucher has expired. If something was wrong with it, ask an admin."
    return (
        f"This voucher could be cancelled until {moment(until)}. If something is wrong with it, ask an admin."
    )
