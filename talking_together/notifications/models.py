"""What a member is told within the site and by email, and how often they want email."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.notifications.groups import AT_ONCE, DAILY, EMAIL_GROUPS, EMAILS
from talking_together.notifications.kinds import EMAIL_KINDS, KINDS
from talking_together.orm import Base, BigId, check_one_of, one_of

# due: looked at from `email_after` on; left out: read before, not wanted, or not to be seen any more.
EMAIL_STATES = ("none", "due", "sent", "left out")
# What the way out in an email took the place of, so that it can be undone.
NO_CHOICE = "no choice"
STOPPED_FROM = (NO_CHOICE, AT_ONCE, DAILY)


class Notification(Base):
    """One thing a member is told once; `fact_key` keeps it to once.

    It is about an idea, a comment, a challenge or a reward, or about the member; `decision_id` is the
    decision that it tells of, `voucher_id` the voucher, `by_id` who did it where that is not who wrote
    the comment.
    """

    __tablename__ = "notifications"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(one_of(KINDS, 40))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), index=True)
    challenge_id: Mapped[int | None] = mapped_column(
        ForeignKey("challenges.id", ondelete="CASCADE"), index=True
    )
    decision_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("idea_decisions.id", ondelete="CASCADE"), index=True
    )
    reward_id: Mapped[int | None] = mapped_column(ForeignKey("rewards.id", ondelete="CASCADE"))
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("vouchers.id", ondelete="CASCADE"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    fact_key: Mapped[str] = mapped_column(String(100), unique=True)
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    email_state: Mapped[str] = mapped_column(one_of(EMAIL_STATES), default="none", server_default="none")
    email_after: Mapped[datetime | None]
    emailed_at: Mapped[datetime | None]

    __table_args__ = (
        check_one_of("kind", KINDS),
        check_one_of("email_state", EMAIL_STATES),
        Index("ix_notifications_member", "member_id", "id"),
        Index(
            "ix_notifications_unread",
            "member_id",
            postgresql_where=text("read_at IS NULL"),
            sqlite_where=text("read_at IS NULL"),
        ),
        Index(
            "ix_notifications_email_due",
            "email_after",
            "member_id",
            postgresql_where=text("email_state = 'due'"),
            sqlite_where=text("email_state = 'due'"),
        ),
        Index(
            "ix_notifications_email_of",
            "member_id",
            "email_after",
            postgresql_where=text("email_state = 'due'"),
            sqlite_where=text("email_state = 'due'"),
        ),
    )


class NotificationPreference(Base):
    """How a member chose to hear of a group by email; without a row the group's default holds.

    `stopped_from` is what a link in an email took the place of, None where they chose on their page.
    """

    __tablename__ = "notification_preferences"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    group_name: Mapped[str] = mapped_column(one_of(EMAIL_GROUPS), primary_key=True)
    email: Mapped[str] = mapped_column(one_of(EMAILS))
    chosen_at: Mapped[datetime]
    stopped_from: Mapped[str | None] = mapped_column(one_of(STOPPED_FROM))

    __table_args__ = (
        check_one_of("group_name", EMAIL_GROUPS),
        check_one_of("email", EMAILS),
        check_one_of("stopped_from", STOPPED_FROM),
    )


class NotificationKindPreference(Base):
    """How a member chose to hear of one kind by email; without a row what holds for its group holds."""

    __tablename__ = "notification_kind_preferences"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(one_of(EMAIL_KINDS, 40), primary_key=True)
    email: Mapped[str] = mapped_column(one_of(EMAILS))
    chosen_at: Mapped[datetime]
    stopped_from: Mapped[str | None] = mapped_column(one_of(STOPPED_FROM))

    __table_args__ = (
        check_one_of("kind", EMAIL_KINDS),
        check_one_of("email", EMAILS),
        check_one_of("stopped_from", STOPPED_FROM),
    )


class NotificationMailing(Base):
    """When a member was last written to about notifications, and how many times on that London day.

    Whoever writes to a member holds this row, so that two workers never do at once.
    """

    __tablename__ = "notification_mailings"

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    last_at: Mapped[datetime | None]
    count_of_day: Mapped[int] = mapped_column(SmallInteger, default=0)
