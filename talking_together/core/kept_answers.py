"""Answers that a browser may keep, because their address changes with what they hold."""

from typing import Any

from flask import Response
from werkzeug.datastructures import Headers

ONE_YEAR_S = 31_536_000


class KeptAnswer(Response):
    """Content that is the same for whoever may see it, for as long as its address stands."""

    def get_wsgi_headers(self, environ: Any) -> Headers:
        """Return the headers without Vary: a new cookie is no reason to ask for it again."""
        headers = super().get_wsgi_headers(environ)
        headers.remove("Vary")
        return headers


def kept_answer(content: bytes, media_type: str) -> KeptAnswer:
    """Return content that the browser, and nothing between, keeps for a year."""
    response = KeptAnswer(content, content_type=media_type)
    response.cache_control.private = True
    response.cache_control.max_age = ONE_YEAR_S
    response.cache_control.immutable = True
    return response
