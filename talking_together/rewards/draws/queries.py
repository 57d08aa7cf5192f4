"""Reads of prize draws: the page of one, one's own numbers, and which are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, or_, select, true

from talking_together.core import clock
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.rewards.draws.order import in_ranges
from talking_together.rewards.eligibility import may_have
from talking_together.rewards.models import Draw, DrawEntry, DrawWinner, Reward
from talking_together.rewards.policies import reward_stage

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """A number of the viewer's, and what became of it: `place` in the draw, and what it won, if any."""

    number: int
    is_withdrawn: bool
    place: int | None
    voucher_id: int | None
    passed_over: str


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What the viewer has to do with a draw: their numbers, and how many numbers there are."""

    entries: list[OwnEntry]
    last: int
    seed_hash: str
    drawn_at: datetime | None

    @property
    def standing(self) -> list[OwnEntry]:
        """Return the numbers that take part."""
        return [entry for entry in self.entries if not entry.is_withdrawn]


@dataclass(frozen=True, slots=True)
class DrawnNumber:
    """A number in its place, and whether it was passed over."""

    place: int
    number: int
    has_won: bool


@dataclass(frozen=True, slots=True)
class DrawPage:
    """A draw as its page shows it; `seed` is None until it is drawn.

    It `is_for_viewer`, or the viewer is an admin who may look at it and not enter.
    """

    id: int
    title: str
    kind: str
    state: str
    cost: int
    per_member: int | None
    stock: int
    given: int
    starts_at: datetime | None
    ends_at: datetime | None
    stage: str
    seed: str | None
    seed_hash: str
    published_at: datetime
    drawn_at: datetime | None
    entries_hash: str | None
    last: int
    is_for_viewer: bool
    withdrawn_count: int
    withdrawn: str
    own: list[OwnEntry]
    drawn: list[DrawnNumber]

    @property
    def count(self) -> int:
        """Return how many numbers take part."""
        return self.last - self.withdrawn_count

    @property
    def numbers(self) -> str:
        """Return the numbers that take part, in words: "1–812, without 17, 40"."""
        if not self.count:
            return "none"
        all_of_them = in_ranges(range(1, self.last + 1))
        return f"{all_of_them}, without {self.withdrawn}" if self.withdrawn else all_of_them


_COLUMNS = (
    Reward.id,
    Reward.title,
    Reward.kind,
    Reward.state,
    Reward.cost,
    Reward.per_member,
    Reward.stock,
    Reward.given,
    Reward.starts_at,
    Reward.ends_at,
    # Until then the seed does not leave the database.
    case((Draw.drawn_at.is_not(None), Draw.seed)).label("seed"),
    Draw.seed_hash,
    Draw.published_at,
    Draw.drawn_at,
    Draw.entries_hash,
)


def get_draw(viewer: "Viewer", reward_id: int) -> DrawPage:
    """Return a draw that is for the viewer, that they entered, or any to an admin; else NotFound."""
    own = exists().where(DrawEntry.reward_id == Reward.id, DrawEntry.member_id == viewer.id)
    is_for_viewer = or_(may_have(viewer.id, viewer.organisation_id), own.correlate(Reward))
    row = db.session.execute(
        select(*_COLUMNS, _last().label("last"), is_for_viewer.label("is_for_viewer"))
        .join(Draw, Draw.reward_id == Reward.id)
        .where(
            Reward.id == reward_id,
            Reward.kind == "draw",
            Reward.state != "draft",
            true() if viewer.is_admin else is_for_viewer,
        )
    ).first()
    if row is None:
        raise NotFound()
    withdrawn = _withdrawn(reward_id)
    return DrawPage(
        **row._asdict(),
        stage=reward_stage(row, clock.now()),
        withdrawn_count=len(withdrawn),
        withdrawn=in_ranges(withdrawn),
        own=own_entries(viewer, reward_id),
        drawn=_drawn_numbers(reward_id) if row.drawn_at else [],
    )


def own_part(viewer: "Viewer", reward: Any) -> OwnPart:
    """Return what the viewer has to do with the draw of a reward, for the reward's own page."""
    row = db.session.execute(
        select(Draw.seed_hash, Draw.drawn_at, _last().label("last"))
        .select_from(Draw)
        .join(Reward, Reward.id == Draw.reward_id)
        .where(Draw.reward_id == reward.id)
    ).one()
    return OwnPart(own_entries(viewer, reward.id), row.last, row.seed_hash, row.drawn_at)


def own_entries(viewer: "Viewer", reward_id: int) -> list[OwnEntry]:
    """Return the viewer's numbers in a draw, those withdrawn among them."""
    statement = (
        select(
            DrawEntry.number,
            DrawEntry.withdrawn_at.is_not(None).label("is_withdrawn"),
            DrawWinner.place,
            DrawWinner.voucher_id,
            func.coalesce(DrawWinner.passed_over, "").label("passed_over"),
        )
        .outerjoin(
            DrawWinner,
            and_(DrawWinner.reward_id == DrawEntry.reward_id, DrawWinner.number == DrawEntry.number),
        )
        .where(DrawEntry.reward_id == reward_id, DrawEntry.member_id == viewer.id)
        .order_by(DrawEntry.number)
    )
    return [OwnEntry(**row._asdict()) for row in db.session.execute(statement)]


def due_draws(at: datetime) -> Sequence[int]:
    """Return the rewards whose draw is to be made now."""
    statement = (
        select(Draw.reward_id)
        .join(Reward, Reward.id == Draw.reward_id)
        .where(Draw.drawn_at.is_(None), Reward.state == "published", Reward.ends_at <= at)
        .order_by(Draw.reward_id)
    )
    return db.session.scalars(statement).all()


def called_off_draws() -> Sequence[int]:
    """Return the rewards that were closed before their draw, while somebody's entry stands."""
    standing = exists().where(DrawEntry.reward_id == Draw.reward_id, DrawEntry.withdrawn_at.is_(None))
    statement = (
        select(Draw.reward_id)
        .join(Reward, Reward.id == Draw.reward_id)
        .where(Draw.drawn_at.is_(None), Reward.state == "closed", standing.correlate(Draw))
        .order_by(Draw.reward_id)
    )
    return db.session.scalars(statement).all()


def _last() -> Any:
    """Return the last number that was given, from the end of the key."""
    last = select(func.coalesce(func.max(DrawEntry.number), 0)).where(DrawEntry.reward_id == Reward.id)
    return last.correlate(Reward).scalar_subquery()


def _withdrawn(reward_id: int) -> Sequence[int]:
    statement = select(DrawEntry.number).where(
        DrawEntry.reward_id == reward_id, DrawEntry.withdrawn_at.is_not(None)
    )
    return db.session.scalars(statement).all()


def _drawn_numbers(reward_id: int) -> list[DrawnNumber]:
    statement = (
        select(DrawWinner.place, DrawWinner.number, (DrawWinner.passed_over == "").label("has_won"))
        .where(DrawWinner.reward_id == reward_id)
        .order_by(DrawWinner.place)
    )
    return [DrawnNumber(**row._asdict()) for row in db.session.execute(statement)]
