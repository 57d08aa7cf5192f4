"""Background work of fairness: looking for signs in what happened lately."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import select

from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.database import insert_into, one_snapshot
from talking_together.extensions import db
from talking_together.fairness import thresholds as limits
from talking_together.fairness.detecting.bursts import bursts_of_votes
from talking_together.fairness.detecting.duplicates import own_duplicates
from talking_together.fairness.detecting.joins import bursts_of_joins
from talking_together.fairness.detecting.rings import rings
from talking_together.fairness.detecting.tally import recent_voters, tally_of
from talking_together.fairness.detecting.targets import single_targets
from talking_together.fairness.found import Found
from talking_together.fairness.models import GamingLook
from talking_together.fairness.signs import note_sign

log = logging.getLogger(__name__)


def look_for_signs(*, stop: Callable[[], bool] = lambda: False) -> int:
    """Look at what happened lately and keep the signs found; return how many are new for moderators."""
    now = clock.now()
    # Read as of one moment, so that nobody who votes waits for it.
    with one_snapshot():
        found = signs_found()
    new = 0
    for sign in found:
        # Those that wait already count for nothing, or they would keep others from being seen.
        if stop() or new == limits.MOST_SIGNS:
            break
        new += in_transaction(partial(note_sign, sign))
    else:
        # What is left over is found again from where this one began.
        in_transaction(partial(_note_look, now))
    if new:
        log.info("signs of gaming found", extra={"signs": new})
    return new


def signs_found() -> list[Found]:
    """Return every sign in what happened since a day before the last look, or within two weeks."""
    now = clock.now()
    looked_until = db.session.scalar(select(GamingLook.looked_until)) or now
    since = max(looked_until - limits.LOOK_BACK, now - limits.MOST_LOOK_BACK)
    tally = tally_of(recent_voters(since))
    return [
        *rings(tally),
        *bursts_of_votes(since),
        *single_targets(tally),
        *own_duplicates(since),
        *bursts_of_joins(min(since, now - limits.JOINS_LOOK_BACK)),
    ]


def _note_look(until: datetime) -> None:
    look = insert_into(GamingLook).values(id=1, looked_until=until)
    db.session.execute(
        look.on_conflict_do_update(index_elements=["id"], set_={"looked_until": look.excluded.looked_until})
    )
