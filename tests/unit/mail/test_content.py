"""A message as it goes over the wire is read by others as it was written."""

from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from talking_together.mail.content import content_of
from talking_together.mail.transport import _dot_stuffed


@pytest.fixture(autouse=True)
def site() -> Iterator[Flask]:
    """Push the settings that a message is made with."""
    app = Flask(__name__)
    app.config.update(SITE_NAME="Talking Together", MAIL_DEFAULT_SENDER="ideas@ideas.example.org")
    with app.app_context():
        yield app


def message(**values: Any) -> SimpleNamespace:
    return SimpleNamespace(
        **{
            "message_id": "<1@ideas.example.org>",
            "to_address": "sam@riverside.example",
            "from_name": "",
            "reply_to": "",
            "subject": "Join",
            "body_text": "Hello\n",
            "body_html": "",
            "headers": {},
            **values,
        }
    )


def read(**values: Any) -> EmailMessage:
    """Return a message as another program reads it."""
    return message_from_bytes(content_of(message(**values)), _class=EmailMessage, policy=default)


@pytest.mark.parametrize(
    "subject",
    [
        "Join",
        "Zoë, join",
        "Komm mit \N{WAVING HAND SIGN} 参加",
        "=?utf-8?q?not_an_encoded_word?=",
        "a word and " * 18,
        "w" * 200,
        "Ünbroken" * 25,
        'Quotes "and" <angles>, commas; all',
    ],
)
def test_a_subject_is_read_as_it_was_written(subject: str) -> None:
    assert read(subject=subject.strip())["Subject"] == subject.strip()


@pytest.mark.parametrize(
    "name", ["Talking Together", "O'Neill, Sam", 'The "ideas" team', "Zoë Müller", "a@b, c"]
)
def test_a_sender_is_read_as_it_was_written(name: str) -> None:
    (sender,) = read(from_name=name.strip())["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name.strip(), "ideas@ideas.example.org")


def test_a_long_name_is_folded() -> None:
    name = "Ålesund och Öland, " * 5
    line = content_of(message(from_name=name)).partition(b"\r\nTo:")[0].decode()
    assert max(map(len, line.split("\r\n"))) <= 78
    read_by_parts = str(make_header(decode_header(line.removeprefix("From: "))))
    assert read_by_parts.startswith(name.strip())


def test_without_a_name_the_site_is_the_sender() -> None:
    assert read()["From"] == "Talking Together <ideas@ideas.example.org>"


@pytest.mark.parametrize(
    "text",
    [
        "Hello\n",
        ".\n..\n.dots\n",
        "Naïve café \N{PARTY POPPER}\n\nSee https://ideas.example.org/invitations/1-abc=def?x=1&y=2\n",
        "x" * 3_000 + "\n",
        "ends with spaces   \n\ttabs\t\n",
        "From the start\n>From\n--=_a_part_of_this_message_=--\n",
        "line\N{LINE SEPARATOR}separator\n",
        "",
    ],
)
def test_a_body_is_read_as_it_was_written(text: str) -> None:
    assert _lines(read(body_text=text)) == text.rstrip("\n")
    both = read(body_text=text, body_html=f"<p>{text}</p>")
    assert both.get_content_type() == "multipart/alternative"
    assert _lines(both.get_body(("plain",))) == text.rstrip("\n")
    assert _lines(both.get_body(("html",))) == f"<p>{text}</p>"


def _lines(part: EmailMessage) -> str:
    return part.get_content().replace("\r\n", "\n").rstrip("\n")


@pytest.mark.parametrize("text", ["a\r\nb\r\n", "a\rb\r", "a\nb\n"])
def test_every_line_ends_alike(text: str) -> None:
    content = content_of(message(body_text=text, body_html=text))
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998


def test_the_headers_of_a_message() -> None:
    found = read(
        reply_to="team@riverside.example",
        headers={
            "List-Unsubscribe": "<https://ideas.example.org/invitations/1-" + "a" * 90 + "/decline>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    assert found["Message-ID"] == "<1@ideas.example.org>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Reply-To"] == "team@riverside.example"
    assert found["To"] == "sam@riverside.example"
    assert found["Date"].datetime.tzinfo is not None
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # In one piece: programs that look for it read no folds.
    assert b"List-Unsubscribe: <https://ideas.example.org/invitations/1-" + b"a" * 90 in content_of(
        message(headers={"List-Unsubscribe": found["List-Unsubscribe"]})
    )


@pytest.mark.parametrize(
    ("content", "sent"),
    [
        (b".a\r\n.\r\nb", b"..a\r\n..\r\nb\r\n"),
        (b"a\r\n..b\r\n", b"a\r\n...b\r\n"),
    ],
)
def test_a_line_that_begins_with_a_dot_gets_another(content: bytes, sent: bytes) -> None:
    assert _dot_stuffed(content) == sent
