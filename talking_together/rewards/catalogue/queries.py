"""Reads of rewards as members see them. What is not for a member does not exist."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, and_, bindparam, case, exists, func, or_, select, tuple_

from talking_together.accounts.models import Member, MemberGroup
from talking_together.core import clock
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.milestones.models import Milestone
from talking_together.rewards.eligibility import may_have
from talking_together.rewards.models import (
    MAX_ID,
    DrawEntry,
    GiftPolicy,
    Pledge,
    Reward,
    Sponsor,
    Voucher,
)
from talking_together.rewards.pictures import ShownPicture, picture_alias, picture_columns, picture_of
from talking_together.rewards.policies import can_see_reward, reward_stage

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

PAGE_SIZE = 24
# At most this many left are told as a number.
FEW_LEFT = 10
# Where a card stands in the list: to be had now, with more points, together, by itself, later.
NOW, WITH_MORE, TOGETHER, BY_ITSELF, LATER = range(5)


@dataclass(frozen=True, slots=True)
class RewardCard:
    """A reward as the list shows it; `mine` counts the viewer's vouchers of it, or places in the draw."""

    id: int
    kind: str
    title: str
    cost: int
    face_value_pence: int
    per_member: int | None
    state: str
    starts_at: datetime | None
    ends_at: datetime | None
    stock: int
    given: int
    stage: str
    mine: int
    place: int
    sponsor_name: str
    logo: ShownPicture | None
    picture: ShownPicture | None

    @property
    def left(self) -> int:
        """Return how many there are still to be had."""
        return self.stock - self.given

    @property
    def few_left(self) -> int | None:
        """Return how many are left where they are few, or None."""
        return self.left if 0 < self.left <= FEW_LEFT and self.kind != "draw" else None

    @property
    def limit_met(self) -> bool:
        """Return whether the viewer has had as many as one person may have."""
        return self.per_member is not None and self.mine >= self.per_member


@dataclass(frozen=True, slots=True)
class RewardPage(RewardCard):
    """A reward as its own page shows it."""

    body_html: str
    stock_kind: str
    valid_days: int
    given_for: str | None
    sponsor_id: int
    sponsor_words: str
    sponsor_link: str


_COLUMNS = (
    Reward.id,
    Reward.kind,
    Reward.title,
    Reward.cost,
    Reward.face_value_pence,
    Reward.per_member,
    Reward.state,
    Reward.starts_at,
    Reward.ends_at,
    Reward.stock,
    Reward.given,
)
_PAGE_COLUMNS = (Reward.body_html, Reward.stock_kind, Reward.valid_days, Reward.given_for, Reward.sponsor_id)
_LOGO, _PICTURE = picture_alias("logo"), picture_alias("picture")


def rewards_for(viewer: "Viewer", *, after: str | None = None, size: int = PAGE_SIZE) -> Page:
    """Return a page of what the viewer may have: what they can have now first, then what comes later."""
    at = clock.now()
    mine, place = _mine(viewer), _place(viewer, at)
    keys = (place, Reward.cost, Reward.id)
    statement = _cards(mine, place).where(
        Reward.state == "published",
        or_(Reward.ends_at.is_(None), Reward.ends_at > at),
        or_(Reward.starts_at > at, Reward.given < Reward.stock),
        may_have(viewer.id, viewer.organisation_id),
        _can_still_have(viewer, mine),
    )
    if start := decode_cursor(after, (int, int, int)):
        statement = statement.where(tuple_(*keys) > tuple_(*start))
    rows = db.session.execute(statement.order_by(*keys).limit(size + 1)).all()
    page = page_of(rows, size, lambda row: encode_cursor(row.place, row.cost, row.id))
    return Page([RewardCard(**_fields(row, at)) for row in page.rows], page.next_cursor)


def get_reward(viewer: "Viewer", reward_id: int) -> RewardPage:
    """Return a published reward that is for the viewer, or that they gave points for; NotFound for others."""
    at = clock.now()
    may_see = _may_see(viewer.id, viewer.organisation_id)
    reward = _found(reward_id, viewer, may_see, Reward.state != "draft", at=at)
    if not can_see_reward(reward, at):
        raise NotFound()
    return reward


def preview_of(viewer: "Viewer", reward_id: int) -> RewardPage:
    """Return a reward as members will see it, whoever it is for; NotFound where there is none."""
    return _found(reward_id, viewer, at=clock.now())


def rewards_named(viewer: "Viewer", ids: Collection[int]) -> dict[int, Row[Any]]:
    """Return id and title of rewards that the viewer spent points on, by id.

    `vouchers` is how many of it the viewer has, `voucher_id` the latest; `is_shown` whether its page
    is there for them.
    """
    if not ids:
        return {}
    values = {"ids": list(ids), "viewer_id": viewer.id, "viewer_organisation_id": viewer.organisation_id}
    return {row.id: row for row in run(_named(), values)}


