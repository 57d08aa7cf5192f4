"""What an admin says of a reward, and what of it can be kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from talking_together.core import rich_text
from talking_together.core.errors import InvalidInput
from talking_together.core.formatting import pounds
from talking_together.milestones.kinds import TABLE as MILESTONES
from talking_together.rewards.models import KINDS, MOST_PENCE, MOST_POINTS, STOCK_KINDS

JOINED = "joined"
GIVEN_FOR = {JOINED: "Joining", **{kind.name: f"Milestone: {kind.title}" for kind in MILESTONES}}
MOST_TITLE = 120
MOST_STOCK = 100_000
MOST_PER_MEMBER = 1_000
MOST_DAYS = 730


@dataclass(frozen=True, slots=True)
class RewardContent:
    """A reward as its form says it; the stock of one with codes is how many there are, not `stock`."""

    sponsor_id: int
    kind: str
    title: str
    body: str = ""
    cost: int = 0
    face_value_pence: int = 0
    stock_kind: str = "number"
    stock: int = 0
    per_member: int | None = None
    valid_days: int = 90
    given_for: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    organisation_ids: frozenset[int] = frozenset()
    group_ids: frozenset[int] = frozenset()
    is_for_everyone: bool = True

    def columns(self) -> dict[str, Any]:
        """Return the columns of the reward, but for the stock."""
        return {
            "sponsor_id": self.sponsor_id,
            "kind": self.kind,
            "title": self.title,
            "body_source": self.body,
            "body_html": rich_text.render(self.body),
            "cost": self.cost,
            "face_value_pence": self.face_value_pence,
            "stock_kind": self.stock_kind,
            "per_member": self.per_member,
            "valid_days": self.valid_days,
            "given_for": self.given_for,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
        }


def check_content(content: RewardContent) -> None:
    """Raise InvalidInput naming the field of the first thing that cannot be kept."""
    _check_words(content)
    _check_range("cost", content.cost, 0, MOST_POINTS)
    if not 0 <= content.face_value_pence <= MOST_PENCE:
        raise InvalidInput(f"Enter an amount from £0 to {pounds(MOST_PENCE)}", field="face_value")
    _check_range("stock", content.stock, 0, MOST_STOCK)
    _check_range("valid_days", content.valid_days, 1, MOST_DAYS)
    if content.per_member is not None:
        _check_range("per_member", content.per_member, 1, MOST_PER_MEMBER)
    if content.starts_at and content.ends_at and content.ends_at <= content.starts_at:
        raise InvalidInput("The end must be after the start", field="ends_at")
    _check_gift(content)
    if not content.is_for_everyone and not (content.organisation_ids or content.group_ids):
        raise InvalidInput("Choose at least one organisation or group", field="audience")


def _check_words(content: RewardContent) -> None:
    if not content.title or len(content.title) > MOST_TITLE:
        raise InvalidInput(f"Enter a title of up to {MOST_TITLE} characters", field="title")
    if content.kind not in KINDS:
        raise InvalidInput("Choose what kind of reward it is", field="kind")
    if content.stock_kind not in STOCK_KINDS:
        raise InvalidInput("Choose how they are counted", field="stock_kind")


def _check_gift(content: RewardContent) -> None:
    if content.kind != "gift":
        if content.given_for is not None:
            raise InvalidInput("Only a gift is given for something", field="given_for")
        return
    if content.given_for not in GIVEN_FOR:
        raise InvalidInput("Choose what it is given for", field="given_for")
    if content.cost:
        raise InvalidInput("A gift costs nothing: enter 0, or choose another kind", field="cost")


def _check_range(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InvalidInput(f"Enter a whole number from {least:,} to {most:,}", field=field)
