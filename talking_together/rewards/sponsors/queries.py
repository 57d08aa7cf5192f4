"""Reads of sponsors, for admins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.rewards.models import MAX_ID, DeskMember, Reward, Sponsor
from talking_together.rewards.pictures import ShownPicture, picture_alias, picture_columns, picture_of


@dataclass(frozen=True, slots=True)
class ManagedSponsor:
    """A sponsor as admins see them, with how many rewards and desk staff they have."""

    id: int
    name: str
    words: str
    link: str
    is_active: bool
    logo: ShownPicture | None
    rewards_count: int
    published_count: int
    desk_count: int


_LOGO = picture_alias("logo")


def sponsors() -> list[ManagedSponsor]:
    """Return every sponsor by name, those that are switched off last."""
    rows = db.session.execute(_sponsors().order_by(Sponsor.is_active.desc(), func.lower(Sponsor.name)))
    return [_sponsor(row) for row in rows]


def get_sponsor(sponsor_id: int) -> ManagedSponsor:
    """Return a sponsor; raises NotFound."""
    row = (
        db.session.execute(_sponsors().where(Sponsor.id == sponsor_id)).first()
        if sponsor_id <= MAX_ID
        else None
    )
    if row is None:
        raise NotFound()
    return _sponsor(row)


def sponsor_names() -> Sequence[Any]:
    """Return id and name of every sponsor there ever was, by name."""
    return db.session.execute(select(Sponsor.id, Sponsor.name).order_by(func.lower(Sponsor.name))).all()


def sponsor_choices(also: int | None = None) -> list[tuple[int, str]]:
    """Return id and name of each sponsor that a reward can be of; `also` one that is switched off."""
    rows = db.session.execute(
        select(Sponsor.id, Sponsor.name)
        .where(Sponsor.is_active | (Sponsor.id == also))
        .order_by(func.lower(Sponsor.name))
    )
    return [(row.id, row.name) for row in rows]


def is_name_taken(name: str, own_id: int | None = None) -> bool:
    """Return whether a sponsor has the name, other than the one with that id."""
    same = func.lower(Sponsor.name) == func.lower(name)
    taken = select(Sponsor.id).where(same, Sponsor.id != (own_id or 0)).limit(1)
    return db.session.scalar(taken) is not None


def _sponsors() -> Any:
    of_sponsor = select(func.count()).where(Reward.sponsor_id == Sponsor.id)
    return (
        select(
            Sponsor.id,
            Sponsor.name,
            Sponsor.words,
            Sponsor.link,
            Sponsor.is_active,
            of_sponsor.correlate(Sponsor).scalar_subquery().label("rewards_count"),
            of_sponsor.where(Reward.state == "published")
            .correlate(Sponsor)
            .scalar_subquery()
            .label("published_count"),
            select(func.count())
            .where(DeskMember.sponsor_id == Sponsor.id)
            .correlate(Sponsor)
            .scalar_subquery()
            .label("desk_count"),
            *picture_columns(_LOGO, "logo"),
        )
        .select_from(Sponsor)
        .outerjoin(_LOGO, _LOGO.id == Sponsor.logo_id)
    )


def _sponsor(row: Row[Any]) -> ManagedSponsor:
    names = ("id", "name", "words", "link", "is_active", "rewards_count", "published_count", "desk_count")
    return ManagedSponsor(**{name: getattr(row, name) for name in names}, logo=picture_of(row, "logo"))
