"""Staff lists, phases, each person's invitation, and the join codes of teams."""

from datetime import datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base, BigId, check_one_of, one_of

# Of a list of people to invite, and of a list of people who have left.
JOINING, LEAVING = LIST_KINDS = ("joining", "leaving")
LIST_STATES = ("uploaded", "reading", "read", "stopped", "failed")
OUTCOMES_OF = {
    JOINING: ("new", "already invited", "already a member", "suppressed", "needs attention", "ignored"),
    LEAVING: ("leaving", "has left", "not a member", "needs attention", "ignored"),
}
OUTCOMES = tuple(dict.fromkeys((*OUTCOMES_OF[JOINING], *OUTCOMES_OF[LEAVING])))
PHASE_STATES = ("draft", "scheduled", "sending", "paused", "sent", "stopped")
PHASE_SOURCES = ("list", "choice")
SENDING_DAYS = ("weekdays", "every day")
PAUSE_CAUSES = ("", "admin", "mail server")
INVITATION_STATES = (
    "draft",
    "queued",
    "sending",
    "sent",
    "joined",
    "outcome unknown",
    "failed",
    "bounced",
    "declined",
    "revoked",
    "expired",
    "already a member",
    "suppressed",
)


class StaffList(Base):
    """An uploaded list of staff: people to invite, or people who have left.

    `uploaded`: its first rows are shown, nothing is kept yet. `reading`: a worker reads it, with
    `rows_read` so far of about `rows_expected`. `read`: its rows add up to `rows_count`.
    `columns` says which column of the file holds which field, below the headings in `heading_row` (0:
    there are none) of the workbook's `sheet`; `corrections` holds, for a field, the words that an
    admin accepted in place of what the file says. `applied_at` is when `applied_by` asked to end the
    access of those who have left.
    """

    __tablename__ = "staff_lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    filename: Mapped[str] = mapped_column(String(200))
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    uploaded_at: Mapped[datetime]
    rows_count: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(one_of(LIST_KINDS), default=JOINING, server_default=JOINING)
    state: Mapped[str] = mapped_column(one_of(LIST_STATES), default="read", server_default="read")
    file_format: Mapped[str] = mapped_column(String(60), default="", server_default="")
    sheet: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    heading_row: Mapped[int] = mapped_column(default=0, server_default="0")
    headings: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    columns: Mapped[dict[str, int]] = mapped_column(JSON, default=dict, server_default="{}")
    corrections: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON, default=dict, server_default="{}")
    rows_read: Mapped[int] = mapped_column(default=0, server_default="0")
    rows_expected: Mapped[int] = mapped_column(default=0, server_default="0")
    problem: Mapped[str] = mapped_column(String(300), default="", server_default="")
    claimed_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    lease_until: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))

    __table_args__ = (
        check_one_of("kind", LIST_KINDS),
        check_one_of("state", LIST_STATES),
        Index("ix_staff_lists_state", "state", "id"),
    )


class StaffListFile(Base):
    """The file of a staff list until it has been read; then the row goes."""

    __tablename__ = "staff_list_files"

    list_id: Mapped[int] = mapped_column(
        ForeignKey("staff_lists.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    content: Mapped[bytes] = mapped_column(LargeBinary)


class StaffListRow(Base):
    """One row of a staff list, with what became of it and why.

    `field` is the cell that the reason is about; of a row that needs attention, `suggestion` is
    what may have been meant, and `cells` the whole row as it stood in the file.
    """

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
    field: Mapped[str] = mapped_column(String(20), default="", server_default="")
    suggestion: Mapped[str] = mapped_column(String(200), default="", server_default="")
    cells: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))

    __table_args__ = (
        check_one_of("outcome", OUTCOMES),
        Index("ix_staff_list_rows_email", "email", "outcome"),
        Index("ix_staff_list_rows_outcome", "list_id", "outcome", "line"),
        UniqueConstraint("list_id", "line"),
    )


