"""The outbox, what came back, and the addresses that nothing more is sent to."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base, BigId, check_one_of, one_of

# held: its stream is paused; claimed: a worker holds it, nothing has left yet; sending: its body
# may be on the way; suppressed: the address is one that nothing is sent to.
STATES = (
    "queued",
    "held",
    "claimed",
    "sending",
    "sent",
    "failed",
    "outcome unknown",
    "cancelled",
    "suppressed",
)
# What one person waits for leaves before what goes to many.
FIRST, BULK = 0, 10
SUPPRESSED_BECAUSE = ("declined", "bounced", "asked")
BOUNCE_KINDS = ("hard", "soft")


class OutboxMessage(Base):
    """One email to one address; its text is emptied once it has left, since it may hold a token.

    `purpose` and `ref_id` say which row of which feature it belongs to; `stream` names what can be
    held, released and cancelled together, such as one phase.
    """

    __tablename__ = "outbox_messages"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    purpose: Mapped[str] = mapped_column(String(40))
    ref_id: Mapped[int | None]
    stream: Mapped[str] = mapped_column(String(40), default="", server_default="")
    priority: Mapped[int] = mapped_column(SmallInteger, default=FIRST, server_default="0")
    to_address: Mapped[str] = mapped_column(String(254))
    from_name: Mapped[str] = mapped_column(String(100), default="")
    reply_to: Mapped[str] = mapped_column(String(254), default="")
    subject: Mapped[str] = mapped_column(String(200))
    body_text: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text, default="")
    headers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(one_of(STATES), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    first_tried_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    claimed_by: Mapped[str] = mapped_column(String(80), default="")
    last_answer: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        check_one_of("state", STATES),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        Index("ix_outbox_messages_due", "state", "priority", "due_at", "id"),
        Index("ix_outbox_messages_stream", "stream", "state"),
        Index("ix_outbox_messages_ref", "purpose", "ref_id"),
    )


class DeliveryAttempt(Base):
    """An attempt that ended with "not now"; the last attempt stands in the message itself."""

    __tablename__ = "delivery_attempts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox_messages.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(String(500))


class MailServerState(Base):
    """How the mail server was met last; one row, with the id 1."""

    __tablename__ = "mail_server_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    failing_since: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    last_answer: Mapped[str] = mapped_column(String(500), default="")
    reached_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class SuppressedAddress(Base):
    """An address that nothing is sent to until a person lifts it; lifting deletes the row."""

    __tablename__ = "suppressed_addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(254), unique=True)
    because: Mapped[str] = mapped_column(one_of(SUPPRESSED_BECAUSE))
    detail: Mapped[str] = mapped_column(String(500), default="")
    suppressed_at: Mapped[datetime]

    __table_args__ = (
        check_one_of("because", SUPPRESSED_BECAUSE),
        CheckConstraint("address = lower(address)", name="address_lower"),
    )


class Bounce(Base):
    """What a mail system reported of a message that it could not deliver; `report_key` is its own."""

    __tablename__ = "bounces"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox_messages.id", ondelete="CASCADE"))
    report_key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(one_of(BOUNCE_KINDS))
    status: Mapped[str] = mapped_column(String(20), default="")
    words: Mapped[str] = mapped_column(String(500), default="")
    reported_at: Mapped[datetime]

    __table_args__ = (
        check_one_of("kind", BOUNCE_KINDS),
        UniqueConstraint("outbox_id", "report_key"),
    )
