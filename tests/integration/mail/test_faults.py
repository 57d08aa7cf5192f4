"""A mail server that is slow, full, moody or away: every message ends in a state that is true."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.mail import lanes, outbox, sweeps, transport
from talking_together.mail.models import BULK, DeliveryAttempt, OutboxMessage
from talking_together.mail.outbox import enqueue
from talking_together.mail.queries import server_state
from talking_together.mail.suppressions import suppress
from tests.support.mail_server import MailServer, free_port, mail_server, silent_server, use_server
from tests.support.parallel import run_together

pytestmark = pytest.mark.loopback

STREAM = "phase:1"


@pytest.fixture
def server(app: Flask) -> Iterator[MailServer]:
    """Yield a mail server that the site sends to."""
    with mail_server(app) as running:
        yield running


def write(count: int, **values: Any) -> None:
    """Write messages to different people to the outbox."""
    for number in range(count):
        enqueue(
            **{
                "purpose": "invitation",
                "to": f"person{number}@riverside.example",
                "subject": "Join",
                "body_text": "Hello",
                "stream": STREAM,
                "priority": BULK,
                **values,
            }
        )
    db.session.commit()


def states() -> dict[str, str]:
    """Return the state of each address's message."""
    db.session.rollback()
    found = dict(db.session.execute(select(OutboxMessage.to_address, OutboxMessage.state)).all())
    db.session.rollback()
    return found


def tally() -> dict[str, int]:
    """Return how many messages stand in each state."""
    found = list(states().values())
    return {state: found.count(state) for state in set(found)}


def met() -> Any:
    """Return how the server was met last."""
    db.session.rollback()
    return server_state()


def number_of(address: str) -> int:
    """Return the number in a person's address."""
    return int(address.partition("@")[0].removeprefix("person"))


# Several connections


def test_a_slow_server_is_sent_to_over_several_connections_and_never_more(
    app: Flask, server: MailServer
) -> None:
    app.config["MAIL_CONNECTIONS"] = 3
    server.wait_at_body = lambda _address, _attempt: 0.02
    write(60)
    assert sweeps.deliver_outbox({}) == 60
    assert server.most_connections == 3
    assert server.connections == 3
    assert set(server.arrived.values()) == {1}


def test_one_slow_answer_keeps_no_other_connection_waiting(app: Flask, server: MailServer) -> None:
    server.wait_at_body = lambda address, _attempt: 3 if number_of(address) == 12 else 0
    arrived_while_slow: list[int] = []

    def answer(address: str, _attempt: int) -> str:
        if number_of(address) == 12:
            arrived_while_slow.append(server.arrived.total())
        return "250 Taken"

    server.to_body = answer
    write(80)
    assert sweeps.deliver_outbox({}) == 80
    # Those claimed beside it wait with it; the others have all gone.
    assert arrived_while_slow[0] >= 60


def test_a_server_that_takes_two_connections_gets_everything_over_two(app: Flask, server: MailServer) -> None:
    app.config["MAIL_CONNECTIONS"] = 5
    server.limit = 2
    server.wait_at_body = lambda _address, _attempt: 0.01
    write(80)
    assert sweeps.deliver_outbox({}) == 80
    assert tally() == {"sent": 80}
    assert met().failing_since is None
    assert db.session.scalar(select(DeliveryAttempt.id)) is None


def test_what_one_person_waits_for_leaves_before_what_goes_to_many(server: MailServer) -> None:
    write(5)
    enqueue(purpose="reset", to="waiting@riverside.example", subject="Reset", body_text="Hello")
    db.session.commit()
    sweeps.deliver_outbox({})
    assert next(iter(server.arrived)) == "waiting@riverside.example"


def test_a_connection_carries_only_so_many_messages(server: MailServer, monkeypatch: Any) -> None:
    monkeypatch.setattr(lanes, "MESSAGES_A_CONNECTION", 4)
    write(9)
    assert sweeps.deliver_outbox({}) == 9
    assert server.connections == 3


# Held and cancelled while it is sent