@cache
def _named() -> Any:
    viewer_id = given("viewer_id", Member.id)
    own = select(Voucher).where(Voucher.reward_id == Reward.id, Voucher.member_id == viewer_id)
    may_see = _may_see(viewer_id, given("viewer_organisation_id", Member.organisation_id))
    return select(
        Reward.id,
        Reward.title,
        own.with_only_columns(func.count()).correlate(Reward).scalar_subquery().label("vouchers"),
        own.with_only_columns(func.max(Voucher.id)).correlate(Reward).scalar_subquery().label("voucher_id"),
        and_(Reward.state != "draft", may_see).label("is_shown"),
    ).where(Reward.id.in_(bindparam("ids", type_=Reward.id.type, expanding=True)))


def employer_has_opted_out(viewer: "Viewer") -> bool:
    """Return whether the viewer's organisation takes no part in rewards."""
    statement = select(
        exists().where(GiftPolicy.organisation_id == viewer.organisation_id, GiftPolicy.opted_out)
    )
    return viewer.organisation_id is not None and bool(db.session.scalar(statement))


def _may_see(viewer_id: Any, organisation_id: Any) -> Any:
    """Who entered a draw or pledged points can come back for them, also when it is for others now."""
    gave = (
        exists().where(model.reward_id == Reward.id, model.member_id == viewer_id).correlate(Reward)
        for model in (DrawEntry, Pledge)
    )
    return or_(may_have(viewer_id, organisation_id), *gave)


def _found(reward_id: int, viewer: "Viewer", *conditions: Any, at: datetime) -> RewardPage:
    if reward_id > MAX_ID:
        raise NotFound()
    statement = _cards(
        _mine(viewer),
        _place(viewer, at),
        *_PAGE_COLUMNS,
        Sponsor.words.label("sponsor_words"),
        Sponsor.link.label("sponsor_link"),
    ).where(Reward.id == reward_id, *conditions)
    row = db.session.execute(statement).first()
    if row is None:
        raise NotFound()
    more = {column.key: getattr(row, column.key) for column in _PAGE_COLUMNS}
    return RewardPage(
        **_fields(row, at), **more, sponsor_words=row.sponsor_words, sponsor_link=row.sponsor_link
    )


def _cards(mine: Any, place: Any, *more: Any) -> Any:
    return (
        select(
            *_COLUMNS,
            *more,
            mine.label("mine"),
            place.label("place"),
            Sponsor.name.label("sponsor_name"),
            *picture_columns(_LOGO, "logo"),
            *picture_columns(_PICTURE, "picture"),
        )
        .select_from(Reward)
        .join(Sponsor, Sponsor.id == Reward.sponsor_id)
        .outerjoin(_LOGO, _LOGO.id == Sponsor.logo_id)
        .outerjoin(_PICTURE, _PICTURE.id == Reward.picture_id)
    )


def _fields(row: Row[Any], at: datetime) -> dict[str, Any]:
    return {
        **{column.key: getattr(row, column.key) for column in _COLUMNS},
        "stage": reward_stage(row, at),
        "mine": row.mine,
        "place": row.place,
        "sponsor_name": row.sponsor_name,
        "logo": picture_of(row, "logo"),
        "picture": picture_of(row, "picture"),
    }


def _mine(viewer: "Viewer") -> Any:
    """How many vouchers of the reward the viewer has had, or how many places in its draw they hold."""
    vouchers = (
        select(func.count())
        .where(
            Voucher.reward_id == Reward.id,
            Voucher.member_id == viewer.id,
            Voucher.cancelled_at.is_(None),
        )
        .correlate(Reward)
        .scalar_subquery()
    )
    entries = (
        select(func.count())
        .where(
            DrawEntry.reward_id == Reward.id,
            DrawEntry.member_id == viewer.id,
            DrawEntry.withdrawn_at.is_(None),
        )
        .correlate(Reward)
        .scalar_subquery()
    )
    return case((Reward.kind == "draw", entries), else_=vouchers)


def _place(viewer: "Viewer", at: datetime) -> Any:
    return case(
        (Reward.starts_at > at, LATER),
        (Reward.kind == "gift", BY_ITSELF),
        (Reward.kind == "team", TOGETHER),
        (Reward.cost <= viewer.points, NOW),
        else_=WITH_MORE,
    )


def _can_still_have(viewer: "Viewer", mine: Any) -> Any:
    """What of it the viewer could have: not the limit met, in a group, a milestone still to be reached."""
    in_a_group = exists().where(MemberGroup.member_id == viewer.id)
    reached = (
        exists()
        .where(
            Milestone.member_id == viewer.id,
            Milestone.kind == Reward.given_for,
            Milestone.taken_back_at.is_(None),
        )
        .correlate(Reward)
    )
    return case(
        (Reward.kind == "redeem", or_(Reward.per_member.is_(None), mine < Reward.per_member)),
        (Reward.kind == "team", in_a_group),
        (Reward.kind == "gift", and_(Reward.given_for != "joined", ~reached, mine == 0)),
        else_=Reward.kind == "draw",
    )
