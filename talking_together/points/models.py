"""The points ledger and the table of rules that it is written by."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base, BigId


class PointRule(Base):
    """What an event earns, and how often a day; `daily_cap` None means no cap."""

    __tablename__ = "point_rules"

    event: Mapped[str] = mapped_column(String(40), primary_key=True)
    points: Mapped[int]
    daily_cap: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("points BETWEEN 0 AND 10000", name="points_in_range"),
        CheckConstraint("daily_cap > 0", name="daily_cap_positive"),
    )


class PointEntry(Base):
    """One fact of the ledger; triggers in the database refuse changes to it.

    `event_key` names the event once for ever, as in "vote cast:idea:12:member:7"; a reversal
    carries the key of what it takes back with ":reversed" behind it, and what gives that back one with
    another "~" (see `points.services`). Where several wrote an idea they share what an event earns:
    the entries of all but its author name the author's key in `share_of`.
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
