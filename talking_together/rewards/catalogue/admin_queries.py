"""Reads of rewards as admins set them up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, union_all
from sqlalchemy.sql.expression import literal

from talking_together.core import clock
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.extensions import db
from talking_together.rewards.models import (
    MAX_ID,
    STATES,
    Reward,
    RewardCode,
    RewardGroup,
    RewardOrganisation,
    Sponsor,
)
from talking_together.rewards.pictures import ShownPicture, picture_alias, picture_columns, picture_of
from talking_together.rewards.policies import reward_stage

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ListedReward:
    """A reward as the admins' list shows it."""

    id: int
    kind: str
    title: str
    cost: int
    face_value_pence: int
    stock: int
    given: int
    ends_at: datetime | None
    stage: str
    sponsor_id: int
    sponsor_name: str


@dataclass(frozen=True, slots=True)
class ManagedReward:
    """A reward as its admins see it."""

    id: int
    kind: str
    title: str
    body_source: str
    cost: int
    face_value_pence: int
    stock_kind: str
    stock: int
    given: int
    per_member: int | None
    valid_days: int
    given_for: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    state: str
    stage: str
    version: str
    sponsor_id: int
    sponsor_name: str
    sponsor_is_active: bool
    picture: ShownPicture | None
    free_codes: int
    organisation_ids: list[int]
    group_ids: list[int]


_PICTURE = picture_alias("picture")
_KEPT = tuple(getattr(Reward, name) for name in ManagedReward.__slots__ if hasattr(Reward, name))


def managed_rewards(*, state: str, sponsor_id: int | None = None, after: str | None = None) -> Page:
    """Return a page of the rewards in a state, the newest first; of a sponsor alone where one is given."""
    at = clock.now()
    statement = (
        select(
            Reward.id,
            Reward.kind,
            Reward.title,
            Reward.cost,
            Reward.face_value_pence,
            Reward.stock,
            Reward.given,
            Reward.state,
            Reward.starts_at,
            Reward.ends_at,
            Reward.sponsor_id,
            Sponsor.name.label("sponsor_name"),
        )
        .join(Sponsor, Sponsor.id == Reward.sponsor_id)
        .where(Reward.state == state)
    )
    if sponsor_id is not None:
        statement = statement.where(Reward.sponsor_id == sponsor_id)
    if start := decode_cursor(after, (int,)):
        statement = statement.where(Reward.id < start[0])
    rows = db.session.execute(statement.order_by(Reward.id.desc()).limit(PAGE_SIZE + 1)).all()
    page = page_of(rows, PAGE_SIZE, lambda row: encode_cursor(row.id))
    return Page([_listed(row, at) for row in page.rows], page.next_cursor)


def counts_by_state(sponsor_id: int | None = None) -> dict[str, int]:
    """Return how many rewards there are in each state."""
    statement = select(Reward.state, func.count()).group_by(Reward.state)
    if sponsor_id is not None:
        statement = statement.where(Reward.sponsor_id == sponsor_id)
    found = {row[0]: row[1] for row in db.session.execute(statement)}
    return {state: found.get(state, 0) for state in STATES}


def get_managed(reward_id: int) -> ManagedReward:
    """Return a reward with whom it is for, in two statements; raises NotFound."""
    row = db.session.execute(_managed(reward_id)).first() if reward_id <= MAX_ID else None
    if row is None:
        raise NotFound()
    chosen = db.session.execute(
        union_all(
            select(
                literal("organisation").label("kind"), RewardOrganisation.organisation_id.label("id")
            ).where(RewardOrganisation.reward_id == reward_id),
            select(literal("group").label("kind"), RewardGroup.group_id.label("id")).where(
                RewardGroup.reward_id == reward_id
            ),
        )
    ).all()
    return ManagedReward(
        **{column.key: getattr(row, column.key) for column in _KEPT},
        stage=reward_stage(row, clock.now()),
        version=row.changed_at.isoformat(),
        sponsor_name=row.sponsor_name,
        sponsor_is_active=row.sponsor_is_active,
        picture=picture_of(row, "picture"),
        free_codes=row.free_codes,
        organisation_ids=[each.id for each in chosen if each.kind == "organisation"],
        group_ids=[each.id for each in chosen if each.kind == "group"],
    )


def _managed(reward_id: int) -> Any:
    free = (
        select(func.count())
        .where(RewardCode.reward_id == Reward.id, RewardCode.voucher_id.is_(None))
        .correlate(Reward)
        .scalar_subquery()
    )
    return (
        select(
            *_KEPT,
            Reward.changed_at,
            Sponsor.name.label("sponsor_name"),
            Sponsor.is_active.label("sponsor_is_active"),
            free.label("free_codes"),
            *picture_columns(_PICTURE, "picture"),
        )
        .join(Sponsor, Sponsor.id == Reward.sponsor_id)
        .outerjoin(_PICTURE, _PICTURE.id == Reward.picture_id)
        .where(Reward.id == reward_id)
    )


def _listed(row: Row[Any], at: datetime) -> ListedReward:
    fields = {name: getattr(row, name) for name in ListedReward.__slots__ if name != "stage"}
    return ListedReward(**fields, stage=reward_stage(row, at))
