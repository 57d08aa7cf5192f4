"""Browsers that signed in before: a signed cookie that only counts attempts by it."""

import secrets

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from talking_together.accounts.throttle import key_of

COOKIE = "talking_together_device"
MAX_AGE_S = 180 * 24 * 3600
# A shared computer is known for those who used it last.
MOST_ACCOUNTS = 10


def known_device(account: str) -> str | None:
    """Return the id of this browser if it signed in to the account before, or None."""
    device, accounts = _read()
    return device if key_of("known", account) in accounts else None


def remember_device(response: Response, account: str) -> None:
    """Let this browser be known for the account."""
    device, accounts = _read()
    key = key_of("known", account)
    kept = [key, *(other for other in accounts if other != key)][:MOST_ACCOUNTS]
    response.set_cookie(
        COOKIE,
        _serializer().dumps({"device": device, "accounts": kept}),
        max_age=MAX_AGE_S,
        path="/sign-in",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _read() -> tuple[str, list[str]]:
    try:
        kept = _serializer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return secrets.token_hex(16), []
    return kept["device"], kept["accounts"]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known devices")
