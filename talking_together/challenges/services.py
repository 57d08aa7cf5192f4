"""Writing challenges, and moving them from stage to stage."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import column, delete, exists, insert, select, table, update

from talking_together.accounts.viewers import Viewer
from talking_together.audit.services import record
from talking_together.challenges import policies, readiness
from talking_together.challenges.dates import Dates, checked_dates
from talking_together.challenges.models import Challenge, ChallengeGroup, ChallengeOrganisation
from talking_together.challenges.queries import MAX_ID
from talking_together.core import clock, rich_text
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.drafts.services import discard_draft
from talking_together.extensions import db
from talking_together.organisations.models import Organisation, StaffGroup

# Named, not imported: ideas are a room above this one.
_ideas = table("ideas", column("challenge_id"))
# What names the form of a new challenge among the drafts that members keep.
NEW_DRAFT = "challenge:new"


def draft_key(challenge_id: int) -> str:
    """Return what names the form of a challenge among the drafts that members keep."""
    return f"challenge:{challenge_id}"


class ChangedMeanwhile(Conflict):
    """Someone else saved the challenge after this person opened the form."""

    message = (
        "Someone else changed this challenge while you were writing. Your text is still here: "
        "compare it with the saved version, then save again to replace that."
    )


class NotReady(Conflict):
    """Something that the challenge needs before it opens is missing."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a moderator writes: the words, the audience and the dates of a challenge."""

    title: str
    summary: str
    brief: str
    audience: str
    organisation_ids: frozenset[int]
    group_ids: frozenset[int]
    dates: Dates


def write_challenge(moderator: Viewer, *, content: Content) -> int:
    """Add a draft and return its id."""
    policies.ensure_can_manage(moderator)
    now = clock.now()
    dates = checked_dates(content.dates, None, now)
    _check_audience(content)
    challenge_id = db.session.execute(
        insert(Challenge)
        .values(
            **_words(content),
            **_columns(dates),
            audience=content.audience,
            author_id=moderator.id,
            is_published=False,
            ideas_count=0,
            created_at=now,
            updated_at=now,
        )
        .returning(Challenge.id)
    ).scalar_one()
    _put_to(challenge_id, content)
    discard_draft(moderator, key=NEW_DRAFT)
    _record(moderator, "challenge written", challenge_id, content.title)
    return challenge_id


def edit_challenge(moderator: Viewer, challenge_id: int, *, version: str, content: Content) -> None:
    """Replace the words, audience and dates, unless someone else has since `version`."""
    policies.ensure_can_manage(moderator)
    now = clock.now()
    challenge = _locked(challenge_id)
    policies.ensure_can("edit", challenge, now)
    if challenge.updated_at.isoformat() != version:
        raise ChangedMeanwhile()
    dates = Dates(challenge.opens_at, challenge.closes_at, challenge.voting_closes_at)
    if policies.can("change dates", challenge, now):
        dates = checked_dates(content.dates, challenge, now)
    _check_audience(content)
    new = {**_words(content), **_columns(dates), "audience": content.audience}
    if challenge.is_published:
        _ensure_complete(content)
    changes = _changes(challenge, new)
    _update(challenge_id, now, **new)
    if content.audience == "chosen" or challenge.audience == "chosen":
        db.session.execute(
            delete(ChallengeOrganisation).where(ChallengeOrganisation.challenge_id == challenge_id)
        )
        db.session.execute(delete(ChallengeGroup).where(ChallengeGroup.challenge_id == challenge_id))
        _put_to(challenge_id, content)
        changes["put to"] = _audience_in_words(content)
    discard_draft(moderator, key=draft_key(challenge_id))
    _record(moderator, "challenge edited", challenge_id, content.title, details=changes)


