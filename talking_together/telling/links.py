"""The way out in each email: a link that only this site can make, computed and never stored.

The emails that were sent before links were of kinds hold one of a group, or of all.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Collection
from typing import NamedTuple

from flask import current_app

from talking_together.notifications.groups import EMAIL_GROUPS
from talking_together.notifications.kinds import EMAIL_KINDS

ALL = "all"

# All kinds in one link are some 560 characters.
_TOKEN = re.compile(r"([1-9]\d{0,9})\.([a-z~-]{1,700})\.([A-Za-z0-9_-]{32})")
_PROOF_BYTES = 24
_BETWEEN = "~"
_KINDS = {kind.replace(" ", "-"): kind for kind in EMAIL_KINDS}
_OTHERS = {name.replace(" ", "-"): name for name in EMAIL_GROUPS} | {ALL: ALL}


class WayOut(NamedTuple):
    """Whose link it is, and of what: the name of a kind, several as `what_of` names them, a group, or all."""

    member_id: int
    what: str

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the kinds or groups that it stops."""
        return EMAIL_GROUPS if self.what == ALL else tuple(self.what.split(_BETWEEN))

    @property
    def is_of_kinds(self) -> bool:
        """Return whether it stops kinds, and not whole groups."""
        return self.what not in _OTHERS.values()


def what_of(kinds: Collection[str]) -> str:
    """Return what a link stops that is of these kinds."""
    return _BETWEEN.join(kind for kind in EMAIL_KINDS if kind in kinds)


def token_of(member_id: int, what: str) -> str:
    """Return the token in the link that lets a member turn off kinds, a group, or all."""
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
    if match is None:
        return None
    member_id = int(match[1])
    if not hmac.compare_digest(match[3], _proof(member_id, match[2])):
        return None
    kinds = [_KINDS.get(slug, "") for slug in match[2].split(_BETWEEN)]
    what = _OTHERS.get(match[2]) or (_BETWEEN.join(kinds) if all(kinds) else "")
    return WayOut(member_id, what) if what else None


def _proof(member_id: int, slug: str) -> str:
    key = current_app.config["SECRET_KEY"].encode()
    digest = hmac.new(key, f"notifications:{member_id}:{slug}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_PROOF_BYTES]).decode()
