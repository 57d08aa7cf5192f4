"""What of a reward is fixed once somebody has had one, entered its draw or pledged points for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from talking_together.core.errors import InvalidInput
from talking_together.extensions import db
from talking_together.rewards.catalogue.contents import RewardContent
from talking_together.rewards.catalogue.readiness import is_limited
from talking_together.rewards.models import (
    Draw,
    DrawEntry,
    Pledge,
    RewardCode,
    RewardGroup,
    RewardOrganisation,
    Voucher,
)

PROMISED = "People entered or pledged points for this prize, so it stays as it was shown to them"
ADD_ONLY = "People entered or pledged points for what this says: add to it, and leave what stands as it is"


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
        return self.vouchers or self.promised

    @property
    def promised(self) -> bool:
        """Return whether anybody gave something for a prize that they are yet to have."""
        return self.entries or self.pledges


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
    if takers.codes:
        # Another sponsor may have given the same codes for another reward.
        _refuse(changed, "sponsor_id", "It has codes of this sponsor: remove them first")
    if takers.promised:
        _ensure_as_promised(before, values, changed)
    if takers.was_drawn:
        for field in ("starts_at", "ends_at", "stock"):
            _refuse(changed, field, "The draw has taken place, so this stays as it is")
    if takers.codes or before.given:
        _refuse(changed, "stock_kind", "Remove the unused codes first; what was given stays as it was")
    _ensure_stock(before, values, takers)
    if before.state == "published":
        _ensure_stays_published(before, values, changed, at)
    if takers.entries:
        # Whoever set it could else choose the moment of the draw after seeing who entered.
        _refuse(changed, "ends_at", "People entered a draw at this time, so it stays")


def ensure_nobody_left_out(reward_id: int, content: RewardContent, *, takers: Takers) -> None:
    """Raise InvalidInput where somebody entered a draw whose prize they might not be given any more."""
    if not takers.entries or content.is_for_everyone:
        return
    lists = (
        (RewardOrganisation.reward_id, RewardOrganisation.organisation_id, content.organisation_ids),
        (RewardGroup.reward_id, RewardGroup.group_id, content.group_ids),
    )
    before = [set(db.session.scalars(select(id).where(of == reward_id))) for of, id, _chosen in lists]
    if not any(before) or any(had - kept for had, (*_, kept) in zip(before, lists, strict=True)):
        raise InvalidInput("People entered the draw, so nobody can be left out of it now", field="audience")


def _ensure_as_promised(before: Any, values: dict[str, Any], changed: set[str]) -> None:
    """Hold what people entered a draw or pledged points for; its text may be added to, and unsays nothing."""
    _refuse(changed, "cost", "Somebody has given points for it already, so the cost stays")
    _refuse(changed, "title", PROMISED)
    _refuse(changed, "face_value_pence", PROMISED, field="face_value")
    if before.body_source.strip() not in values["body_source"]:
        raise InvalidInput(ADD_ONLY, field="body")
    if values["valid_days"] < before.valid_days:
        raise InvalidInput(
            f"People were shown a voucher good for {before.valid_days:,} days, so it cannot be fewer",
            field="valid_days",
        )


def _ensure_stays_published(before: Any, values: dict[str, Any], changed: set[str], at: datetime) -> None:
    """Hold what publishing asked for (`readiness.checks`)."""
    ends_at, kind = values["ends_at"], before.kind
    if "ends_at" in changed and ends_at is not None and ends_at <= at:
        raise InvalidInput("Choose a time to come, or close the reward", field="ends_at")
    if not values["body_source"]:
        raise InvalidInput("A published reward needs a text", field="body")
    if kind in ("draw", "team") and ends_at is None:
        raise InvalidInput("It needs a time at which it ends", field="ends_at")
    if not is_limited(kind, cost=values["cost"], per_member=values["per_member"]):
        raise InvalidInput("Enter the most for one person, or a cost", field="per_member")
    if kind == "team" and not values["cost"]:
        raise InvalidInput("Enter what a group has to pledge together", field="cost")


def _ensure_stock(before: Any, values: dict[str, Any], takers: Takers) -> None:
    stock = values.get("stock", before.stock)
    if stock < before.given:
        raise InvalidInput(
            f"{before.given:,} have been given, so there cannot be fewer than that", field="stock"
        )
    if takers.promised and stock < before.stock:
        raise InvalidInput(
            f"People entered or pledged points for {before.stock:,}, so it cannot be fewer", field="stock"
        )


def ensure_picture_changeable(*, takers: Takers) -> None:
    """Raise InvalidInput once somebody entered or pledged for the prize that the picture shows."""
    if takers.promised:
        raise InvalidInput(PROMISED, field="picture")


def _refuse(changed: set[str], column: str, words: str, *, field: str | None = None) -> None:
    if column in changed:
        raise InvalidInput(words, field=field or column)
