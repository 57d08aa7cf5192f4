"""The join code of a team: how it is drawn, written and told apart from its neighbours."""

import secrets
from datetime import datetime
from typing import Protocol

from flask import current_app

from talking_together.core import clock
from talking_together.invitations.links import plain_code

# Without what is misread or mistyped (I, L, O, U, 0, 1), and without vowels, so that no word
# stands on a poster that nobody meant. Ten of them are 48 bits.
LETTERS = "BCDFGHJKMNPQRSTVWXYZ23456789"
LENGTH = 10
HALF = LENGTH // 2
OPEN, CLOSED, EXPIRED, USED_UP = "open", "closed", "expired", "used up"


class Usable(Protocol):
    """What decides whether a code can be used."""

    @property
    def closed_at(self) -> datetime | None: ...

    @property
    def expires_at(self) -> datetime: ...

    @property
    def uses_count(self) -> int: ...

    @property
    def max_uses(self) -> int: ...


def new_code() -> str:
    """Return a code as it is kept, without its dash."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def kept_code(typed: str) -> str | None:
    """Return what was typed as codes are kept, in any case and with any dashes; None for no code."""
    plain = plain_code(typed)
    return plain if len(plain) == LENGTH and set(plain) <= set(LETTERS) else None


def shown_code(code: str) -> str:
    """Return a code as people read it: "K7QMW-3XRPT"."""
    return f"{code[:HALF]}-{code[HALF:]}"


def join_address(code: str = "") -> str:
    """Return where people join, or where exactly those with the code do."""
    address = f"{current_app.config['BASE_URL'].rstrip('/')}/join"
    return f"{address}/{shown_code(code)}" if code else address


def state_of(code: Usable) -> str:
    """Return whether a row of join codes lets people join now, or why it does not."""
    if code.closed_at is not None:
        return CLOSED
    if code.expires_at <= clock.now():
        return EXPIRED
    if code.uses_count >= code.max_uses:
        return USED_UP
    return OPEN
