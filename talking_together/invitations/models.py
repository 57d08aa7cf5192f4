"""Staff lists, phases, and each person's invitation."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base, BigId, check_one_of, one_of

OUTCOMES = ("new", "already invited", "already a member", "needs attention", "ignored")
PHASE_STATES = ("draft", "sending", "sent")
INVITATION_STATES = (
    "draft",
    "queued",
    "sending",
    "sent",
    "joined",
    "outcome unknown",
    "failed",
    "revoked",
    "expired",
    "already a member",
)


class StaffList(Base):
    """An uploaded list of staff; its rows add up to `rows_count`."""

    __tablename__ = "staff_lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    filename: Mapped[str] = mapped_column(String(200))
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    uploaded_at: Mapped[datetime]
    rows_count: Mapped[int] = mapped_column(default=0)


class StaffListRow(Base):
    """One row of a staff list, with what became of it and why."""

    __tablename__ = "staff_list_rows"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("staff_lists.id", ondelete="CASCADE"))
    line: Mapped[int]
    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(320), default="")
    organisation: Mapped[str] = mapped_column(String(200), default="")
    groups: Mapped[str] = mapped_column(String(500), default="")
    job_title: Mapped[str] = mapped_column(String(200), default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    outcome: Mapped[str] = mapped_column(one_of(OUTCOMES))
    reason: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (
        check_one_of("outcome", OUTCOMES),
        Index("ix_staff_list_rows_outcome", "list_id", "outcome", "line"),
        UniqueConstraint("list_id", "line"),
    )


class Phase(Base):
    """One wave of email invitations. The counts are kept with every change of an invitation.

    `sent_count` counts those that have ever been sent, so it includes who has joined since.
    """

    __tablename__ = "phases"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    list_id: Mapped[int | None] = mapped_column(ForeignKey("staff_lists.id"))
    subject: Mapped[str] = mapped_column(String(150))
    message: Mapped[str] = mapped_column(Text)
    expires_days: Mapped[int] = mapped_column(default=30)
    state: Mapped[str] = mapped_column(one_of(PHASE_STATES), default="draft")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    people_count: Mapped[int] = mapped_column(default=0)
    sent_count: Mapped[int] = mapped_column(default=0)
    joined_count: Mapped[int] = mapped_column(default=0)
    failed_count: Mapped[int] = mapped_column(default=0)
    unknown_count: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        check_one_of("state", PHASE_STATES),
        CheckConstraint("expires_days BETWEEN 15 AND 365", name="expires_days_in_range"),
    )


# Whose link can still be used to join.
OPEN_STATES = ("queued", "sending", "sent", "outcome unknown", "failed")
# What keeps an address out of another phase.
LIVE_STATES = ("draft", "queued", "sending", "sent", "outcome unknown", "joined")


class Invitation(Base):
    """One person's place in a phase. Its link is made from `id`, `nonce` and the secret key."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    phase_id: Mapped[int] = mapped_column(ForeignKey("phases.id"))
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(100), default="")
    job_title: Mapped[str] = mapped_column(String(120), default="")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    group_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(one_of(INVITATION_STATES), default="draft")
    nonce: Mapped[str] = mapped_column(String(32))
    last_answer: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)

    __table_args__ = (
        check_one_of("state", INVITATION_STATES),
        CheckConstraint("email = lower(email)", name="email_lower"),
        UniqueConstraint("phase_id", "email"),
        Index("ix_invitations_state", "phase_id", "state", "id"),
    )
