"""What a person typed, kept when their request could not be carried out."""

from urllib.parse import urlsplit

from flask import request

KEPT_FIELDS = (
    "title", "body", "text", "summary", "brief", "about", "parent_id", "response", "status", "action",
)  # fmt: skip
MAX_KEPT = 25_000


def kept_text() -> dict[str, str]:
    """Return the posted fields worth keeping; nothing for a post that another site made.

    The words are only ever shown back and sent again by the person's own press of a button.
    """
    if request.method != "POST" or not _from_this_site():
        return {}
    kept = {name: request.form[name][:MAX_KEPT] for name in KEPT_FIELDS if request.form.get(name)}
    return kept if {"title", "body", "text", "response"} & kept.keys() else {}


def _from_this_site() -> bool:
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched in ("same-origin", "none")
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    return origin is not None and urlsplit(origin).netloc == request.host
