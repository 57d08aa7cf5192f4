"""Background work of fairness: looking for signs in what happened lately."""

import logging
from collections.abc import Callable
from functools import partial

from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.database import one_snapshot
from talking_together.fairness import thresholds as limits
from talking_together.fairness.detecting.bursts import bursts_of_votes
from talking_together.fairness.detecting.duplicates import own_duplicates
from talking_together.fairness.detecting.joins import bursts_of_joins
from talking_together.fairness.detecting.rings import rings
from talking_together.fairness.detecting.tally import recent_voters, tally_of
from talking_together.fairness.detecting.targets import single_targets
from talking_together.fairness.found import Found
from talking_together.fairness.signs import note_sign

log = logging.getLogger(__name__)


def look_for_signs(*, stop: Callable[[], bool] = lambda: False) -> int:
    """Look at what happened lately and keep the signs found; return how many are new for moderators."""
    # Read as of one moment, so that nobody who votes waits for it.
    with one_snapshot():
        found = signs_found()
    new = 0
    for sign in found:
        # Those that wait already count for nothing, or they would keep others from being seen.
        if stop() or new == limits.MOST_SIGNS:
            break
        new += in_transaction(partial(note_sign, sign))
    if new:
        log.info("signs of gaming found", extra={"signs": new})
    return new


def signs_found() -> list[Found]:
    """Return every sign in what happened within the time that a sweep looks back."""
    now = clock.now()
    since = now - limits.LOOK_BACK
    tally = tally_of(recent_voters(since))
    return [
        *rings(tally),
        *bursts_of_votes(since),
        *single_targets(tally),
        *own_duplicates(since),
        *bursts_of_joins(now),
    ]
