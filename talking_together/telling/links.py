"""The way out in each email: a link that only this site can make, computed and never stored."""

import base64
import hashlib
import hmac
import re
from typing import NamedTuple

from flask import current_app

from talking_together.notifications.kinds import EMAIL_GROUPS

ALL = "all"

_TOKEN = re.compile(r"([1-9]\d{0,9})\.([a-z-]{1,30})\.([A-Za-z0-9_-]{32})")
_PROOF_BYTES = 24
_BY_SLUG = {name.replace(" ", "-"): name for name in EMAIL_GROUPS} | {ALL: ALL}


class WayOut(NamedTuple):
    """Whose link it is, and of what kind of email: the name of a group, or "all"."""

    member_id: int
    what: str


def token_of(member_id: int, what: str) -> str:
    """Return the token in the link that lets a member turn off a group, or all."""
    slug = what.replace(" ", "-")
    return f"{member_id}.{slug}.{_proof(member_id, slug)}"


def link_to(token: str) -> str:
    """Return the address that an email carries."""
    return f"{current_app.config['BASE_URL'].rstrip('/')}/notifications/stop/{token}"


def unsubscribe_headers(token: str) -> dict[str, str]:
    """Return the headers that let a mail program turn it off with one press (RFC 2369 and RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{link_to(token)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def way_out_of(token: str) -> WayOut | None:
    """Return whose link it is, None for a token that we did not make."""
    match = _TOKEN.fullmatch(token)
    if match is None or match[2] not in _BY_SLUG:
        return None
    member_id = int(match[1])
    if not hmac.compare_digest(match[3], _proof(member_id, match[2])):
        return None
    return WayOut(member_id, _BY_SLUG[match[2]])


def _proof(member_id: int, slug: str) -> str:
    key = current_app.config["SECRET_KEY"].encode()
    digest = hmac.new(key, f"notifications:{member_id}:{slug}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_PROOF_BYTES]).decode()
