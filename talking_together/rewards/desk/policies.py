"""What a desk may do with a voucher. Pure functions for views and templates alike."""

from datetime import datetime
from typing import Any

from talking_together.rewards.vouchers.using import SLIP


def can_take_back(voucher: Any, at: datetime) -> bool:
    """Return whether a desk may still take back that it marked a voucher as used."""
    return voucher.used_at is not None and at <= voucher.used_at + SLIP
