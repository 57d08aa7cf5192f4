"""Structured logs: one JSON object a line, a request id, no personal data and no tokens."""

import logging
import sys
import time
import traceback
import uuid

from flask import Flask, Response, g, has_request_context, request
from pythonjsonlogger.json import JsonFormatter

log = logging.getLogger("talking_together.requests")


class RequestId(logging.Filter):
    """Put the id of the request, if there is one, on every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add `request_id` and let the record pass."""
        record.request_id = g.get("request_id") if has_request_context() else None
        return True


def init_logs(app: Flask) -> None:
    """Send the logs to standard error and log each request by its route, never its address."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(RequestId())
    formatter = JsonFormatter(
        "{asctime}{levelname}{name}{message}{request_id}",
        style="{",
        datefmt="%Y-%m-%dT%H:%M:%SZ",
        rename_fields={"asctime": "at", "levelname": "level", "name": "logger"},
    )
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    root = logging.getLogger("talking_together")
    root.handlers[:] = [handler]
    root.setLevel(app.config["LOG_LEVEL"])
    root.propagate = False
    app.before_request(_begin)
    app.after_request(_end)


def frames_of(error: BaseException) -> str:
    """Return where an error came from, without its message.

    A database error's message carries the values of its statement.
    """
    return "".join(traceback.format_tb(error.__traceback__))


def _begin() -> None:
    g.request_id = uuid.uuid4().hex[:16]
    g.request_began = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    if log.isEnabledFor(logging.INFO):
        # The rule, not the path: a path can hold a token.
        log.info(
            "request",
            extra={
                "method": request.method,
                "route": request.url_rule.rule if request.url_rule else None,
                "status": response.status_code,
                "ms": round((time.perf_counter() - g.request_began) * 1000, 1),
            },
        )
    return response
