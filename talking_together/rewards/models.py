"""Sponsors, what they give, and who was given what."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base, check_one_of, one_of

# A voucher for points; a place in a draw; what a staff group pledges points for; given at no cost.
REDEEM, DRAW, TEAM, GIFT = "redeem", "draw", "team", "gift"
KINDS = (REDEEM, DRAW, TEAM, GIFT)
STATES = ("draft", "published", "closed")
STOCK_KINDS = ("number", "codes")
# The largest id of 32 bits: PostgreSQL refuses to compare one with anything larger.
MAX_ID = 2**31 - 1
MOST_POINTS = 100_000
MOST_PENCE = 100_000


class RewardPicture(Base):
    """A sponsor's logo or a reward's picture, made anew by us from what was uploaded."""

    __tablename__ = "reward_pictures"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    media_type: Mapped[str] = mapped_column(String(100))
    alternative_text: Mapped[str] = mapped_column(String(300), default="")
    width: Mapped[int]
    height: Mapped[int]
    made_at: Mapped[datetime]
    # Last: SQLite reads through what stands before the column that is asked for.
    content: Mapped[bytes] = mapped_column(LargeBinary)
    small: Mapped[bytes | None] = mapped_column(LargeBinary)


class Sponsor(Base):
    """Who gives rewards, as a leisure provider does."""

    __tablename__ = "sponsors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(String(500), default="")
    link: Mapped[str] = mapped_column(String(300), default="")
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("reward_pictures.id"))
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_sponsors_name_lower", func.lower(name), unique=True),)


class DeskMember(Base):
    """Which sponsor's desk a member of the role `sponsor` serves at."""

    __tablename__ = "desk_members"

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sponsor_id: Mapped[int] = mapped_column(ForeignKey("sponsors.id"), index=True)


