"""Loading the demo: into an empty site, once."""

from collections.abc import Iterator

from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.accounts.passwords import hash_password
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.errors import Conflict
from talking_together.devtools import demo_load, large_load
from talking_together.devtools.large_life import write_large_life
from talking_together.devtools.sign_ins import PASSWORD, SIGN_INS
from talking_together.extensions import db
from talking_together.leaderboards.sweeps import count_boards_now
from talking_together.organisations.models import Organisation


class HoldsOthers(Conflict):
    """The site is in use: the demo would mix invented people with real ones."""

    message = "This database holds other members, so the demo was not loaded. Nothing has changed."


def load(size: str) -> Iterator[str]:
    """Load what of the demo is not there yet, and say line by line what came of it."""
    is_there = _ensure_ours()
    # One slow hash for everybody: a member each would take minutes.
    password_hash = hash_password(PASSWORD)
    if is_there:
        yield "The demo is already loaded."
    else:
        now = clock.now()
        yield from in_transaction(lambda: demo_load.load_demo(password_hash=password_hash, now=now))
        # Leaderboards show what its entries come to, those of today too, and not from tomorrow on.
        count_boards_now()
    if size == "large":
        yield from _load_large(password_hash)


def _load_large(password_hash: str) -> Iterator[str]:
    loaded = large_load.find_large_load()
    if loaded:
        yield "The large load is already there."
    else:
        loaded = in_transaction(
            lambda: large_load.load_large(
                password_hash=password_hash,
                organisation_ids=list(db.session.scalars(select(Organisation.id).order_by(Organisation.id))),
            )
        )
        in_transaction(lambda: write_large_life(clock.now()))
        count_boards_now()
    yield from loaded.lines()


def _ensure_ours() -> bool:
    """Return whether the demo is in; HoldsOthers if members are there but not the demo's."""
    if not db.session.scalar(select(func.count()).select_from(Member)):
        return False
    ours = select(func.count()).where(Member.email.in_(SIGN_INS))
    if db.session.scalar(ours) != len(SIGN_INS):
        raise HoldsOthers()
    return True
