"""What a moderator asked the board for: its filters and its order, read from an address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from talking_together.core.errors import NotFound
from talking_together.ideas.statuses import STATUSES

SORTS = {
    "oldest": "Oldest unanswered",
    "due": "Answer due",
    "votes": "Most votes",
    "trending": "Trending",
    "new": "New",
    "discussed": "Discussed",
}
# Drafts are their authors' alone.
SHOWN_STATUSES = tuple(status for status in STATUSES if status != "draft")
MAX_TEXT = 100
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of the board; `owner` is "", "me", "nobody" or a member's id as text."""

    challenge_id: int | None = None
    theme_id: int | None = None
    status: str | None = None
    owner: str = ""
    tag: str = ""
    text: str = ""
    unanswered: bool = False
    overdue: bool = False
    sort: str = "oldest"

    @property
    def is_narrowed(self) -> bool:
        """Return whether anything but the order was asked for."""
        return replace(self, sort="oldest") != Wanted()

    def query(self, **changes: Any) -> str:
        """Return the board's address with these filters, but for the changes."""
        asked = {
            "challenge": self.challenge_id,
            "theme": self.theme_id,
            "status": self.status,
            "owner": self.owner,
            "tag": self.tag,
            "q": self.text,
            "unanswered": "1" if self.unanswered else "",
            "overdue": "1" if self.overdue else "",
            "sort": self.sort,
            **changes,
        }
        return f"/moderation/board?{urlencode({name: value for name, value in asked.items() if value})}"


def wanted_from(asked: Mapping[str, str]) -> Wanted:
    """Return what an address asks for; NotFound for what the board does not have."""
    status = asked.get("status") or None
    default = "oldest" if status is None else "new"
    sort, owner = asked.get("sort") or default, asked.get("owner", "")
    if sort not in SORTS or (status is not None and status not in SHOWN_STATUSES):
        raise NotFound()
    if owner not in ("", "me", "nobody"):
        owner = str(_id(owner))
    challenge_id = _id(asked["challenge"]) if asked.get("challenge") else None
    return Wanted(
        challenge_id=challenge_id,
        # A theme belongs to its challenge, and goes with it when another one is chosen.
        theme_id=_id(asked["theme"]) if asked.get("theme") and challenge_id is not None else None,
        status=status,
        owner=owner,
        tag=asked.get("tag", "").strip().lower()[:MAX_TEXT],
        text=asked.get("q", "").strip()[:MAX_TEXT],
        unanswered=bool(asked.get("unanswered")),
        overdue=bool(asked.get("overdue")),
        sort=sort,
    )


def _id(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text[:12]) > _LARGEST:
        raise NotFound()
    return int(text)
