"""The person a request acts for, loaded with their session in one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Row, Select, and_, case, column, false, func, select, table

from talking_together.accounts.models import Member, MemberSession
from talking_together.accounts.photo_paths import large_photo_path, small_photo_path
from talking_together.core.access import SPONSOR, has_role
from talking_together.core.formatting import count_of
from talking_together.core.people import initials_of
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.organisations.models import Organisation

# Named, not imported: notifications and points are rooms above this one, and the bell's count and
# what the site shows of points belong in the one statement that every page begins with.
_notifications = table("notifications", column("member_id"), column("read_at"))
_gift_policies = table("gift_policies", column("organisation_id"), column("opted_out", Boolean))
_point_settings = table("point_settings", column("id"), column("leaderboards_on", Boolean))


@dataclass(frozen=True, slots=True)
class Viewer:
    """A member as pages, policies and services see the one who acts."""

    id: int
    name: str
    email: str | None
    role: str
    is_active: bool
    points: int
    unread_count: int
    theme: str
    organisation_id: int | None
    organisation_short_name: str | None
    photo_key: str | None = None
    session_id: int | None = None
    session_token: str | None = None
    on_shared_computer: bool = False
    hides_points: bool = False
    leaderboards_on: bool = True
    has_rewards: bool = True

    is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str | None:
        """Return what Flask-Login keeps in the cookie: the token of the session."""
        return self.session_token

    @property
    def initials(self) -> str:
        """Return the letters shown in the member's avatar."""
        return initials_of(self.name)

    @property
    def photo(self) -> str | None:
        """Return the path of the member's small photo, or None."""
        return small_photo_path(self.id, self.photo_key) if self.photo_key else None

    @property
    def large_photo(self) -> str | None:
        """Return the path of the member's photo as pages of its own show it, or None."""
        return large_photo_path(self.id, self.photo_key) if self.photo_key else None

    def note_of(self, earned: int) -> str:
        """Return what a message adds of points earned; nothing for one who hides points."""
        return f" · +{count_of(earned, 'point')}" if earned > 0 and not self.hides_points else ""

    @property
    def is_moderator(self) -> bool:
        """Return whether the role includes moderating."""
        return has_role(self, "moderator")

    @property
    def is_admin(self) -> bool:
        """Return whether the role includes administering."""
        return has_role(self, "admin")

    @property
    def serves_at_desk(self) -> bool:
        """Return whether this is somebody at a sponsor's desk, who sees nothing but the desk."""
        return has_role(self, SPONSOR)

    @property
    def own_page(self) -> str:
        """Return the path of the page that leads to what is the viewer's own."""
        return "/desk" if self.serves_at_desk else "/me"


_COLUMNS = (
    Member.id,
    Member.name,
    Member.email,
    Member.role,
    Member.is_active,
    Member.points,
    Member.theme,
    Member.organisation_id,
    Member.photo_key,
    Member.hides_points,
    Organisation.short_name.label("organisation_short_name"),
    select(func.count())
    .select_from(_notifications)
    .where(_notifications.c.member_id == Member.id, _notifications.c.read_at.is_(None))
    .scalar_subquery()
    .label("unread_count"),
    # Their employer's rules on gifts may allow none.
    and_(
        Member.organisation_id.is_not(None), func.coalesce(_gift_policies.c.opted_out, false()).is_(False)
    ).label("has_rewards"),
    select(_point_settings.c.leaderboards_on)
    .where(_point_settings.c.id == 1)
    .scalar_subquery()
    .label("leaderboards_on"),
)


def _members(*more: Any) -> Select[Any]:
    return (
        select(*_COLUMNS, *more)
        .select_from(Member)
        .outerjoin(Organisation, Organisation.id == Member.organisation_id)
        .outerjoin(_gift_policies, _gift_policies.c.organisation_id == Member.organisation_id)
    )


def _viewer(row: Row[Any], **session: Any) -> Viewer:
    return Viewer(
        id=row.id,
        name=row.name,
        email=row.email,
        role=row.role,
        is_active=row.is_active,
        points=row.points,
        unread_count=row.unread_count,
        theme=row.theme,
        organisation_id=row.organisation_id,
        organisation_short_name=row.organisation_short_name,
        photo_key=row.photo_key,
        hides_points=row.hides_points,
        leaderboards_on=row.leaderboards_on,
        has_rewards=row.has_rewards,
        **session,
    )


_VIEWER_OF_SESSION = (
    _members(MemberSession.id.label("session_id"), MemberSession.last_seen_at, MemberSession.is_shared)
    .join(MemberSession, MemberSession.member_id == Member.id)
    .where(
        MemberSession.token_hash == given("token_hash", MemberSession.token_hash),
        MemberSession.expires_at > given("at", MemberSession.expires_at),
        MemberSession.last_seen_at
        > case(
            (MemberSession.is_shared, given("shared_seen_since", MemberSession.last_seen_at)),
            else_=given("seen_since", MemberSession.last_seen_at),
        ),
        Member.is_active,
    )
)


def find_viewer(member_id: int) -> Viewer | None:
    """Return the active member as a viewer without a session, for commands and sweeps."""
    row = db.session.execute(_members().where(Member.id == member_id, Member.is_active)).first()
    return None if row is None else _viewer(row)


def find_session_viewer(
    token: str, token_hash: str, *, at: datetime, seen_since: datetime, shared_seen_since: datetime
) -> tuple[Viewer, datetime] | None:
    """Return the active member of a live session and when it was last seen, or None.

    A session lives until it expires (`at`) and while it was seen since `seen_since`, or since
    `shared_seen_since` on a shared computer.
    """
    values = {
        "token_hash": token_hash,
        "at": at,
        "seen_since": seen_since,
        "shared_seen_since": shared_seen_since,
    }
    row = run(_VIEWER_OF_SESSION, values).first()
    if row is None:
        return None
    viewer = _viewer(row, session_id=row.session_id, session_token=token, on_shared_computer=row.is_shared)
    return viewer, row.last_seen_at