@pytest.mark.parametrize(("stop", "after"), [(outbox.hold, "held"), (outbox.cancel, "cancelled")])
def test_holding_or_cancelling_acts_within_one_message_a_connection(
    app: Flask, server: MailServer, stop: Any, after: str
) -> None:
    app.config["MAIL_CONNECTIONS"] = 3
    server.wait_at_body = lambda _address, _attempt: 0.05
    arrived: list[int] = []
    write(100)

    def hold() -> None:
        while server.arrived.total() < 20:
            time.sleep(0.01)
        in_transaction(lambda: stop(STREAM))
        arrived.append(server.arrived.total())

    run_together(app, [lambda: sweeps.deliver_outbox({}), hold])
    assert server.arrived.total() <= arrived[0] + 3
    assert tally() == {"sent": server.arrived.total(), after: 100 - server.arrived.total()}
    if after == "held":
        outbox.release(STREAM)
        db.session.commit()
        sweeps.deliver_outbox({})
        assert tally() == {"sent": 100}
        assert set(server.arrived.values()) == {1}


# What the server does in the middle


def test_one_recipient_in_two_refused(server: MailServer) -> None:
    server.to_recipient = lambda address, _attempt: (
        "550 5.1.1 No such person" if number_of(address) % 2 else "250 Fine"
    )
    write(20)
    assert sweeps.deliver_outbox({}) == 10
    assert tally() == {"sent": 10, "failed": 10}
    assert all((number_of(address) % 2 == 1) == (state == "failed") for address, state in states().items())
    # A refusal costs no connection.
    assert server.connections == server.most_connections


@pytest.mark.parametrize(
    ("where", "state", "arrives"),
    [
        ("at recipient", "queued", 0),
        ("before body", "outcome unknown", 0),
        ("after body", "outcome unknown", 1),
        ("after answer", "sent", 1),
    ],
)
def test_a_connection_cut_ends_in_what_is_known(
    server: MailServer, where: str, state: str, arrives: int
) -> None:
    server.cut = lambda address, _attempt: where if number_of(address) == 1 else ""
    write(4)
    sweeps.deliver_outbox({})
    found = states()
    one = "person1@riverside.example"
    # A hang-up that is seen in time shows that nothing has left.
    assert found[one] in ({state, "queued"} if where == "before body" else {state})
    assert server.arrived[one] == arrives
    assert [found[f"person{number}@riverside.example"] for number in (0, 2, 3)] == ["sent"] * 3


def test_each_refusal_for_now_is_kept_with_its_words(server: MailServer, hold_clock: Any) -> None:
    answers = {1: "451 4.7.1 Greylisted", 2: "452 4.2.2 Mailbox full"}
    server.to_recipient = lambda _address, attempt: answers.get(attempt, "250 Fine")
    write(1)
    began = clock.now()
    for hours in range(3):
        hold_clock(began + timedelta(hours=hours))
        sweeps.deliver_outbox({})
    kept = db.session.scalars(select(DeliveryAttempt.answer).order_by(DeliveryAttempt.id)).all()
    assert kept == list(answers.values())
    assert tally() == {"sent": 1}


# A server that is away


@contextmanager
def greeted_with_421(app: Flask) -> Iterator[None]:
    """Let the site meet a server that greets everybody with 421."""
    with mail_server(app) as busy:
        busy.limit = 0
        yield


@contextmanager
def nobody_listening(app: Flask) -> Iterator[None]:
    """Let the site's mail go to a port that nothing listens on."""
    use_server(app, free_port())
    yield


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (greeted_with_421, "421 Too many connections"),
        (nobody_listening, "refused"),
        (silent_server, "did not answer in time"),
    ],
)
def test_a_server_that_cannot_be_reached_costs_no_attempt_and_is_tried_again_within_a_minute(
    app: Flask, hold_clock: Any, monkeypatch: Any, away: Any, words: str
) -> None:
    monkeypatch.setattr(transport, "CONNECT_TIMEOUT_S", 0.3)
    write(3)
    at = clock.now()
    began = at
    waits = []
    with away(app):
        for _ in range(8):
            hold_clock(at)
            assert sweeps.deliver_outbox({}) == 0
            state = met()
            waits.append(round((state.next_try_at - at).total_seconds()))
            # Before its time nothing is tried.
            hold_clock(at + timedelta(seconds=waits[-1] - 1))
            sweeps.deliver_outbox({})
            assert met() == state
            at = state.next_try_at
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]
    assert words in state.last_answer
    assert abs(state.failing_since - began) < timedelta(seconds=1)
    rows = db.session.execute(
        select(OutboxMessage.state, OutboxMessage.attempts, OutboxMessage.first_tried_at)
    ).all()
    assert {tuple(row) for row in rows} == {("queued", 0, None)}
    with mail_server(app):
        hold_clock(at)
        assert sweeps.deliver_outbox({}) == 3
        assert (met().failing_since, met().tries) == (None, 0)


