"""Streams in the outbox: held, released and cancelled together, and what leaves first."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from talking_together.extensions import db
from talking_together.mail import outbox
from talking_together.mail.models import BULK, OutboxMessage
from talking_together.mail.outbox import enqueue


def write(stream: str, state: str = "queued") -> int:
    """Write a message of a stream in a state and return its id."""
    message_id = enqueue(
        purpose="test", to="sam@riverside.example", subject="Hello", body_text="Hello", stream=stream
    )
    outbox_id = db.session.scalar(select(OutboxMessage.id).where(OutboxMessage.message_id == message_id))
    db.session.execute(update(OutboxMessage).where(OutboxMessage.id == outbox_id).values(state=state))
    db.session.commit()
    return int(outbox_id)


def states() -> list[str]:
    """Return the states of all messages in order."""
    return list(db.session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id)))


def test_what_waits_of_a_stream_is_held_and_released(app: Flask) -> None:
    for state in ("queued", "claimed", "sending", "sent", "failed"):
        write("phase:1", state)
    write("phase:2")
    assert outbox.hold("phase:1") == 2
    assert states() == ["held", "held", "sending", "sent", "failed", "queued"]
    assert outbox.release("phase:1") == 2
    assert states() == ["queued", "queued", "sending", "sent", "failed", "queued"]


def test_what_has_not_left_of_a_stream_is_cancelled_and_its_text_goes(app: Flask) -> None:
    for state in ("queued", "held", "claimed", "sending", "sent"):
        write("phase:1", state)
    write("phase:2")
    assert outbox.cancel("phase:1") == 3
    assert states() == ["cancelled"] * 3 + ["sending", "sent", "queued"]
    gone: Any = db.session.execute(
        select(OutboxMessage.body_text, OutboxMessage.finished_at).order_by(OutboxMessage.id)
    ).first()
    assert gone.body_text == ""
    assert gone.finished_at is not None


def test_what_has_not_left_for_one_row_is_cancelled(app: Flask) -> None:
    for state in ("queued", "held", "claimed", "sent"):
        write("phase:1", state)
    write("phase:2")
    db.session.execute(update(OutboxMessage).where(OutboxMessage.stream == "phase:1").values(ref_id=7))
    outbox.cancel_of(("another",), [7])
    assert states() == ["queued", "held", "claimed", "sent", "queued"]
    outbox.cancel_of(("test",), [7, 8])
    assert states() == ["cancelled"] * 3 + ["sent", "queued"]
    assert not outbox.is_leaving(("test",), 7)


def test_what_is_being_handed_over_is_not_cancelled(app: Flask) -> None:
    write("phase:1", "sending")
    db.session.execute(update(OutboxMessage).values(ref_id=7))
    outbox.cancel_of(("test",), [7])
    assert states() == ["sending"]
    assert outbox.is_leaving(("test",), 7)
    assert not outbox.is_leaving(("test",), 8)


def test_what_has_no_stream_cannot_be_held_together(app: Flask) -> None:
    with pytest.raises(ValueError, match="no stream"):
        outbox.hold("")


def test_a_message_to_many_says_so(app: Flask) -> None:
    enqueue(purpose="test", to="sam@riverside.example", subject="Hello", body_text="Hi", priority=BULK)
    write("")
    assert list(db.session.scalars(select(OutboxMessage.priority).order_by(OutboxMessage.id))) == [BULK, 0]
