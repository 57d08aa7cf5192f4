"""An outbox message as it goes over the wire.

Put together by hand from parts that never vary: the standard library's EmailMessage takes ten
times as long, which is longer than a mail server takes to accept the message.
"""

import binascii
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache
from typing import Any

from flask import current_app

from talking_together.core.clock import now

# What mail programs like a line to be at most; longer ones are folded.
LINE = 76
# Stands between the parts; a body in quoted-printable cannot hold it, since it would write =3D.
BOUNDARY = "=_a_part_of_this_message_="


def content_of(message: Any) -> bytes:
    """Return an outbox message as it goes over the wire: ASCII, every line ended by CR LF."""
    lines = [
        f"From: {_sender(message.from_name or current_app.config['SITE_NAME'])}",
        f"To: {message.to_address}",
        f"Subject: {_encoded('Subject', message.subject)}",
        f"Date: {format_datetime(now())}",
        f"Message-ID: {message.message_id}",
        # Some relays give what they pass on a Message-ID of their own; a bounce then names this one.
        f"X-Message-Ref: {message.message_id}",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
    ]
    if message.reply_to:
        lines.append(f"Reply-To: {message.reply_to}")
    for name, value in (message.headers or {}).items():
        lines.append(f"{name}: {_encoded(name, value)}")
    if message.body_html:
        lines += [
            f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"',
            "",
            f"--{BOUNDARY}",
            *_part("plain", message.body_text),
            f"--{BOUNDARY}",
            *_part("html", message.body_html),
            f"--{BOUNDARY}--",
            "",
        ]
    else:
        lines += _part("plain", message.body_text)
    return "\n".join(lines).replace("\n", "\r\n").encode("ascii")


def _sender(name: str) -> str:
    return _address(name, current_app.config["MAIL_DEFAULT_SENDER"])


@lru_cache(maxsize=256)
def _address(name: str, address: str) -> str:
    if name.isascii():
        return formataddr((name, address))
    return f"{Header(name, 'utf-8', LINE, 'From').encode()} <{address}>"


def _encoded(name: str, value: str) -> str:
    if value.isascii() and (len(value) + len(name) < LINE or " " not in value) and "=?" not in value:
        return value
    return Header(
        value, "us-ascii" if value.isascii() and "=?" not in value else "utf-8", LINE, name
    ).encode()


def _part(subtype: str, text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode()
    return [
        f'Content-Type: text/{subtype}; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
        "",
        # As text: line ends stay line ends, white space before them is written out.
        binascii.b2a_qp(lines, istext=True).decode("ascii"),
    ]
