"""What a person typed, kept when their request could not be carried out."""

import re

from flask import request
from werkzeug.exceptions import HTTPException

from talking_together.core.addresses import parts_of

# What took somebody time to write, and is shown back to them.
WORDS = ("title", "summary", "brief", "body", "text", "about", "response", "subject", "message")
# What goes with the words when they are sent again.
_WITH_WORDS = (
    "parent_id", "status", "action", "version", "audience", "opens_at", "closes_at", "voting_closes_at",
    "name", "job_title", "list_id", "expires_days", "theme_id", "tags", "form_key",
)  # fmt: skip
_KEPT_FIELDS = frozenset((*WORDS, *_WITH_WORDS))
# The answers to the prompts of a challenge, by the ids of the prompts.
ANSWER = re.compile(r"answer_[1-9][0-9]{0,8}")
# More than any field takes, so that text which is too long comes back whole.
MAX_KEPT = 100_000


def is_words(name: str) -> bool:
    """Return whether a field holds what took somebody time to write."""
    return name in WORDS or ANSWER.fullmatch(name) is not None


def is_kept(name: str) -> bool:
    """Return whether a field is kept: words, or what goes with them when they are sent again."""
    return name in _KEPT_FIELDS or is_words(name)


def kept_text() -> dict[str, str]:
    """Return the posted fields worth keeping; nothing for a post that another site made.

    The words are only ever shown back and sent again by the person's own press of a button.
    """
    if request.method != "POST" or not _from_this_site():
        return {}
    try:
        form = request.form
    except HTTPException:
        # Larger than we read, so there is nothing to show back.
        return {}
    kept = {name: form[name][:MAX_KEPT] for name in form if is_kept(name) and form[name]}
    return kept if any(map(is_words, kept)) else {}


def _from_this_site() -> bool:
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched in ("same-origin", "none")
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    return parts_of(origin).netloc == request.host
