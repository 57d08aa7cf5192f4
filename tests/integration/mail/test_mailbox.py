"""The demo's mailbox: what would have been sent is written to files and read on a page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from talking_together.extensions import db
from talking_together.mail import sweeps
from talking_together.mail.outbox import enqueue
from tests.support.client import Client
from tests.support.sites import make_site


@pytest.fixture
def demo(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """Yield a demo on the test's database."""
    url = db.engine.url.render_as_string(hide_password=False)
    site = make_site(url, tmp_path, DEMO="1", MAIL_SERVER="")
    with site.app_context():
        yield site
        db.engine.dispose()


def test_a_message_is_written_and_shown_with_its_link(demo: Flask) -> None:
    enqueue(
        purpose="test",
        to="sam@riverside.example",
        subject="Zoë <b>joins</b>",
        body_text="Hello <b>\n\nSee https://ideas.example.org/invitations/1-a.\nThat is all",
    )
    db.session.commit()
    assert sweeps.deliver_outbox({}) == 1
    client = Client(demo)
    page = client.get("/development/mailbox")
    assert "Zoë <b>joins</b>" in page.text
    letter = client.get(page.query("tbody a")[0]["href"])
    assert letter.heading == "Zoë <b>joins</b>"
    assert [link["href"] for link in letter.query(".prose a")] == [
        "https://ideas.example.org/invitations/1-a"
    ]
    assert "Hello <b>" in letter.text


@pytest.mark.parametrize("name", ["..%2F..%2Fsecret", "nothing", "20250101T000000000000-abcdef"])
def test_nothing_but_messages_can_be_read(demo: Flask, name: str) -> None:
    Client(demo).get(f"/development/mailbox/{name}", status=404)


def test_an_empty_mailbox_says_so(demo: Flask) -> None:
    assert "No messages yet" in Client(demo).get("/development/mailbox").text


def test_outside_the_demo_there_is_no_mailbox(client: Client) -> None:
    client.get("/development/mailbox", status=404)
