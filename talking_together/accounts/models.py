"""Members, the sessions they sign in with, and what guards their sign-in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.core.access import ROLES, SPONSOR
from talking_together.orm import Base, check_one_of, one_of

THEMES = ("system", "light", "dark")


class Member(Base):
    """A person with an account; `points` is the balance kept with the ledger.

    `awaiting_approval`: made with a team's join code, and not let in yet (nor active).
    `shown_as_former`: has left and asked to be shown as "a former colleague". `photo_key` names the
    photo that stands in `member_photos`.

    `hides_points`: sees no points anywhere, and is on no leaderboard. `word` is what a colleague says
    who comes by this member's word; `told_by_id` is the member by whose word this one joined. Who
    serves at a sponsor's desk has the role `sponsor`, and no organisation.

    Someone brought from an earlier consultation has no sign-in name and no organisation, and
    stands as (`imported_from`, `imported_id`).
    """

    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    sign_in_name: Mapped[str | None] = mapped_column(String(254), unique=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(100), index=True)
    job_title: Mapped[str] = mapped_column(String(120), default="")
    about: Mapped[str] = mapped_column(String(500), default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[str] = mapped_column(one_of((*ROLES, SPONSOR)), default="staff")
    is_active: Mapped[bool] = mapped_column(default=True)
    deactivated_at: Mapped[datetime | None]
    joined_at: Mapped[datetime]
    on_leaderboard: Mapped[bool] = mapped_column(default=False)
    theme: Mapped[str] = mapped_column(one_of(THEMES), default="system")
    points: Mapped[int] = mapped_column(default=0)
    awaiting_approval: Mapped[bool] = mapped_column(default=False, server_default=false())
    shown_as_former: Mapped[bool] = mapped_column(default=False, server_default=false())
    photo_key: Mapped[str | None] = mapped_column(String(32))
    imported_from: Mapped[str | None] = mapped_column(String(200))
    imported_id: Mapped[str | None] = mapped_column(String(40))
    hides_points: Mapped[bool] = mapped_column(default=False, server_default=false())
    word: Mapped[str | None] = mapped_column(String(40), unique=True)
    told_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)

    __table_args__ = (
        check_one_of("role", (*ROLES, SPONSOR)),
        check_one_of("theme", THEMES),
        CheckConstraint("role <> 'sponsor' OR organisation_id IS NULL", name="desk_without_organisation"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("sign_in_name = lower(sign_in_name)", name="sign_in_name_lower"),
        UniqueConstraint("imported_from", "imported_id"),
        Index(
            "ix_members_waiting",
            "id",
            postgresql_where=text("awaiting_approval"),
            sqlite_where=text("awaiting_approval"),
        ),
    )


class MemberGroup(Base):
    """A member's place in a staff group."""

    __tablename__ = "member_groups"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("staff_groups.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class MemberSession(Base):
    """One browser that is signed in; only a hash of its token is kept."""

    __tablename__ = "member_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    device: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    is_shared: Mapped[bool] = mapped_column(default=False, server_default=false())


class MemberPhoto(Base):
    """A member's photo, made anew by us from what was uploaded: square, in two sizes."""

    __tablename__ = "member_photos"

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    key: Mapped[str] = mapped_column(String(32), unique=True)
    small: Mapped[bytes] = mapped_column(LargeBinary)
    large: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime]


class PasswordReset(Base):
    """A request for a new password; the worker finds out whether its address has an account."""

    __tablename__ = "password_resets"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    requested_at: Mapped[datetime]
    handled_at: Mapped[datetime | None] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class FailedAttempts(Base):
    """Failed sign-ins within a window, by a hash of the account or of the network address."""

    __tablename__ = "failed_attempts"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    window_started_at: Mapped[datetime] = mapped_column(index=True)
    failures: Mapped[int]
