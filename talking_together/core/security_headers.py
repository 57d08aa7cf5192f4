"""Headers that every answer carries."""

from flask import Flask, Response, current_app, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
ONE_YEAR_S = 31_536_000


def init_security_headers(app: Flask) -> None:
    """Add the headers after every request."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    headers = response.headers
    # A page that shows another in a frame, and that other, say so themselves.
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("X-Frame-Options", "DENY")
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    # An address with a token in it is told to nobody, not even by the page that says it is wrong.
    has_token = "token" in (request.view_args or {})
    headers["Referrer-Policy"] = "no-referrer" if has_token else "same-origin"
    # Pages are private: a shared computer must not show them from its cache.
    headers.setdefault("Cache-Control", "no-store")
    if request.is_secure and current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR_S}; includeSubDomains"
    return response
