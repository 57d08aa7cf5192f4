"""The points ledger, the rules that it is written by, and the totals that boards are read from."""

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base, BigId, check_one_of, one_of

MOST_POINTS = 10_000
MOST_A_DAY = 1_000
GROUP_KINDS = ("organisation", "group")


class PointRule(Base):
    """An event that the ledger knows of; what it earns stands in the versions of its rule.

    `points` and `daily_cap` are what the release before this reads; nothing here does.
    """

    __tablename__ = "point_rules"

    event: Mapped[str] = mapped_column(String(40), primary_key=True)
    points: Mapped[int]
    daily_cap: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("points BETWEEN 0 AND 10000", name="points_in_range"),
        CheckConstraint("daily_cap > 0", name="daily_cap_positive"),
    )


class PointRuleVersion(Base):
    """What an event earns from a moment on, and how often a day; `daily_cap` None means no cap.

    In force is the one that started last and was not withdrawn before it did. Versions are never
    changed or deleted; one that has not started can be withdrawn.
    """

    __tablename__ = "point_rule_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(ForeignKey("point_rules.event"))
    version: Mapped[int]
    points: Mapped[int]
    daily_cap: Mapped[int | None]
    is_on: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    starts_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    made_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(f"points BETWEEN 0 AND {MOST_POINTS}", name="points_in_range"),
        CheckConstraint(f"daily_cap BETWEEN 1 AND {MOST_A_DAY}", name="daily_cap_in_range"),
        UniqueConstraint("event", "version"),
        Index("ix_point_rule_versions_in_force", "event", "starts_at", "version"),
    )


class PointEntry(Base):
    """One fact of the ledger; triggers in the database refuse changes to it, and add it to the totals.

    `event_key` names the event once for ever, as in "vote cast:idea:12:member:7"; a reversal
    carries the key of what it takes back with ":reversed" behind it, and what gives that back one with
    another "~" (see `points.services`). Where several wrote an idea they share what an event earns:
    the entries of all but its author name the author's key in `share_of`.

    `rule_version` is the version of the event's rule that gave the points. What is spent, and given
    back of it, `is_spending`; only what is earned, and `on_boards`, counts on leaderboards.
    """

    __tablename__ = "point_entries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    event: Mapped[str] = mapped_column(ForeignKey("point_rules.event"))
    points: Mapped[int]
    event_key: Mapped[str] = mapped_column(String(100), unique=True)
    is_reversal: Mapped[bool] = mapped_column(default=False)
    idea_id: Mapped[int | None]
    comment_id: Mapped[int | None]
    day: Mapped[date]
    at: Mapped[datetime]
    share_of: Mapped[str | None] = mapped_column(String(100))
    rule_version: Mapped[int] = mapped_column(default=1, server_default="1")
    is_spending: Mapped[bool] = mapped_column(default=False, server_default=false())
    on_boards: Mapped[bool] = mapped_column(default=True, server_default=true())
    reward_id: Mapped[int | None]

    __table_args__ = (
        Index(
            "ix_point_entries_shares",
            "share_of",
            postgresql_where=text("share_of IS NOT NULL"),
            sqlite_where=text("share_of IS NOT NULL"),
        ),
        # For the caps of a day, and for the page of points, day by day.
        Index("ix_point_entries_day", "member_id", "day", "event"),
    )


class HeldEntry(Base):
    """What something earned whose author's name is hidden, or its reversal, until the week's batch.

    Its key and `share_of` are as in the ledger. `entered_key` is the key of the entry there, one a
    member and week, that it is part of.
    """

    __tablename__ = "held_point_entries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    event: Mapped[str] = mapped_column(ForeignKey("point_rules.event"))
    points: Mapped[int]
    event_key: Mapped[str] = mapped_column(String(100), unique=True)
    is_reversal: Mapped[bool] = mapped_column(default=False)
    rule_version: Mapped[int]
    day: Mapped[date]
    at: Mapped[datetime]
    share_of: Mapped[str | None] = mapped_column(String(100))
    entered_key: Mapped[str | None] = mapped_column(String(100))

    __table_args__ = (
        Index(
            "ix_held_point_entries_shares",
            "share_of",
            postgresql_where=text("share_of IS NOT NULL"),
            sqlite_where=text("share_of IS NOT NULL"),
        ),
        Index("ix_held_point_entries_day", "member_id", "day", "event"),
        Index(
            "ix_held_point_entries_waiting",
            "day",
            "member_id",
            postgresql_where=text("entered_key IS NULL"),
            sqlite_where=text("entered_key IS NULL"),
        ),
    )


class PointTotal(Base):
    """What a member earned in all ("all"), in a month ("month:2026-11") or by a challenge ("challenge:7").

    Triggers in the database keep it: each entry of the ledger adds to `points`, and `listed` follows
    what the member chose and whether they are active and do not run the site. Boards show `shown`,
    what `points` were at the last midnight in London: a total that moves at once tells who voted how.
    """

    __tablename__ = "point_totals"

    board: Mapped[str] = mapped_column(String(30), primary_key=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    points: Mapped[int] = mapped_column(server_default="0")
    shown: Mapped[int] = mapped_column(server_default="0")
    listed: Mapped[bool] = mapped_column(server_default=false())

    __table_args__ = (Index("ix_point_totals_listed", "board", "listed", "shown", "member_id"),)


class GroupTotal(Base):
    """What the people of an organisation or staff group earned on a board, when that was last counted.

    Only of those that may be shown: see `leaderboards.counting`.
    """

    __tablename__ = "group_point_totals"

    board: Mapped[str] = mapped_column(String(30), primary_key=True)
    kind: Mapped[str] = mapped_column(one_of(GROUP_KINDS), primary_key=True)
    group_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    points: Mapped[int]
    members: Mapped[int]
    people: Mapped[int]
    per_head: Mapped[float] = mapped_column(Float)

    __table_args__ = (
        check_one_of("kind", GROUP_KINDS),
        Index("ix_group_point_totals_rank", "board", "kind", "per_head", "group_id"),
    )


class BoardToCount(Base):
    """A board that shows other totals than before, until its organisations and staff groups are counted."""

    __tablename__ = "boards_to_count"

    board: Mapped[str] = mapped_column(String(30), primary_key=True)


class PointSettings(Base):
    """The one row of what admins decide about points for the whole site.

    `shown_at` is when boards were last brought to the totals of the ledger.
    """

    __tablename__ = "point_settings"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    leaderboards_on: Mapped[bool] = mapped_column(default=True, server_default=true())
    shown_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