class Phase(Base):
    """One wave of email invitations. The counts are kept with every change of an invitation.

    `sent_count` counts those that have ever been sent, so it includes who has joined since. Its
    people stand on a list, or are chosen: by organisations, by groups, by not having joined from an
    earlier phase. `hourly_rate` is in invitations an hour, None as fast as the mail server takes
    them; `next_send_at` is when the rate lets the next one go. Sending hours are whole hours of
    London time, `sending_until` exclusive.
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
    source: Mapped[str] = mapped_column(one_of(PHASE_SOURCES), default="list", server_default="list")
    organisation_ids: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    group_ids: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    not_joined_from: Mapped[int | None] = mapped_column(ForeignKey("phases.id"))
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenges.id"))
    from_name: Mapped[str] = mapped_column(String(100), default="", server_default="")
    reply_to: Mapped[str] = mapped_column(String(254), default="", server_default="")
    starts_at: Mapped[datetime | None]
    hourly_rate: Mapped[int | None]
    sending_days: Mapped[str] = mapped_column(
        one_of(SENDING_DAYS), default="weekdays", server_default="every day"
    )
    sending_from: Mapped[int] = mapped_column(SmallInteger, default=8, server_default="0")
    sending_until: Mapped[int] = mapped_column(SmallInteger, default=18, server_default="24")
    first_reminder_days: Mapped[int | None] = mapped_column(SmallInteger)
    second_reminder_days: Mapped[int | None] = mapped_column(SmallInteger)
    reminder_subject: Mapped[str] = mapped_column(String(150), default="", server_default="")
    reminder_message: Mapped[str] = mapped_column(Text, default="", server_default="")
    pause_cause: Mapped[str] = mapped_column(one_of(PAUSE_CAUSES), default="", server_default="")
    next_send_at: Mapped[datetime | None]

    __table_args__ = (
        check_one_of("state", PHASE_STATES),
        check_one_of("source", PHASE_SOURCES),
        check_one_of("sending_days", SENDING_DAYS),
        check_one_of("pause_cause", PAUSE_CAUSES),
        CheckConstraint("expires_days BETWEEN 15 AND 365", name="expires_days_in_range"),
        CheckConstraint("hourly_rate > 0", name="hourly_rate_positive"),
        CheckConstraint(
            "sending_from >= 0 AND sending_from < sending_until AND sending_until <= 24",
            name="sending_hours_in_order",
        ),
        Index("ix_phases_state", "state", "starts_at"),
    )


# Whose link can still be used to join.
OPEN_STATES = ("queued", "sending", "sent", "outcome unknown", "failed", "bounced", "declined")
# What keeps an address out of another phase.
LIVE_STATES = ("draft", "queued", "sending", "sent", "outcome unknown", "joined")


class Invitation(Base):
    """One person's place in a phase. Its link and its code are made from `id`, `nonce` and the key.

    `opened_at` is when somebody first did something on its page, which a mail filter does not.
    """

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
    opened_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    decline_reason: Mapped[str] = mapped_column(String(60), default="", server_default="")
    bounced_at: Mapped[datetime | None]
    soft_bounces: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    reminders: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    next_reminder_at: Mapped[datetime | None] = mapped_column(index=True)
    renewed_at: Mapped[datetime | None]

    __table_args__ = (
        check_one_of("state", INVITATION_STATES),
        CheckConstraint("email = lower(email)", name="email_lower"),
        UniqueConstraint("phase_id", "email"),
        Index("ix_invitations_state", "phase_id", "state", "id"),
    )


class JoinCode(Base):
    """A code with which people of one team join who have no mailbox to be invited at."""

    __tablename__ = "join_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("staff_groups.id", ondelete="SET NULL"))
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenges.id"))
    needs_approval: Mapped[bool] = mapped_column(default=True)
    max_uses: Mapped[int]
    uses_count: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("max_uses BETWEEN 1 AND 10000", name="max_uses_in_range"),
        CheckConstraint("uses_count BETWEEN 0 AND max_uses", name="uses_within_limit"),
    )


class JoinCodeUse(Base):
    """Who joined with a join code; until somebody approves, the account waits."""

    __tablename__ = "join_code_uses"

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    join_code_id: Mapped[int] = mapped_column(ForeignKey("join_codes.id"), index=True)
    used_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
