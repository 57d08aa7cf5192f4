"""What the followers of a challenge are told once: its dates, its pauses, and that it opened again.

A row is written in the transaction of the act itself. Until it has been told, what moderators do
next changes it: several changes of dates are one piece of news, from the first dates to the last,
and what was taken back before anybody heard of it is none. `by` is the member who did it last, and who is
not told.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from talking_together.challenges.dates import Dates
from talking_together.challenges.models import ChallengeNews
from talking_together.challenges.records import plain
from talking_together.core.database import locked
from talking_together.extensions import db


def note_dates(challenge_id: int, *, before: Dates, after: Dates, by: int, at: datetime) -> None:
    """Note that the dates of a challenge that has opened are others now; the caller holds its lock."""
    to = _times(after)
    if told := _untold(challenge_id, "reopened"):
        # They hear that it is open again with the dates that hold when they are told.
        _change(told.id, {**told.details, "to": to, "by": by}, at)
        return
    untold = _untold(challenge_id, "dates changed")
    since = untold.details["from"] if untold else _times(before)
    if untold and since == to:
        _forget(challenge_id, "dates changed")
    elif untold:
        _change(untold.id, {"from": since, "to": to, "by": by}, at)
    elif since != to:
        _add(challenge_id, "dates changed", {"from": since, "to": to, "by": by}, at)


def note_reopening(challenge_id: int, *, after: Dates, by: int, at: datetime) -> None:
    """Note that a challenge that had closed takes ideas again, until the dates."""
    _forget(challenge_id, "dates changed", "reopened")
    _add(challenge_id, "reopened", {"to": _times(after), "by": by}, at)


def note_pause(challenge_id: int, *, words: str, until: datetime | None, by: int, at: datetime) -> None:
    """Note that a challenge takes nothing for now, with what people are told about it."""
    _add(challenge_id, "paused", {"words": words, "until": plain(until), "by": by}, at)


def note_resuming(challenge_id: int, *, dates: Dates, by: int, at: datetime) -> None:
    """Note that a pause is over, to those who were told of it."""
    if _untold(challenge_id, "paused"):
        _forget(challenge_id, "paused")
    else:
        _add(challenge_id, "reopened", {"to": _times(dates), "after": "pause", "by": by}, at)


def forget_untold(challenge_id: int) -> None:
    """Drop what nobody was told yet of a challenge whose times are over, or that they see no more."""
    _forget(challenge_id, "dates changed", "paused", "reopened")


def _untold(challenge_id: int, kind: str) -> Any:
    statement: Any = select(ChallengeNews.id, ChallengeNews.details).where(
        ChallengeNews.challenge_id == challenge_id,
        ChallengeNews.kind == kind,
        ChallengeNews.told_at.is_(None),
    )
    return db.session.execute(locked(statement)).first()


def _add(challenge_id: int, kind: str, details: dict[str, Any], at: datetime) -> None:
    db.session.execute(
        insert(ChallengeNews).values(challenge_id=challenge_id, kind=kind, details=details, at=at)
    )


def _change(news_id: int, details: dict[str, Any], at: datetime) -> None:
    statement = update(ChallengeNews).where(ChallengeNews.id == news_id)
    db.session.execute(statement.values(details=details, at=at))


def _forget(challenge_id: int, *kinds: str) -> None:
    db.session.execute(
        delete(ChallengeNews).where(
            ChallengeNews.challenge_id == challenge_id,
            ChallengeNews.kind.in_(kinds),
            ChallengeNews.told_at.is_(None),
        )
    )


def _times(dates: Dates) -> dict[str, Any]:
    return {"closes_at": plain(dates.closes_at), "voting_closes_at": plain(dates.voting_closes_at)}