class Reward(Base):
    """Something a sponsor gives.

    `cost` are points: of a voucher, of a place in the draw, or of all that a group pledges together.
    `stock` is how many there are, for a draw how many are drawn; `given` of them are gone. With the
    stock kind `codes`, each voucher takes one of the codes that the sponsor gave. `ends_at` is
    exclusive. `per_member` None means no limit. A voucher is good for `valid_days` after it is given.
    """

    __tablename__ = "rewards"

    id: Mapped[int] = mapped_column(primary_key=True)
    sponsor_id: Mapped[int] = mapped_column(ForeignKey("sponsors.id"), index=True)
    kind: Mapped[str] = mapped_column(one_of(KINDS))
    title: Mapped[str] = mapped_column(String(120))
    body_source: Mapped[str] = mapped_column(Text, default="")
    body_html: Mapped[str] = mapped_column(Text, default="")
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("reward_pictures.id"))
    cost: Mapped[int] = mapped_column(default=0)
    face_value_pence: Mapped[int] = mapped_column(default=0)
    stock_kind: Mapped[str] = mapped_column(one_of(STOCK_KINDS), default="number")
    stock: Mapped[int] = mapped_column(default=0)
    given: Mapped[int] = mapped_column(default=0, server_default="0")
    per_member: Mapped[int | None]
    valid_days: Mapped[int] = mapped_column(default=90)
    # What a gift is given for: "joined", or the name of a milestone.
    given_for: Mapped[str | None] = mapped_column(String(30))
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(one_of(STATES), default="draft", server_default="draft")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (
        check_one_of("kind", KINDS),
        check_one_of("stock_kind", STOCK_KINDS),
        check_one_of("state", STATES),
        CheckConstraint(f"cost BETWEEN 0 AND {MOST_POINTS}", name="cost_in_range"),
        CheckConstraint(f"face_value_pence BETWEEN 0 AND {MOST_PENCE}", name="face_value_in_range"),
        CheckConstraint("stock >= 0 AND given >= 0 AND given <= stock", name="given_within_stock"),
        CheckConstraint("per_member > 0", name="per_member_positive"),
        CheckConstraint("valid_days BETWEEN 1 AND 730", name="valid_days_in_range"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("(kind = 'gift') = (given_for IS NOT NULL)", name="gifts_are_for_something"),
        CheckConstraint("kind <> 'gift' OR cost = 0", name="gifts_cost_nothing"),
        Index("ix_rewards_state", "state", "ends_at", "id"),
    )


class RewardOrganisation(Base):
    """An organisation whose people may have the reward; with no row here or for groups, all may."""

    __tablename__ = "reward_organisations"

    reward_id: Mapped[int] = mapped_column(ForeignKey("rewards.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class RewardGroup(Base):
    """A staff group whose people may have the reward."""

    __tablename__ = "reward_groups"

    reward_id: Mapped[int] = mapped_column(ForeignKey("rewards.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("staff_groups.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class RewardCode(Base):
    """One of the codes that a sponsor gave for a reward, and the voucher that took it."""

    __tablename__ = "reward_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    reward_id: Mapped[int] = mapped_column(ForeignKey("rewards.id"))
    code: Mapped[str] = mapped_column(String(80))
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("vouchers.id"))

    __table_args__ = (
        UniqueConstraint("reward_id", "code"),
        # Without those that are free: SQLite would look for the next free one among all of them.
        Index(
            "uq_reward_codes_voucher_id",
            "voucher_id",
            unique=True,
            postgresql_where=text("voucher_id IS NOT NULL"),
            sqlite_where=text("voucher_id IS NOT NULL"),
        ),
        Index(
            "ix_reward_codes_free",
            "reward_id",
            "id",
            postgresql_where=text("voucher_id IS NULL"),
            sqlite_where=text("voucher_id IS NULL"),
        ),
    )


class Voucher(Base):
    """What a member, or for a team prize a staff group, was given, as it was on that day.

    Vouchers are the register of gifts too, so what it asks for is written down here and stays:
    donor, reward, face value, organisation. `number` is the member's how many-th of the reward;
    `sponsor_code` the sponsor's own code, where they gave a list. `tax_year` begins on 6 April.
    """

    __tablename__ = "vouchers"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    reward_id: Mapped[int] = mapped_column(ForeignKey("rewards.id"))
    kind: Mapped[str] = mapped_column(one_of(KINDS))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    number: Mapped[int]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("staff_groups.id", ondelete="SET NULL"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    organisation_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    sponsor_id: Mapped[int] = mapped_column(ForeignKey("sponsors.id"))
    donor: Mapped[str] = mapped_column(String(120))
    reward_title: Mapped[str] = mapped_column(String(120))
    cost: Mapped[int]
    face_value_pence: Mapped[int]
    tax_year: Mapped[int] = mapped_column(SmallInteger)
    sponsor_code: Mapped[str | None] = mapped_column(String(80))
    given_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    cancel_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")

    __table_args__ = (
        check_one_of("kind", KINDS),
        CheckConstraint("used_at IS NULL OR cancelled_at IS NULL", name="used_or_cancelled"),
        UniqueConstraint("reward_id", "member_id", "number"),
        Index("ix_vouchers_member", "member_id", "given_at", "id"),
        Index("ix_vouchers_member_year", "member_id", "tax_year"),
        Index("ix_vouchers_given", "given_at", "id"),
        Index("ix_vouchers_organisation", "organisation_id", "given_at", "id"),
        Index("ix_vouchers_used", "sponsor_id", "used_at", "id"),
        # Those that can still be used, for the word before they expire.
        Index(
            "ix_vouchers_ending",
            "expires_at",
            "id",
            postgresql_where=text("used_at IS NULL AND cancelled_at IS NULL"),
            sqlite_where=text("used_at IS NULL AND cancelled_at IS NULL"),
        ),
    )


class GiftPolicy(Base):
    """What an organisation's rules on gifts and hospitality allow; without a row, all of it."""

    __tablename__ = "gift_policies"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    opted_out: Mapped[bool] = mapped_column(default=False)
    ceiling_pence: Mapped[int | None]
    changed_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("ceiling_pence >= 0", name="ceiling_not_negative"),)


class Draw(Base):
    """The draw of a reward: its seed's hash is published beforehand, the seed when it was drawn."""

    __tablename__ = "draws"

    reward_id: Mapped[int] = mapped_column(
        ForeignKey("rewards.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    seed: Mapped[str] = mapped_column(String(64))
    seed_hash: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]
    drawn_at: Mapped[datetime | None]
    drawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    entries_hash: Mapped[str | None] = mapped_column(String(64))


class DrawEntry(Base):
    """A member's place in a draw, listed by its number alone."""

    __tablename__ = "draw_entries"

    reward_id: Mapped[int] = mapped_column(ForeignKey("draws.reward_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    entered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_draw_entries_standing",
            "reward_id",
            "number",
            postgresql_where=text("withdrawn_at IS NULL"),
            sqlite_where=text("withdrawn_at IS NULL"),
        ),
    )


class DrawWinner(Base):
    """An entry that was drawn; `voucher_id` None where its member could not have the prize, and why."""

    __tablename__ = "draw_winners"

    reward_id: Mapped[int] = mapped_column(ForeignKey("draws.reward_id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("vouchers.id"))
    passed_over: Mapped[str] = mapped_column(String(200), default="", server_default="")

    __table_args__ = (UniqueConstraint("reward_id", "number"),)


class TeamPrize(Base):
    """Where a staff group stands with a team prize."""

    __tablename__ = "team_prizes"

    reward_id: Mapped[int] = mapped_column(ForeignKey("rewards.id"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("staff_groups.id"), primary_key=True, index=True)
    pledged: Mapped[int] = mapped_column(default=0)
    won_at: Mapped[datetime | None]
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("vouchers.id"))

    __table_args__ = (CheckConstraint("pledged >= 0", name="pledged_not_negative"),)


class Pledge(Base):
    """Points that a member pledged for their group's team prize; `returned_at` when they came back."""

    __tablename__ = "pledges"

    id: Mapped[int] = mapped_column(primary_key=True)
    reward_id: Mapped[int] = mapped_column(ForeignKey("rewards.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("staff_groups.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    points: Mapped[int]
    pledged_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("points > 0", name="points_positive"),
        Index("ix_pledges_prize", "reward_id", "group_id", "id"),
    )
