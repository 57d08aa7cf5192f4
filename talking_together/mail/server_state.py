"""How the mail server was met last: away since when, tried again when."""

from datetime import timedelta
from typing import Any

from sqlalchemy import or_, update

from talking_together.core.clock import now
from talking_together.core.database import insert_into, locked
from talking_together.extensions import db
from talking_together.mail.models import MailServerState
from talking_together.mail.queries import SERVER_STATE

FIRST_WAIT_S = 2
LONGEST_WAIT_S = 60
# One line says the same for a while; who watches wants to know whether, not how often.
WORTH_NOTING = timedelta(seconds=30)


def note_away(words: str) -> None:
    """Note that the server could not be reached, and try again after a wait that grows to a minute."""
    at = now()
    db.session.execute(
        insert_into(MailServerState).values(id=1, tries=0, last_answer="").on_conflict_do_nothing()
    )
    state: Any = db.session.execute(locked(SERVER_STATE)).one()
    if state.next_try_at is not None and state.next_try_at > at:
        return  # another worker has just found the same
    wait = min(FIRST_WAIT_S * 2 ** min(state.tries, 10), LONGEST_WAIT_S)
    db.session.execute(
        update(MailServerState).values(
            failing_since=state.failing_since or at,
            next_try_at=at + timedelta(seconds=wait),
            tries=state.tries + 1,
            last_answer=words[:500],
        )
    )


def note_reached() -> None:
    """Note that the server takes mail."""
    at = now()
    reached = {"failing_since": None, "next_try_at": None, "tries": 0, "reached_at": at}
    db.session.execute(
        insert_into(MailServerState)
        .values(id=1, last_answer="", **reached)
        .on_conflict_do_update(
            index_elements=["id"],
            set_=reached,
            where=or_(
                MailServerState.failing_since.is_not(None),
                MailServerState.reached_at.is_(None),
                MailServerState.reached_at < at - WORTH_NOTING,
            ),
        )
    )
