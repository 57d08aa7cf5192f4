"""Writing challenges; `moving` takes them from stage to stage."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from talking_together.accounts.viewers import Viewer
from talking_together.challenges import news, policies
from talking_together.challenges.dates import Dates, checked_dates, dates_of
from talking_together.challenges.models import Challenge, ChallengeGroup, ChallengeOrganisation
from talking_together.challenges.records import change_row, locked_row, plain, record_act
from talking_together.core import clock, rich_text
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.drafts.services import discard_draft
from talking_together.extensions import db
from talking_together.files.services import claim_files
from talking_together.organisations.models import Organisation, StaffGroup

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
    claim_files(moderator, challenge_id=challenge_id, sources=[content.brief])
    discard_draft(moderator, key=NEW_DRAFT)
    record_act(moderator, "challenge written", challenge_id, content.title)
    return challenge_id


def edit_challenge(moderator: Viewer, challenge_id: int, *, version: str, content: Content) -> None:
    """Replace the words, audience and dates, unless someone else has since `version`."""
    policies.ensure_can_manage(moderator)
    now = clock.now()
    challenge = locked_row(challenge_id)
    policies.ensure_can("edit", challenge, now)
    if challenge.updated_at.isoformat() != version:
        raise ChangedMeanwhile()
    dates = dates_of(challenge)
    if policies.can("change dates", challenge, now):
        dates = checked_dates(content.dates, challenge, now)
    _check_audience(content)
    new = {**_words(content), **_columns(dates), "audience": content.audience}
    if challenge.is_published:
        _ensure_complete(content)
    changes = _changes(challenge, new)
    change_row(challenge_id, now, **new)
    if challenge.is_published and challenge.opens_at <= now:
        _note_dates(challenge, dates, now)
    if content.audience == "chosen" or challenge.audience == "chosen":
        db.session.execute(
            delete(ChallengeOrganisation).where(ChallengeOrganisation.challenge_id == challenge_id)
        )
        db.session.execute(delete(ChallengeGroup).where(ChallengeGroup.challenge_id == challenge_id))
        _put_to(challenge_id, content)
        changes["put to"] = _audience_in_words(content)
    claim_files(moderator, challenge_id=challenge_id, sources=[content.brief])
    discard_draft(moderator, key=draft_key(challenge_id))
    record_act(moderator, "challenge edited", challenge_id, content.title, details=changes)


def _note_dates(challenge: Any, dates: Dates, now: datetime) -> None:
    """Note for the followers what an edit made of the dates of a challenge that has opened."""
    closed = challenge.closes_at is not None and challenge.closes_at <= now
    if closed and dates.closes_at is not None and dates.closes_at > now:
        news.note_reopening(challenge.id, after=dates, at=now)
    elif dates != dates_of(challenge):
        news.note_dates(challenge.id, before=dates_of(challenge), after=dates, at=now)


def _words(content: Content) -> dict[str, str]:
    return {
        "title": content.title,
        "summary": content.summary,
        "brief_source": content.brief,
        "brief_html": rich_text.render(content.brief, pictures=True),
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
            changes[name.replace("_", " ")] = {"from": plain(old), "to": plain(value)}
    return changes
