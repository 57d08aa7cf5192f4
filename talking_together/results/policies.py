"""May this member do this to the results of a challenge? Pure functions for services and templates."""

from datetime import datetime

from talking_together.challenges.policies import Actor, ensure_can_manage
from talking_together.challenges.stages import Dated, stage_of
from talking_together.core.errors import Conflict

# Numbers that still grow are not results.
PUBLISHES_IN = frozenset({"in review", "answered"})
_WRITES_IN = frozenset({"open", "paused", "voting only", "in review", "answered"})


def can_write(challenge: Dated, at: datetime) -> bool:
    """Return whether results can be written now."""
    return stage_of(challenge, at) in _WRITES_IN


def can_publish(challenge: Dated, at: datetime) -> bool:
    """Return whether results can be published now."""
    return stage_of(challenge, at) in PUBLISHES_IN


def is_out(published_at: datetime | None, at: datetime) -> bool:
    """Return whether the audience sees the results: from the very instant that was set."""
    return published_at is not None and published_at <= at


def ensure_can_write(moderator: Actor, challenge: Dated, at: datetime) -> None:
    """Raise unless the member may write the results now."""
    ensure_can_manage(moderator)
    if stage_of(challenge, at) == "archived":
        raise Conflict("Bring the challenge back from the archive before you change its results.")
    if not can_write(challenge, at):
        raise Conflict("There are no results before the challenge has opened.")


def ensure_can_publish(moderator: Actor, challenge: Dated, at: datetime) -> None:
    """Raise unless the member may publish the results now."""
    ensure_can_manage(moderator)
    if not can_publish(challenge, at):
        raise Conflict("Results can be published once the challenge has closed for ideas and votes.")


def ensure_can_take_back(moderator: Actor, published_at: datetime | None, at: datetime) -> None:
    """Raise unless the results wait for their moment."""
    ensure_can_manage(moderator)
    if published_at is None:
        raise Conflict("These results are not going to be published yet.")
    if is_out(published_at, at):
        raise Conflict("These results are out. You can correct them: the page then says so.")
