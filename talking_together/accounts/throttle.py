"""How many times a password may be guessed.

Counts stand in the database, so they hold with several processes and without Redis. An attempt is
counted before the password is looked at, and taken off again when it was right: parallel guesses
cannot slip past. A network address is never refused as a whole, because a hospital is one address;
when many attempts from it fail, each account gets fewer guesses from it.

A browser that signed in to an account before is counted by itself, not with its network address
nor with the rest of the world, so that nobody else's guesses keep a person out.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy import case, delete, literal, or_, select

from talking_together.accounts.models import FailedAttempts
from talking_together.core import clock
from talking_together.core.database import insert_into
from talking_together.extensions import db
from talking_together.orm import UTCDateTime

WINDOW = timedelta(minutes=15)
PER_ACCOUNT_AND_ADDRESS = 10
PER_ACCOUNT = 50
MANY_FROM_ADDRESS = 100
PER_ACCOUNT_FROM_BUSY_ADDRESS = 3
RESETS_PER_EMAIL = 3
RESETS_PER_ADDRESS = 2_000
GUESSES = 10


@dataclass(frozen=True, slots=True)
class Attempt:
    """One guess: at which account, from where; `device` is a browser known for the account."""

    account: str
    address: str
    device: str | None = None

    @property
    def place_key(self) -> str:
        """Return the key of the account together with where the guess comes from."""
        place = f"device {self.device}" if self.device else f"address {network_of(self.address)}"
        return key_of("place", self.account, place)

    @property
    def account_key(self) -> str:
        """Return the key of the account over all addresses."""
        return key_of("account", self.account)

    @property
    def address_key(self) -> str:
        """Return the key of the network address over all accounts."""
        return key_of("address", network_of(self.address))

    @property
    def wider_keys(self) -> list[str]:
        """Return the keys that count the attempt beside its own place."""
        return [self.address_key] if self.device else [self.account_key, self.address_key]


def count_attempt(attempt: Attempt) -> bool:
    """Count a guess and return whether it may be made; a refused one counts against nobody else."""
    busy = _failures_of(attempt.address_key) > MANY_FROM_ADDRESS
    allowed = PER_ACCOUNT_FROM_BUSY_ADDRESS if busy and not attempt.device else PER_ACCOUNT_AND_ADDRESS
    if _count([attempt.place_key])[attempt.place_key] > allowed:
        return False
    counted = _count(attempt.wider_keys)
    return counted.get(attempt.account_key, 0) <= PER_ACCOUNT


def forgive_attempt(attempt: Attempt) -> None:
    """Take a right guess off the counts, and those from the same place with it."""
    keys = sorted([attempt.place_key, *attempt.wider_keys])
    rows = [{"key": key, "window_started_at": clock.now(), "failures": 0} for key in keys]
    left = case(
        (or_(FailedAttempts.key == attempt.place_key, FailedAttempts.failures == 0), 0),
        else_=FailedAttempts.failures - 1,
    )
    # An upsert, because it takes its rows in the order given, as counting does.
    db.session.execute(
        insert_into(FailedAttempts)
        .values(rows)
        .on_conflict_do_update(index_elements=["key"], set_={"failures": left})
    )


def forgive_account(attempt: Attempt) -> None:
    """Forget the failures at an account whose owner proved who they are in another way."""
    db.session.execute(
        delete(FailedAttempts).where(FailedAttempts.key.in_([attempt.place_key, attempt.account_key]))
    )


def count_reset_request(*, email: str, address: str) -> bool:
    """Count a request for a new password and return whether it may be made."""
    by_email, by_address = key_of("reset email", email), key_of("reset address", network_of(address))
    if _count([by_email])[by_email] > RESETS_PER_EMAIL:
        return False
    return _count([by_address])[by_address] <= RESETS_PER_ADDRESS


def count_guess(what: str, whose: str) -> bool:
    """Count a guess at something other than a password and return whether it may be made.

    `what` names the kind of thing, such as the code in an email, and `whose` the one guessed at. Where
    the guess comes from does not count: those who share a network address share no limit.
    """
    key = key_of(what, whose)
    return _count([key])[key] <= GUESSES


def forgive_guesses(what: str, whose: str) -> None:
    """Forget the guesses at something whose owner has given the right answer."""
    db.session.execute(delete(FailedAttempts).where(FailedAttempts.key == key_of(what, whose)))


def delete_old_counts() -> int:
    """Delete the counts whose window is over; return how many."""
    gone = db.session.execute(
        delete(FailedAttempts)
        .where(FailedAttempts.window_started_at <= clock.now() - WINDOW)
        .returning(FailedAttempts.key)
    )
    return len(gone.all())


def key_of(scope: str, *parts: str) -> str:
    """Return a key that does not tell whom it is about to who reads the table."""
    secret = current_app.config["SECRET_KEY"].encode()
    text = "\0".join((scope, *parts)).encode()
    return f"{scope}:{hmac.new(secret, text, hashlib.sha256).hexdigest()[:40]}"


def network_of(address: str) -> str:
    """Return the address that counts: an IPv6 subscriber has a whole /64 to choose from."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _failures_of(key: str) -> int:
    statement = select(FailedAttempts.failures).where(
        FailedAttempts.key == key, FailedAttempts.window_started_at > clock.now() - WINDOW
    )
    return db.session.scalar(statement) or 0


def _count(keys: list[str]) -> dict[str, int]:
    """Add one to each key's count within its window, in one statement; return the counts."""
    at = clock.now()
    # In order, so that two parallel attempts never wait for each other.
    rows = [{"key": key, "window_started_at": at, "failures": 1} for key in sorted(keys)]
    is_over = FailedAttempts.window_started_at <= at - WINDOW
    counted = db.session.execute(
        insert_into(FailedAttempts)
        .values(rows)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={
                "failures": case((is_over, 1), else_=FailedAttempts.failures + 1),
                "window_started_at": case(
                    (is_over, literal(at, UTCDateTime())), else_=FailedAttempts.window_started_at
                ),
            },
        )
        .returning(FailedAttempts.key, FailedAttempts.failures)
    )
    return {row.key: row.failures for row in counted}
