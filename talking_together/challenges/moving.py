"""Moving challenges from stage to stage: every act starts from the stages of `stages.ACTS`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import column, exists, select, table

from talking_together.accounts.viewers import Viewer
from talking_together.challenges import news, policies, readiness
from talking_together.challenges.dates import FURTHEST, Dates, changes_of, checked_dates, dates_of
from talking_together.challenges.models import ChallengeGroup, ChallengeOrganisation
from talking_together.challenges.records import begin_act, change_row, plain, record_act
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.core.formatting import moment
from talking_together.extensions import db

# Named, not imported: ideas are a room above this one.
_ideas = table("ideas", column("challenge_id"))


class NotReady(Conflict):
    """Something that the challenge needs before it opens is missing."""


@dataclass(frozen=True, slots=True)
class NewTimes:
    """Until when a challenge is to go on: for ideas, and for votes where they go on after ideas."""

    closes_at: datetime | None
    voting_closes_at: datetime | None


def open_challenge(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Open a draft or scheduled challenge now."""
    challenge, now = begin_act(moderator, challenge_id, "open")
    _ensure_ready(challenge, now)
    change_row(challenge_id, now, is_published=True, opens_at=now)
    record_act(moderator, "challenge opened", challenge_id, challenge.title, reason)


def schedule_challenge(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Let a draft open by itself at its opening time."""
    challenge, now = begin_act(moderator, challenge_id, "schedule")
    _ensure_ready(challenge, now, readiness.opening_check(challenge, at=now))
    change_row(challenge_id, now, is_published=True)
    details = {"opens at": plain(challenge.opens_at)}
    record_act(moderator, "challenge scheduled", challenge_id, challenge.title, reason, details)


def extend_challenge(moderator: Viewer, challenge_id: int, *, new: NewTimes, reason: str = "") -> None:
    """Give a challenge that goes on more time, for ideas, for votes or for both."""
    challenge, now = begin_act(moderator, challenge_id, "extend")
    before = dates_of(challenge)
    closes = before.closes_at
    if closes is None or closes > now:
        closes = new.closes_at or closes
    after = checked_dates(Dates(before.opens_at, closes, new.voting_closes_at), challenge, now)
    _ensure_later(before, after, now)
    change_row(challenge_id, now, closes_at=after.closes_at, voting_closes_at=after.voting_closes_at)
    news.note_dates(challenge_id, before=before, after=after, by=moderator.id, at=now)
    record_act(
        moderator, "challenge extended", challenge_id, challenge.title, reason, changes_of(before, after)
    )


def pause_challenge(
    moderator: Viewer, challenge_id: int, *, words: str = "", until: datetime | None = None, reason: str = ""
) -> None:
    """Let a challenge take nothing until it is resumed; `words` are read by everyone who sees it."""
    challenge, now = begin_act(moderator, challenge_id, "pause")
    if until is not None and until <= now:
        raise InvalidInput("The time must be in the future", field="until")
    if until is not None and until > now + FURTHEST:
        raise InvalidInput("The time must be within the next five years", field="until")
    change_row(challenge_id, now, paused_at=now)
    news.note_pause(challenge_id, words=words, until=until, by=moderator.id, at=now)
    details = {"told people": words, "until": plain(until)}
    record_act(moderator, "challenge paused", challenge_id, challenge.title, reason, details)


def resume_challenge(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Let a paused challenge go on."""
    challenge, now = begin_act(moderator, challenge_id, "resume")
    change_row(challenge_id, now, paused_at=None)
    news.note_resuming(challenge_id, dates=dates_of(challenge), by=moderator.id, at=now)
    record_act(moderator, "challenge resumed", challenge_id, challenge.title, reason)


def reopen_challenge(moderator: Viewer, challenge_id: int, *, new: NewTimes, reason: str = "") -> None:
    """Let a challenge that has closed take ideas again, until a new closing time."""
    challenge, now = begin_act(moderator, challenge_id, "reopen")
    before = dates_of(challenge)
    if new.closes_at is None:
        raise InvalidInput("Enter when it closes for ideas", field="closes_at")
    if new.closes_at <= now:
        raise InvalidInput("The closing time must be in the future", field="closes_at")
    after = checked_dates(Dates(before.opens_at, new.closes_at, new.voting_closes_at), challenge, now)
    change_row(
        challenge_id,
        now,
        closes_at=after.closes_at,
        voting_closes_at=after.voting_closes_at,
        answered_at=None,
        paused_at=None,
    )
    news.note_reopening(challenge_id, after=after, by=moderator.id, at=now)
    record_act(
        moderator, "challenge reopened", challenge_id, challenge.title, reason, changes_of(before, after)
    )


def return_to_draft(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Take a challenge back that nobody has written an idea for, not even a draft."""
    challenge, now = begin_act(moderator, challenge_id, "back to draft")
    if db.session.scalar(select(exists().where(_ideas.c.challenge_id == challenge_id))):
        raise Conflict(
            "Someone has already written an idea here, so this cannot be a draft again. "
            "You can close it instead."
        )
    has_opened = challenge.opens_at is not None and challenge.opens_at <= now
    opens_at = None if has_opened else challenge.opens_at
    change_row(challenge_id, now, is_published=False, opens_at=opens_at)
    news.forget_untold(challenge_id)
    record_act(moderator, "challenge returned to draft", challenge_id, challenge.title, reason)


def close_challenge(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Close the present stage early: ideas first, where voting goes on after them, then votes.

    What is paused closes for both.
    """
    challenge, now = begin_act(moderator, challenge_id, "close")
    before = dates_of(challenge)
    # The database holds that a challenge was open for a moment at least.
    closed = max(now, (challenge.opens_at or now) + timedelta(microseconds=1))
    if policies.takes_ideas(challenge, now):
        change_row(challenge_id, now, closes_at=closed)
        action = "challenge closed for ideas"
    else:
        was_open = challenge.closes_at is None or now < challenge.closes_at
        voting_ends = None if was_open or now == challenge.closes_at else now
        closes = closed if was_open else challenge.closes_at
        change_row(challenge_id, now, closes_at=closes, voting_closes_at=voting_ends, paused_at=None)
        action = "challenge closed for votes"
    news.forget_untold(challenge_id)
    details = {"closes at": plain(before.closes_at), "voting closes at": plain(before.voting_closes_at)}
    record_act(moderator, action, challenge_id, challenge.title, reason, details)


def mark_answered(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Say that the ideas of a closed challenge have had their answers."""
    challenge, now = begin_act(moderator, challenge_id, "mark as answered")
    change_row(challenge_id, now, answered_at=now)
    record_act(moderator, "challenge marked as answered", challenge_id, challenge.title, reason)


def take_back_answered(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Put an answered challenge back in review."""
    challenge, now = begin_act(moderator, challenge_id, "take back answered")
    change_row(challenge_id, now, answered_at=None)
    record_act(moderator, "challenge back in review", challenge_id, challenge.title, reason)


def archive_challenge(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Move a challenge out of the way; nothing in it changes."""
    challenge, now = begin_act(moderator, challenge_id, "archive")
    change_row(challenge_id, now, archived_at=now)
    record_act(moderator, "challenge archived", challenge_id, challenge.title, reason)


def bring_back_challenge(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Take a challenge out of the archive, to the stage that its dates and decisions say."""
    challenge, now = begin_act(moderator, challenge_id, "bring back")
    change_row(challenge_id, now, archived_at=None)
    record_act(moderator, "challenge brought back", challenge_id, challenge.title, reason)


def _ensure_later(before: Dates, after: Dates, now: datetime) -> None:
    """Raise InvalidInput unless something goes on for longer, and nothing for less long."""
    names = ["closes_at", "voting_closes_at"]
    if before.closes_at is not None and before.closes_at <= now:
        names.remove("closes_at")
    for name in names:
        old, new = getattr(before, name), getattr(after, name)
        if old is not None and (new is None or new < old):
            raise InvalidInput(
                f"This must be after {moment(old)}, which holds now. To close earlier, close it by hand.",
                field=name,
            )
    if before == after:
        raise InvalidInput("Enter a later time", field=names[0])


def _ensure_ready(challenge: Any, now: datetime, *more: readiness.Check) -> None:
    chosen = challenge.audience == "everyone" or bool(
        db.session.scalar(
            select(
                exists().where(ChallengeOrganisation.challenge_id == challenge.id)
                | exists().where(ChallengeGroup.challenge_id == challenge.id)
            )
        )
    )
    found = [*readiness.checks(challenge, audience_chosen=chosen, at=now), *more]
    if problems := readiness.missing(found):
        raise NotReady(f"It cannot open yet. {'. '.join(problems)}.")
