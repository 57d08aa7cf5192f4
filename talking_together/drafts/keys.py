"""The keys of forms: what is kept is found again by the form that it was typed into."""

import re

from talking_together.core.addresses import MAX_ID
from talking_together.core.errors import NotFound

_KEY = re.compile(r"[a-z]{2,20}(?:-[a-z]{2,20}){0,2}:(?P<id>new|[1-9][0-9]{0,18})")


def ensure_key(key: str) -> None:
    """Raise NotFound unless the key names a form, as in "challenge:new" or "idea-edit:7"."""
    found = _KEY.fullmatch(key)
    if not found or (found["id"] != "new" and int(found["id"]) > MAX_ID):
        raise NotFound()
