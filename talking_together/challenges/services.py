"""Writing challenges; `moving` takes them from stage to stage."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from talking_together.accounts.viewers import Viewer
from talking_together.challenges import news, policies
from talking_together.challenges.contents import Content, Options, check_content, ensure_complete
from talking_together.challenges.dates import Dates, checked_dates, dates_of
from talking_together.challenges.models import Challenge
from talking_together.challenges.moderator_queries import has_votes
from talking_together.challenges.parts import put_parts
from talking_together.challenges.records import change_row, locked_row, plain, record_act
from talking_together.core import clock, rich_text
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.drafts.services import discard_draft
from talking_together.extensions import db
from talking_together.files.services import claim_files

# What names the form of a new challenge among the drafts that members keep.
NEW_DRAFT = "challenge:new"
# What people voted under stays as it was, once one of them has.
FIXED_BY_VOTES = {"allows_down_votes": "thumbs down", "counts_shown": "when counts are shown"}


def draft_key(challenge_id: int) -> str:
    """Return what names the form of a challenge among the drafts that members keep."""
    return f"challenge:{challenge_id}"


class ChangedMeanwhile(Conflict):
    """Someone else saved the challenge after this person opened the form."""

    message = (
        "Someone else changed this challenge while you were writing. Your text is still here: "
        "compare it with the saved version, then save again to replace that."
    )


def write_challenge(moderator: Viewer, *, content: Content) -> int:
    """Add a draft and return its id."""
    policies.ensure_can_manage(moderator)
    now = clock.now()
    dates = checked_dates(content.dates, None, now)
    check_content(content)
    challenge_id: int = db.session.execute(
        insert(Challenge)
        .values(
            **_columns(content, dates),
            author_id=moderator.id,
            is_published=False,
            ideas_count=0,
            created_at=now,
            updated_at=now,
        )
        .returning(Challenge.id)
    ).scalar_one()
    put_parts(challenge_id, content)
    claim_files(moderator, challenge_id=challenge_id, sources=[content.brief])
    discard_draft(moderator, key=NEW_DRAFT)
    record_act(moderator, "challenge written", challenge_id, content.title)
    return challenge_id


def edit_challenge(moderator: Viewer, challenge_id: int, *, version: str, content: Content) -> None:
    """Make a challenge what the content says, unless someone else has changed it since `version`."""
    policies.ensure_can_manage(moderator)
    now = clock.now()
    challenge = locked_row(challenge_id)
    policies.ensure_can("edit", challenge, now)
    if challenge.updated_at.isoformat() != version:
        raise ChangedMeanwhile()
    dates = dates_of(challenge)
    if policies.can("change dates", challenge, now):
        dates = checked_dates(content.dates, challenge, now)
    check_content(content)
    if challenge.is_published:
        ensure_complete(content)
    _ensure_fair(challenge, content.options)
    new = _columns(content, dates)
    changes = _changes(challenge, new)
    change_row(challenge_id, now, **new)
    if challenge.is_published and challenge.opens_at <= now:
        _note_dates(moderator, challenge, dates, now)
    changes |= put_parts(challenge_id, content)
    claim_files(moderator, challenge_id=challenge_id, sources=[content.brief])
    discard_draft(moderator, key=draft_key(challenge_id))
    record_act(moderator, "challenge edited", challenge_id, content.title, details=changes)


def _ensure_fair(challenge: Any, options: Options) -> None:
    """Raise InvalidInput where an option changes that somebody has voted under."""
    changed = [name for name in FIXED_BY_VOTES if getattr(options, name) != getattr(challenge, name)]
    if not changed:
        return
    if db.session.execute(select(Challenge.id).where(Challenge.id == challenge.id, has_votes())).first():
        raise InvalidInput(
            f"People have voted, so {FIXED_BY_VOTES[changed[0]]} cannot be changed any more",
            field=changed[0],
        )


def _note_dates(moderator: Viewer, challenge: Any, dates: Dates, now: datetime) -> None:
    """Note for the followers what an edit made of the dates of a challenge that has opened."""
    closed = challenge.closes_at is not None and challenge.closes_at <= now
    if closed and dates.closes_at is not None and dates.closes_at > now:
        news.note_reopening(challenge.id, after=dates, by=moderator.id, at=now)
    elif dates != dates_of(challenge):
        before = dates_of(challenge)
        news.note_dates(challenge.id, before=before, after=dates, by=moderator.id, at=now)


def _columns(content: Content, dates: Dates) -> dict[str, Any]:
    return {
        "title": content.title,
        "summary": content.summary,
        "brief_source": content.brief,
        "brief_html": rich_text.render(content.brief, pictures=True),
        "audience": content.audience,
        "opens_at": dates.opens_at,
        "closes_at": dates.closes_at,
        "voting_closes_at": dates.voting_closes_at,
        "sponsor_name": content.sponsor_name,
        "sponsor_role": content.sponsor_role,
        **content.options.columns(),
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
