"""What of a reward is fixed once somebody has had one, entered its draw or pledged points for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from talking_together.core.errors import InvalidInput
from talking_together.extensions import db
from talking_together.rewards.models import Draw, DrawEntry, Pledge, RewardCode, Voucher


@dataclass(frozen=True, slots=True)
class Takers:
    """Whether anybody has had something of a reward yet, and what else holds it."""

    vouchers: bool
    entries: bool
    pledges: bool
    codes: bool
    was_drawn: bool

    @property
    def any(self) -> bool:
        """Return whether anybody has taken part in any way."""
        return self.vouchers or self.entries or self.pledges


def takers_of(reward_id: int) -> Takers:
    """Return who has taken part in a reward, in one statement."""
    row = db.session.execute(
        select(
            exists().where(Voucher.reward_id == reward_id).label("vouchers"),
            exists().where(DrawEntry.reward_id == reward_id).label("entries"),
            exists().where(Pledge.reward_id == reward_id).label("pledges"),
            exists().where(RewardCode.reward_id == reward_id).label("codes"),
            exists().where(Draw.reward_id == reward_id, Draw.drawn_at.is_not(None)).label("was_drawn"),
        )
    ).one()
    return Takers(*(bool(value) for value in row))


def ensure_changeable(before: Any, values: dict[str, Any], *, takers: Takers, at: datetime) -> None:
    """Raise InvalidInput naming the field of the first change that would not be fair, or cannot be.

    `before` is the reward's row, `values` the columns that it is to have.
    """
    changed = {name for name, value in values.items() if getattr(before, name) != value}
    if takers.any or before.state != "draft":
        _refuse(changed, "kind", "It has been published, so the kind stays as it is")
    if takers.any:
        _refuse(changed, "sponsor_id", "Somebody has had it already, so the sponsor stays")
    if takers.entries or takers.pledges:
        _refuse(changed, "cost", "Somebody has given points for it already, so the cost stays")
    if takers.was_drawn:
        for field in ("starts_at", "ends_at", "stock"):
            _refuse(changed, field, "The draw has taken place, so this stays as it is")
    if takers.codes or before.given:
        _refuse(changed, "stock_kind", "Remove the unused codes first; what was given stays as it was")
    _ensure_stock(before, values, takers)
    ends_at = values["ends_at"]
    if before.state == "published" and "ends_at" in changed and ends_at is not None and ends_at <= at:
        raise InvalidInput("Choose a time to come, or close the reward", field="ends_at")
    if before.state == "published" and not values["body_source"]:
        raise InvalidInput("A published reward needs a text", field="body")
    if before.state == "published" and before.kind in ("draw", "team") and ends_at is None:
        raise InvalidInput("It needs a time at which it ends", field="ends_at")


def _ensure_stock(before: Any, values: dict[str, Any], takers: Takers) -> None:
    stock = values.get("stock", before.stock)
    if stock < before.given:
        raise InvalidInput(
            f"{before.given:,} have been given, so there cannot be fewer than that", field="stock"
        )
    if takers.entries and stock < before.stock:
        raise InvalidInput(
            f"People entered for {before.stock:,} to be drawn, so it cannot be fewer", field="stock"
        )


def _refuse(changed: set[str], field: str, words: str) -> None:
    if field in changed:
        raise InvalidInput(words, field=field)
