"""Signs of gaming, for moderators to look at; nothing acts on them by itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.fairness.kinds import KINDS
from talking_together.orm import Base, check_one_of, one_of

STATES = ("open", "set aside", "voided")


class GamingSign(Base):
    """A sign, its evidence as figures that `kinds` puts in words, and what a moderator did about it.

    `subject_key` names what it is about once for ever, as in "ring:members:3,7,12".
    """

    __tablename__ = "gaming_signs"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(one_of(KINDS))
    subject_key: Mapped[str] = mapped_column(String(200), unique=True)
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON)
    found_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(one_of(STATES), default="open", server_default="open")
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    reason: Mapped[str] = mapped_column(String(500), default="", server_default="")

    __table_args__ = (
        check_one_of("kind", KINDS),
        check_one_of("state", STATES),
        Index("ix_gaming_signs_state", "state", "seen_at", "id"),
    )


class GamingSignMember(Base):
    """A member whom a sign is about."""

    __tablename__ = "gaming_sign_members"

    sign_id: Mapped[int] = mapped_column(ForeignKey("gaming_signs.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class GamingLook(Base):
    """The one row that says until when signs were looked for and all that were found kept."""

    __tablename__ = "gaming_looks"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    looked_until: Mapped[datetime]

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