def open_challenge(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Open a draft or scheduled challenge now."""
    challenge, now = _begin(moderator, challenge_id, "open")
    _ensure_ready(challenge, now)
    _update(challenge_id, now, is_published=True, opens_at=now)
    _record(moderator, "challenge opened", challenge_id, challenge.title, reason)


def schedule_challenge(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Let a draft open by itself at its opening time."""
    challenge, now = _begin(moderator, challenge_id, "schedule")
    _ensure_ready(challenge, now, readiness.opening_check(challenge, at=now))
    _update(challenge_id, now, is_published=True)
    details = {"opens at": _plain(challenge.opens_at)}
    _record(moderator, "challenge scheduled", challenge_id, challenge.title, reason, details)


def return_to_draft(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Take a challenge back that nobody has written an idea for, not even a draft."""
    challenge, now = _begin(moderator, challenge_id, "back to draft")
    if db.session.scalar(select(exists().where(_ideas.c.challenge_id == challenge_id))):
        raise Conflict(
            "Someone has already written an idea here, so this cannot be a draft again. "
            "You can close it instead."
        )
    has_opened = challenge.opens_at is not None and challenge.opens_at <= now
    opens_at = None if has_opened else challenge.opens_at
    _update(challenge_id, now, is_published=False, opens_at=opens_at)
    _record(moderator, "challenge returned to draft", challenge_id, challenge.title, reason)


def close_challenge(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Close the present stage early: ideas first, where voting goes on after them, then votes."""
    challenge, now = _begin(moderator, challenge_id, "close")
    before = {
        "closes at": _plain(challenge.closes_at),
        "voting closes at": _plain(challenge.voting_closes_at),
    }
    if policies.takes_ideas(challenge, now):
        # The database holds that a challenge was open for a moment at least.
        opened = challenge.opens_at or now
        _update(challenge_id, now, closes_at=max(now, opened + timedelta(microseconds=1)))
        action = "challenge closed for ideas"
    else:
        voting_ends = now if challenge.closes_at and now > challenge.closes_at else None
        _update(challenge_id, now, voting_closes_at=voting_ends)
        action = "challenge closed for votes"
    _record(moderator, action, challenge_id, challenge.title, reason, before)


def mark_answered(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Say that the ideas of a closed challenge have had their answers."""
    challenge, now = _begin(moderator, challenge_id, "mark as answered")
    _update(challenge_id, now, answered_at=now)
    _record(moderator, "challenge marked as answered", challenge_id, challenge.title, reason)


def take_back_answered(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Put an answered challenge back in review."""
    challenge, now = _begin(moderator, challenge_id, "take back answered")
    _update(challenge_id, now, answered_at=None)
    _record(moderator, "challenge back in review", challenge_id, challenge.title, reason)


def archive_challenge(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Move a challenge out of the way; nothing in it changes."""
    challenge, now = _begin(moderator, challenge_id, "archive")
    _update(challenge_id, now, archived_at=now)
    _record(moderator, "challenge archived", challenge_id, challenge.title, reason)


def bring_back_challenge(moderator: Viewer, challenge_id: int, *, reason: str = "") -> None:
    """Take a challenge out of the archive, to the stage that its dates and decisions say."""
    challenge, now = _begin(moderator, challenge_id, "bring back")
    _update(challenge_id, now, archived_at=None)
    _record(moderator, "challenge brought back", challenge_id, challenge.title, reason)


def _begin(moderator: Viewer, challenge_id: int, act: str) -> tuple[Any, datetime]:
    policies.ensure_can_manage(moderator)
    challenge, now = _locked(challenge_id), clock.now()
    policies.ensure_can(act, challenge, now)
    return challenge, now


def _locked(challenge_id: int) -> Any:
    if challenge_id > MAX_ID:
        raise NotFound()
    statement = locked(select(*Challenge.__table__.c).where(Challenge.id == challenge_id))
    row = db.session.execute(statement).first()
    if row is None:
        raise NotFound()
    return row


def _update(challenge_id: int, now: datetime, **values: Any) -> None:
    db.session.execute(update(Challenge).where(Challenge.id == challenge_id).values(updated_at=now, **values))


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


def _words(content: Content) -> dict[str, str]:
    return {
        "title": content.title,
        "summary": content.summary,
        "brief_source": content.brief,
        "brief_html": rich_text.render(content.brief),
    }


def _columns(dates: Dates) -> dict[str, datetime | None]:
    return {
        "opens_at": dates.opens_at,
        "closes_at": dates.closes_at,
        "voting_closes_at": dates.voting_closes_at,
    }


def _ensure_complete(content: Content) -> None:
    if not content.summary:
        raise InvalidInput("Enter a short summary: people can see this challenge", field="summary")
    if not content.brief:
        raise InvalidInput("Enter the brief: people can see this challenge", field="brief")


def _check_audience(content: Content) -> None:
    """Raise InvalidInput unless someone is chosen, and only what exists."""
    if content.audience == "everyone":
        return
    if not content.organisation_ids and not content.group_ids:
        raise InvalidInput("Choose at least one organisation or group", field="organisations")
    _check_exist(Organisation, content.organisation_ids, "organisations")
    _check_exist(StaffGroup, content.group_ids, "groups")


def _check_exist(model: Any, ids: Collection[int], field: str) -> None:
    found = set(db.session.scalars(select(model.id).where(model.id.in_(ids)))) if ids else set()
    if found != set(ids):
        raise InvalidInput("Choose from the list: one of these is not there any more", field=field)


def _put_to(challenge_id: int, content: Content) -> None:
    if content.audience == "everyone":
        return
    for model, name, ids in (
        (ChallengeOrganisation, "organisation_id", content.organisation_ids),
        (ChallengeGroup, "group_id", content.group_ids),
    ):
        if ids:
            rows = [{"challenge_id": challenge_id, name: id} for id in sorted(ids)]
            db.session.execute(insert(model), rows)


def _audience_in_words(content: Content) -> Any:
    if content.audience == "everyone":
        return "everyone"
    return {
        "organisations": sorted(content.organisation_ids),
        "groups": sorted(content.group_ids),
    }


def _changes(challenge: Any, new: dict[str, Any]) -> dict[str, Any]:
    """Return what an edit changes, as the log keeps it: old and new, but not whole briefs."""
    changes: dict[str, Any] = {}
    for name, value in new.items():
        old = getattr(challenge, name)
        if old == value or name == "brief_html":
            continue
        if name == "brief_source":
            changes["brief"] = "changed"
        else:
            changes[name.replace("_", " ")] = {"from": _plain(old), "to": _plain(value)}
    return changes


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _record(
    moderator: Viewer,
    action: str,
    challenge_id: int,
    title: str,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    record(
        moderator,
        action,
        subject_type="challenge",
        subject_id=challenge_id,
        subject_label=title,
        reason=reason,
        details=details,
    )
