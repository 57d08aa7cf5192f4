"""Writing the results of a challenge, publishing them, taking them back."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from talking_together.audit.services import record
from talking_together.challenges.models import Challenge
from talking_together.challenges.policies import ensure_can_manage
from talking_together.challenges.queries import MAX_ID
from talking_together.core import clock, rich_text
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.drafts.services import discard_draft
from talking_together.extensions import db
from talking_together.results import policies
from talking_together.results.content import Content, Entry, Facts, filled_from
from talking_together.results.models import (
    LISTS,
    SECTIONS,
    ChallengeResultIdea,
    ChallengeResults,
    ChallengeResultSection,
)
from talking_together.results.queries import Stored, facts_of, figures_now, find_stored, idea_facts

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

FURTHEST = timedelta(days=365)


class ResultsChangedMeanwhile(Conflict):
    """Someone else saved the results after this person opened the editor."""

    message = (
        "Someone else changed these results while you were writing. Your text is still here: compare "
        "it with the saved version, then save again to replace that."
    )


def draft_key(challenge_id: int) -> str:
    """Return the key under which the editor of a challenge's results keeps itself."""
    return f"results:{challenge_id}"


def save_results(moderator: "Viewer", *, challenge_id: int, version: str, content: Content) -> bool:
    """Keep the words and lists; return whether readers see a correction by it."""
    challenge, now = _locked(moderator, challenge_id), clock.now()
    policies.ensure_can_write(moderator, challenge, now)
    stored = find_stored(challenge_id)
    if version != (stored.version if stored else ""):
        raise ResultsChangedMeanwhile()
    discard_draft(moderator, key=draft_key(challenge_id))
    if stored and _same(stored.content, content):
        return False
    facts = facts_of(challenge_id)
    corrects = stored is not None and policies.is_out(stored.published_at, now)
    _write(moderator, challenge_id, stored, content, facts, corrected_at=now if corrects else None)
    if corrects:
        _record(moderator, "results corrected", challenge)
    return corrects


def publish_results(
    moderator: "Viewer", *, challenge_id: int, version: str, at: datetime | None = None
) -> datetime:
    """Count, and let the audience see what was saved from a moment on; return that moment."""
    challenge, now = _locked(moderator, challenge_id), clock.now()
    policies.ensure_can_publish(moderator, challenge, now)
    stored = find_stored(challenge_id)
    if stored is None:
        raise Conflict("Save the results before you publish them.")
    if version != stored.version:
        raise ResultsChangedMeanwhile()
    if policies.is_out(stored.published_at, now):
        raise Conflict("These results are out already.")
    if at is not None and at > now + FURTHEST:
        raise InvalidInput("The day must be within the next year", field="published_at")
    if at is not None and at < now - timedelta(minutes=1):
        raise InvalidInput("The time must be in the future", field="published_at")
    moment = max(at or now, now)
    db.session.execute(
        update(ChallengeResults)
        .where(ChallengeResults.challenge_id == challenge_id)
        .values(
            figures=figures_now(challenge_id).kept(),
            counted_at=now,
            published_at=moment,
            updated_at=now,
            author_id=moderator.id,
        )
        .execution_options(synchronize_session=False)
    )
    _count_ideas(challenge_id)
    _record(moderator, "results published", challenge, {"at": moment.isoformat()})
    return moment


