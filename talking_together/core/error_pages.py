"""Every error in the site's look, in plain words, with no trace."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from talking_together.core.database import is_transient
from talking_together.core.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    TalkingTogetherError,
)
from talking_together.core.kept_text import is_words, kept_text
from talking_together.core.logs import frames_of
from talking_together.extensions import db

log = logging.getLogger(__name__)

STATUS_OF: tuple[tuple[type[TalkingTogetherError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (InvalidInput, 400),
)
WITH_PAGE = {400, 403, 404, 405, 409, 413, 429, 500, 503}
# The same request may well succeed a little later.
WORTH_ANOTHER_TRY = {429, 500, 503}


def init_error_pages(app: Flask) -> None:
    """Give every error its page."""
    app.register_error_handler(TalkingTogetherError, _or_unavailable(_answer_fact))
    app.register_error_handler(CSRFError, _or_unavailable(_answer_stale_form))
    app.register_error_handler(HTTPException, _or_unavailable(_answer_http))
    app.register_error_handler(DBAPIError, _answer_database)
    app.register_error_handler(Exception, _answer_unexpected)
    app.jinja_env.tests["kept_words"] = is_words


def status_of(error: TalkingTogetherError) -> int:
    """Return the HTTP status that a stated fact answers with."""
    return next(status for kind, status in STATUS_OF if isinstance(error, kind))


def error_page(status: int, message: str | None = None, **context: object) -> tuple[str, int, dict[str, str]]:
    """Return the page of a status with its words."""
    if request.headers.get("HX-Request") and message:
        # The page stays as it is; the words go to its live region.
        return render_template("errors/fragment.html", message=message), status, {}
    shown = status if status in WITH_PAGE else (400 if status < 500 else 500)
    kept = kept_text()
    if kept and status in WORTH_ANOTHER_TRY:
        context["send_again_to"] = request.full_path.rstrip("?")
    page = render_template(f"errors/{shown}.html", message=message, kept=kept, **context)
    return page, status, {}


def _or_unavailable(answer: Callable[[Any], ResponseReturnValue]) -> Callable[[Any], ResponseReturnValue]:
    """Let an error page that asks who is looking survive that the database is away."""

    @wraps(answer)
    def wrapper(error: Any) -> ResponseReturnValue:
        try:
            return answer(error)
        except DBAPIError as away:
            return _answer_database(away)

    return wrapper


def _answer_fact(error: TalkingTogetherError) -> ResponseReturnValue:
    db.session.rollback()
    return error_page(status_of(error), error.message)


def _answer_stale_form(_error: CSRFError) -> ResponseReturnValue:
    if not current_user.is_authenticated:
        if kept_text():
            return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        return error_page(400, "This page was open for too long. Go back, load it again and try once more.")
    return error_page(
        400,
        "This page was open for too long, so nothing was sent.",
        send_again_to=request.full_path.rstrip("?"),
    )


def _answer_http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    page, status, _ = error_page(error.code or 500)
    methods = getattr(error, "valid_methods", None) or []
    return page, status, {"Allow": ", ".join(methods)} if status == 405 else {}


def _answer_database(error: DBAPIError) -> ResponseReturnValue:
    db.session.rollback()
    if isinstance(error, DataError):
        # A value that no column can hold, such as a NUL, came through from the request.
        return error_page(400)
    log.error("database", extra={"kind": type(error.orig).__name__, "trace": frames_of(error)})
    if isinstance(error, OperationalError) or is_transient(error) or error.connection_invalidated:
        page, status, _ = error_page(503)
        return page, status, {"Retry-After": "5"}
    return error_page(500)


def _answer_unexpected(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    log.error("unexpected", extra={"kind": type(error).__name__, "trace": frames_of(error)})
    return error_page(500, request_id=g.get("request_id"))
