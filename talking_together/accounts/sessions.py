"""Sessions kept by the server: a browser holds a token, the table its hash."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import and_, delete, insert, or_, update

from talking_together.accounts.models import MemberSession
from talking_together.accounts.viewers import Viewer, find_session_viewer
from talking_together.core import clock
from talking_together.extensions import db

IDLE = timedelta(days=14)
LONGEST = timedelta(days=60)
TOUCH_EVERY = timedelta(hours=1)
# On a shared computer nobody comes back to the session, and somebody else sits down at it.
IDLE_SHARED_S = 600
LONGEST_SHARED = timedelta(hours=12)
TOUCHES_SHARED = 10
TOKEN_BYTES = 32
MAX_TOKEN_LENGTH = 100

_BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Opera", r"OPR/"),
    ("Firefox", r"(?:Firefox|FxiOS)/"),
    ("Chrome", r"(?:Chrome|CriOS|Chromium)/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("Mac", r"Macintosh|Mac OS"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)


def start_session(*, member_id: int, device: str, shared: bool = False) -> str:
    """Write a session for the member and return the token that the browser keeps."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    at = clock.now()
    db.session.execute(
        insert(MemberSession).values(
            token_hash=hash_of(token),
            member_id=member_id,
            device=device,
            created_at=at,
            last_seen_at=at,
            expires_at=at + (LONGEST_SHARED if shared else LONGEST),
            is_shared=shared,
        )
    )
    return token


def find_viewer_of(token: str) -> tuple[Viewer, bool] | None:
    """Return whom a token signs in and whether the session is due to be touched, or None."""
    if len(token) > MAX_TOKEN_LENGTH:
        return None
    at = clock.now()
    found = find_session_viewer(
        token, hash_of(token), at=at, seen_since=at - IDLE, shared_seen_since=at - idle_on_shared()
    )
    if found is None:
        return None
    viewer, last_seen_at = found
    every = idle_on_shared() / TOUCHES_SHARED if viewer.on_shared_computer else TOUCH_EVERY
    return viewer, last_seen_at <= at - every


def idle_on_shared() -> timedelta:
    """Return how long a shared computer may stand unused before its session is over."""
    # No setting of the site: tests wait for seconds where people wait for minutes.
    return timedelta(seconds=current_app.config.get("IDLE_SHARED_S", IDLE_SHARED_S))


def touch_session(session_id: int) -> None:
    """Note that the session was seen just now."""
    db.session.execute(
        update(MemberSession).where(MemberSession.id == session_id).values(last_seen_at=clock.now())
    )


def end_session(*, member_id: int, session_id: int) -> bool:
    """End one session of the member and return whether there was one."""
    ended = db.session.execute(
        delete(MemberSession)
        .where(MemberSession.id == session_id, MemberSession.member_id == member_id)
        .returning(MemberSession.id)
    )
    return ended.first() is not None


def end_sessions(*, member_id: int, but: int | None = None) -> int:
    """End the member's sessions, all of them or all but one; return how many."""
    statement = delete(MemberSession).where(MemberSession.member_id == member_id)
    if but is not None:
        statement = statement.where(MemberSession.id != but)
    return len(db.session.execute(statement.returning(MemberSession.id)).all())


def delete_ended_sessions() -> int:
    """Delete the sessions that ran out or were not seen for too long; return how many."""
    at: datetime = clock.now()
    ended = db.session.execute(
        delete(MemberSession)
        .where(
            or_(
                MemberSession.expires_at <= at,
                MemberSession.last_seen_at <= at - IDLE,
                and_(MemberSession.is_shared, MemberSession.last_seen_at <= at - idle_on_shared()),
            )
        )
        .returning(MemberSession.id)
    )
    return len(ended.all())


def hash_of(token: str) -> str:
    """Return what the table keeps of a token; it is random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def device_of(user_agent: str) -> str:
    """Return the browser and system in words, "Firefox on Windows", from what the browser says."""
    browser = _first_of(_BROWSERS, user_agent) or "A browser"
    system = _first_of(_SYSTEMS, user_agent)
    return f"{browser} on {system}" if system else browser


def _first_of(patterns: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((name for name, pattern in patterns if re.search(pattern, text)), None)