def take_back_results(moderator: "Viewer", *, challenge_id: int) -> None:
    """Keep results from coming out that wait for their moment."""
    challenge, now = _locked(moderator, challenge_id), clock.now()
    stored = find_stored(challenge_id)
    policies.ensure_can_take_back(moderator, stored.published_at if stored else None, now)
    db.session.execute(
        update(ChallengeResults)
        .where(ChallengeResults.challenge_id == challenge_id)
        .values(figures={}, counted_at=None, published_at=None, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    _record(moderator, "results taken back", challenge)


def record_export(moderator: "Viewer", *, challenge: Any, format: str) -> None:
    """Note who downloaded a challenge."""
    ensure_can_manage(moderator)
    _record(moderator, "challenge exported", challenge, {"format": format})


def _locked(moderator: "Viewer", challenge_id: int) -> Any:
    ensure_can_manage(moderator)
    if challenge_id > MAX_ID:
        raise NotFound()
    row = db.session.execute(
        locked(select(*Challenge.__table__.c).where(Challenge.id == challenge_id))
    ).first()
    if row is None:
        raise NotFound()
    return row


def _same(stored: Content, content: Content) -> bool:
    return {name: (each.source, each.replaced) for name, each in stored.sections.items()} == {
        name: (each.source, each.replaced) for name, each in content.sections.items()
    } and all(
        [replace(entry, filled="") for entry in stored.lists.get(name, ())]
        == [replace(entry, filled="") for entry in content.lists.get(name, ())]
        for name in LISTS
    )


def _write(
    moderator: "Viewer",
    challenge_id: int,
    stored: Stored | None,
    content: Content,
    facts: Facts,
    *,
    corrected_at: datetime | None,
) -> None:
    now = clock.now()
    values: dict[str, Any] = {"author_id": moderator.id, "updated_at": now}
    if corrected_at:
        values["corrected_at"] = corrected_at
    if stored is None:
        db.session.execute(insert(ChallengeResults).values(challenge_id=challenge_id, figures={}, **values))
    else:
        db.session.execute(
            update(ChallengeResults)
            .where(ChallengeResults.challenge_id == challenge_id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
    counted = _counted(challenge_id) if stored and stored.published_at else {}
    for model in (ChallengeResultSection, ChallengeResultIdea):
        db.session.execute(
            delete(model)
            .where(model.challenge_id == challenge_id)
            .execution_options(synchronize_session=False)
        )
    _insert_sections(challenge_id, stored, content, facts)
    _insert_entries(challenge_id, stored, content, facts, counted)


def _insert_sections(challenge_id: int, stored: Stored | None, content: Content, facts: Facts) -> None:
    fresh = filled_from(facts).sections
    rows = []
    for name in SECTIONS:
        section = content.sections[name]
        filled = stored.content.sections[name].filled if stored else fresh[name].source
        rows.append(
            {
                "challenge_id": challenge_id,
                "section": name,
                "source": section.source,
                "html": rich_text.render(section.source),
                "filled": fresh[name].source if section.source == fresh[name].source else filled,
                "replaced": section.replaced,
            }
        )
    db.session.execute(insert(ChallengeResultSection), rows)


def _insert_entries(
    challenge_id: int,
    stored: Stored | None,
    content: Content,
    facts: Facts,
    counted: dict[tuple[str, int], dict[str, Any]],
) -> None:
    fresh = {(name, idea.id): idea for name, ideas in facts.lists.items() for idea in ideas}
    filled = {
        (name, entry.idea_id): entry.filled
        for name, entries in (stored.content.lists.items() if stored else ())
        for entry in entries
    }
    known = idea_facts(challenge_id, {entry.idea_id for each in content.lists.values() for entry in each})
    rows = []
    for name in LISTS:
        for place, entry in enumerate(_once(content.lists.get(name, ())), start=1):
            idea, key = known.get(entry.idea_id), (name, entry.idea_id)
            if idea is None:
                # Withdrawn or hidden since, or never of this challenge.
                continue
            response = fresh[key].response if key in fresh and name != "supported" else ""
            rows.append(
                {
                    "challenge_id": challenge_id,
                    "list": name,
                    "idea_id": entry.idea_id,
                    "place": place,
                    "shown": entry.shown,
                    "source": entry.source,
                    "html": rich_text.render(entry.source),
                    "filled": entry.source if entry.source == response else filled.get(key, response),
                    "by_whom": entry.by_whom,
                    "by_when": entry.by_when,
                    **(counted.get(key) or _counts(idea)),
                }
            )
    if rows:
        db.session.execute(insert(ChallengeResultIdea), rows)


def _once(entries: tuple[Entry, ...]) -> list[Entry]:
    return list({entry.idea_id: entry for entry in entries}.values())


def _counts(idea: Any) -> dict[str, Any]:
    return {name: getattr(idea, name) for name in ("status", "up_count", "down_count", "comments_count")}


def _counted(challenge_id: int) -> dict[tuple[str, int], dict[str, Any]]:
    """Return the counts of the ideas as they were when the results were published."""
    rows = db.session.execute(
        select(*ChallengeResultIdea.__table__.c).where(ChallengeResultIdea.challenge_id == challenge_id)
    )
    return {(row.list, row.idea_id): _counts(row) for row in rows}


def _count_ideas(challenge_id: int) -> None:
    rows = db.session.execute(
        select(ChallengeResultIdea.list, ChallengeResultIdea.idea_id).where(
            ChallengeResultIdea.challenge_id == challenge_id
        )
    ).all()
    known = idea_facts(challenge_id, {row.idea_id for row in rows})
    for row in rows:
        if row.idea_id in known:
            db.session.execute(
                update(ChallengeResultIdea)
                .where(
                    ChallengeResultIdea.challenge_id == challenge_id,
                    ChallengeResultIdea.list == row.list,
                    ChallengeResultIdea.idea_id == row.idea_id,
                )
                .values(**_counts(known[row.idea_id]))
                .execution_options(synchronize_session=False)
            )


def _record(moderator: "Viewer", action: str, challenge: Any, details: dict[str, Any] | None = None) -> None:
    record(
        moderator,
        action,
        subject_type="challenge",
        subject_id=challenge.id,
        subject_label=challenge.title,
        details=details,
    )