def test_a_server_that_is_back_is_noticed_though_nothing_waits(app: Flask, hold_clock: Any) -> None:
    write(1)
    use_server(app, free_port())
    sweeps.deliver_outbox({})
    outbox.hold(STREAM)
    db.session.commit()
    with mail_server(app):
        hold_clock(clock.now() + timedelta(seconds=3))
        assert sweeps.deliver_outbox({}) == 0
        assert met().failing_since is None


def test_a_server_that_goes_away_in_the_middle_leaves_the_rest_untried(
    app: Flask, server: MailServer
) -> None:
    def answer(_address: str, _attempt: int) -> str:
        if server.arrived.total() >= 9:
            server.limit = 0
            return "421 4.3.2 Closing down"
        return "250 Fine"

    server.to_recipient = answer
    write(30)
    sent = sweeps.deliver_outbox({})
    # Others may have been past the recipient when the first heard that it was over.
    assert 9 <= sent == server.arrived.total() <= 9 + 4
    assert tally() == {"sent": sent, "queued": 30 - sent}
    assert met().failing_since is not None


def test_a_server_that_hangs_up_on_everybody_is_away(server: MailServer) -> None:
    server.cut = lambda _address, _attempt: "at recipient"
    write(20)
    assert sweeps.deliver_outbox({}) == 0
    assert tally() == {"queued": 20}
    assert met().failing_since is not None
    assert server.attempts.total() == lanes.BROKEN_IN_A_ROW


def test_an_answer_that_never_ends_is_waited_for_only_so_long(server: MailServer, monkeypatch: Any) -> None:
    monkeypatch.setattr(transport, "COMMAND_TIMEOUT_S", 0.3)
    server.wait_at_recipient = lambda address, _attempt: 5 if number_of(address) == 0 else 0
    write(2)
    began = time.monotonic()
    assert sweeps.deliver_outbox({}) == 1
    assert time.monotonic() - began < 4
    assert states()["person0@riverside.example"] == "queued"


# Suppressed addresses


def test_nothing_is_sent_to_a_suppressed_address(server: MailServer) -> None:
    write(3, ref_id=7)
    suppress("person1@riverside.example", because="declined")
    db.session.commit()
    told: list[Any] = []
    assert sweeps.deliver_outbox({"invitation": lambda _connection, outcomes: told.extend(outcomes)}) == 2
    assert states()["person1@riverside.example"] == "suppressed"
    assert [outcome.state for outcome in told].count("suppressed") == 1
    assert server.arrived["person1@riverside.example"] == 0


def test_an_address_suppressed_after_its_message_was_claimed_gets_nothing(server: MailServer) -> None:
    def answer(address: str, _attempt: int) -> str:
        if number_of(address) == 0:
            suppress("person2@riverside.example", because="bounced")
            db.session.commit()
        return "250 Fine"

    server.to_recipient = _within_app(answer)
    write(4)
    sweeps.deliver_outbox({})
    assert states()["person2@riverside.example"] == "suppressed"
    assert server.arrived["person2@riverside.example"] == 0
    assert server.arrived.total() == 3


def _within_app(answer: Any) -> Any:
    from flask import current_app

    app = current_app._get_current_object()

    def within(address: str, attempt: int) -> str:
        with app.app_context():
            return str(answer(address, attempt))

    return within
