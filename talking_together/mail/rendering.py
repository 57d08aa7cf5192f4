"""An email's words: three small templates each, with links that start with BASE_URL."""

from typing import Any, NamedTuple

from flask import current_app
from jinja2 import Environment, StrictUndefined


class RenderedEmail(NamedTuple):
    """The subject and the two forms of one message."""

    subject: str
    text: str
    html: str


def render_email(name: str, **context: Any) -> RenderedEmail:
    """Return the email of `templates/email/<name>`; a value it misses is an error, not a gap."""
    templates = _templates()
    values = {
        "site_name": current_app.config["SITE_NAME"],
        "base_url": current_app.config["BASE_URL"].rstrip("/"),
        **context,
    }
    subject, text, html = (
        templates.get_template(f"email/{name}/{part}").render(values)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return RenderedEmail(subject.strip(), text.strip() + "\n", html)


def _templates() -> Environment:
    # Without the context processors of pages: an email is written for whoever it goes to,
    # never for the person of the request that caused it.
    cached: Environment | None = current_app.extensions.get("email_templates")
    if cached is None:
        cached = current_app.jinja_env.overlay(undefined=StrictUndefined)
        current_app.extensions["email_templates"] = cached
    return cached
