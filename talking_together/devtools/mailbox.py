"""A mailbox for the demo: what the site would have sent, to be read on a page."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

from flask import Blueprint, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from talking_together.core.access import public
from talking_together.mail.transport import mailbox_folder

blueprint = Blueprint("devtools", __name__)

SHOWN = 100

_NAME = re.compile(r"[0-9TA-Za-z]+-[0-9a-f]+")
_LINK = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of the mailbox."""

    name: str
    to: str
    subject: str
    at: datetime
    text: str

    @property
    def html(self) -> Markup:
        """Return the text with its links to press."""
        parts, end = [], 0
        for match in _LINK.finditer(self.text):
            link = match.group().rstrip(".,;")
            parts += [escape(self.text[end : match.start()]), Markup('<a href="%s">%s</a>') % (link, link)]
            end = match.start() + len(link)
        return Markup("").join([*parts, escape(self.text[end:])])


@blueprint.before_request
def _only_without_a_server() -> None:
    if not current_app.config["DEMO"] or current_app.config["MAIL_SERVER"]:
        abort(404)


@blueprint.get("/development/mailbox")
@public
def mailbox() -> ResponseReturnValue:
    """Show the latest messages."""
    files = sorted(mailbox_folder().glob("*.eml"), reverse=True)
    letters = [_read(file) for file in files[:SHOWN]]
    return render_template("devtools/mailbox.html", letters=letters, more=len(files) > SHOWN)


@blueprint.get("/development/mailbox/<name>")
@public
def letter(name: str) -> ResponseReturnValue:
    """Show one message."""
    file = mailbox_folder() / f"{name}.eml"
    if not _NAME.fullmatch(name) or not file.is_file():
        abort(404)
    return render_template("devtools/letter.html", letter=_read(file))


def _read(file: Path) -> Letter:
    message = BytesParser(_class=EmailMessage, policy=default).parsebytes(file.read_bytes())
    body = message.get_body(("plain",))
    return Letter(
        name=file.stem,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        at=message["Date"].datetime,
        text=str(body.get_content()) if body else "",
    )
