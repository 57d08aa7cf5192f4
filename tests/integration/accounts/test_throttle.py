"""Guessing passwords: what is refused, and whom it does not keep out."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts import throttle
from talking_together.accounts.models import FailedAttempts
from talking_together.accounts.throttle import Attempt, network_of
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from tests.factories.members import PASSWORD, make_member
from tests.support.client import Client, Page
from tests.support.parallel import run_together

HOSPITAL = "203.0.113.7"
ELSEWHERE = "198.51.100.23"


def guess(client: Client, email: str | None, password: str, address: str, status: int | None) -> Page:
    client.get("/sign-in")
    return client.post(
        "/sign-in",
        {"email": email, "password": password},
        status=status,
        environ_overrides={"REMOTE_ADDR": address},
    )


def count(account: str, address: str, times: int, device: str | None = None) -> list[bool]:
    attempt = Attempt(account, address, device)
    return [in_transaction(lambda: throttle.count_attempt(attempt)) for _ in range(times)]


def test_ten_wrong_passwords_from_one_place_are_enough(client: Client) -> None:
    member = make_member()
    for _ in range(10):
        guess(client, member.email, "wrong", HOSPITAL, 400)
    page = guess(client, member.email, PASSWORD, HOSPITAL, 429)
    assert "Too many wrong passwords" in page.query(".nhsuk-error-message")[0].text
    # Everybody else behind the same address, and the same person elsewhere, carry on.
    guess(Client(client.app), make_member().email, PASSWORD, HOSPITAL, None)
    guess(Client(client.app), member.email, PASSWORD, ELSEWHERE, None)


def test_an_address_without_an_account_is_refused_alike(client: Client) -> None:
    for _ in range(10):
        guess(client, "nobody@riverside.example", "wrong", HOSPITAL, 400)
    guess(client, "nobody@riverside.example", "wrong", HOSPITAL, 429)


def test_the_window_ends_after_fifteen_minutes(client: Client, hold_clock: Any) -> None:
    member = make_member()
    began = clock.now()
    hold_clock(began)
    for _ in range(11):
        guess(client, member.email, "wrong", HOSPITAL, 400 if _ < 10 else 429)
    hold_clock(began + timedelta(minutes=14, seconds=59))
    guess(client, member.email, PASSWORD, HOSPITAL, 429)
    hold_clock(began + timedelta(minutes=15))
    guess(client, member.email, PASSWORD, HOSPITAL, None)


def test_signing_in_forgives_the_slips_before_it(client: Client) -> None:
    member = make_member()
    for _ in range(3):
        for _ in range(9):
            guess(client, member.email, "wrong", HOSPITAL, 400)
        guess(client, member.email, PASSWORD, HOSPITAL, None)
        client.sign_out()


def test_guesses_from_many_places_are_limited_together(app: Flask) -> None:
    answers = [
        allowed
        for place in range(7)
        for allowed in count("victim@riverside.example", f"198.51.100.{place}", 10)
    ]
    assert answers == [True] * 50 + [False] * 20


def test_refused_guesses_count_against_nobody_elsewhere(app: Flask) -> None:
    count("victim@riverside.example", HOSPITAL, 200)
    assert count("victim@riverside.example", ELSEWHERE, 1) == [True]


def test_a_known_browser_is_not_shut_out_by_the_rest_of_the_world(client: Client) -> None:
    member = make_member()
    guess(client, member.email, PASSWORD, HOSPITAL, None)
    client.get("/me")
    client.post("/sign-out")
    for place in range(7):
        count(member.email, f"198.51.100.{place}", 10)
    count(member.email, HOSPITAL, 20)
    guess(Client(client.app), member.email, PASSWORD, ELSEWHERE, 429)
    guess(Client(client.app), member.email, PASSWORD, HOSPITAL, 429)
    guess(client, member.email, PASSWORD, HOSPITAL, None)


def test_a_known_browser_is_limited_by_itself(client: Client) -> None:
    member = make_member()
    guess(client, member.email, PASSWORD, HOSPITAL, None)
    client.get("/me")
    client.post("/sign-out")
    for place in range(10):
        guess(client, member.email, "wrong", f"198.51.100.{place}", 400)
    guess(client, member.email, PASSWORD, HOSPITAL, 429)


def test_a_browser_known_for_one_account_is_not_known_for_another(client: Client) -> None:
    member, other = make_member(), make_member()
    guess(client, member.email, PASSWORD, HOSPITAL, None)
    client.get("/me")
    client.post("/sign-out")
    count(other.email, HOSPITAL, 11)
    guess(client, other.email, PASSWORD, HOSPITAL, 429)


@pytest.mark.parametrize("cookie", ["", "nonsense", "e30.forged", '{"device":"a","accounts":[]}'])
def test_a_forged_device_is_no_known_browser(client: Client, cookie: str) -> None:
    member = make_member()
    count(member.email, HOSPITAL, 11)
    client.browser.set_cookie("talking_together_device", cookie, domain="ideas.example.org", path="/sign-in")
    guess(client, member.email, PASSWORD, HOSPITAL, 429)


def test_a_whole_hospital_behind_one_address_gets_in(app: Flask) -> None:
    # Every second one mistypes twice first: far over what makes the address a busy one.
    for number in range(300):
        attempt = Attempt(f"nurse{number}@riverside.example", HOSPITAL)
        assert all(count(attempt.account, HOSPITAL, 3 if number % 2 else 1))
        in_transaction(lambda attempt=attempt: throttle.forgive_attempt(attempt))


def test_an_address_with_many_failures_gets_three_guesses_an_account(app: Flask) -> None:
    for number in range(11):
        count(f"guessed{number}@riverside.example", HOSPITAL, 10)
    assert count("next@riverside.example", HOSPITAL, 5) == [True] * 3 + [False] * 2
    assert count("next@riverside.example", ELSEWHERE, 5) == [True] * 5


def test_parallel_guesses_cannot_slip_past_the_limit(app: Flask) -> None:
    attempt = Attempt("victim@riverside.example", HOSPITAL)
    jobs = [lambda: in_transaction(lambda: throttle.count_attempt(attempt)) for _ in range(24)]
    assert sorted(run_together(app, jobs)) == [False] * 14 + [True] * 10
    failures = db.session.scalar(
        select(FailedAttempts.failures).where(FailedAttempts.key == attempt.place_key)
    )
    assert failures == 24


def test_parallel_requests_cannot_slip_past_the_limit(app: Flask) -> None:
    email = make_member().email
    clients = [Client(app) for _ in range(16)]
    for client in clients:
        client.get("/sign-in")

    def job(client: Client) -> int:
        response = client.browser.post(
            "/sign-in",
            data={"csrf_token": client.token(), "email": email, "password": "wrong"},
            base_url=client.origin,
            environ_overrides={"REMOTE_ADDR": HOSPITAL},
        )
        return response.status_code

    answers = run_together(app, [lambda client=client: job(client) for client in clients])
    assert sorted(answers) == [400] * 10 + [429] * 6


def test_the_table_tells_nobody_whom_it_is_about(client: Client) -> None:
    guess(client, "nobody@riverside.example", "wrong", HOSPITAL, 400)
    keys = " ".join(db.session.scalars(select(FailedAttempts.key)))
    assert len(keys.split()) == 3
    assert "nobody" not in keys
    assert HOSPITAL not in keys


def test_counts_are_deleted_when_their_window_is_over(app: Flask, hold_clock: Any) -> None:
    began = clock.now()
    hold_clock(began)
    count("someone@riverside.example", HOSPITAL, 1)
    hold_clock(began + timedelta(minutes=14))
    count("other@riverside.example", ELSEWHERE, 1)
    hold_clock(began + timedelta(minutes=15))
    assert in_transaction(throttle.delete_old_counts) == 3
    assert db.session.scalar(select(func.count()).select_from(FailedAttempts)) == 3


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_an_address_counts_as_its_subscriber(address: str, network: str) -> None:
    assert network_of(address) == network


def test_guesses_at_something_else_are_counted_by_what_is_guessed_at(app: Flask, hold_clock: Any) -> None:
    began = clock.now()
    hold_clock(began)
    allowed = [in_transaction(lambda: throttle.count_guess("invitation code", "sam")) for _ in range(12)]
    assert allowed == [True] * 10 + [False] * 2
    assert in_transaction(lambda: throttle.count_guess("invitation code", "lee"))
    assert in_transaction(lambda: throttle.count_guess("another code", "sam"))
    in_transaction(lambda: throttle.forgive_guesses("invitation code", "sam"))
    assert in_transaction(lambda: throttle.count_guess("invitation code", "sam"))
    hold_clock(began + throttle.WINDOW)
    assert in_transaction(lambda: throttle.count_guess("invitation code", "sam"))
