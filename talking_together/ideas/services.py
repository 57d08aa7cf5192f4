"""Writing ideas: what their authors do. Moderators' decisions are in `ideas.decisions`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, insert, update

from talking_together.challenges.policies import ensure_takes_ideas
from talking_together.core import clock
from talking_together.core.errors import Conflict, NotFound
from talking_together.core.statements import run
from talking_together.drafts import services as drafts
from talking_together.extensions import db
from talking_together.files.services import claim_files
from talking_together.following.services import follow_idea
from talking_together.ideas import filing, policies, ranking
from talking_together.ideas.co_author_queries import beside, carries_others_column
from talking_together.ideas.details import Details
from talking_together.ideas.locks import (
    count_idea,
    locked_challenge,
    locked_challenge_of,
    locked_idea,
)
from talking_together.ideas.mentions import Mentions, mentioned, mentions_in, tell_mentioned
from talking_together.ideas.models import Idea, IdeaRevision
from talking_together.ideas.wording import ensure_unchanged, version_of, wording
from talking_together.points import services as points
from talking_together.points.milestone_checks import ask_for_milestones

if TYPE_CHECKING:
    from datetime import datetime

    from talking_together.accounts.viewers import Viewer

UNPUBLISHED = ("draft", "waiting for approval")


class PublishedAlready(Conflict):
    """The form made an idea that others see by now; it makes no second one."""

    message = (
        "You have published this idea already. What you wrote since is still here: open your idea to"
        " change it there."
    )


@dataclass(frozen=True, slots=True)
class Written:
    """An idea that was written, where it stands, and how its author's balance moved by it."""

    id: int
    title: str
    status: str
    earned: int = 0

    @property
    def published(self) -> bool:
        """Return whether others may see it."""
        return self.status not in UNPUBLISHED


def submit_idea(
    member: "Viewer",
    *,
    challenge_id: int,
    title: str,
    body: str,
    details: Details | None = None,
    publish: bool = True,
    form_key: str = "",
) -> Written:
    """Publish a new idea, or keep it as a draft that only its author sees.

    A form that made a draft before, which `form_key` tells, goes on with that one.
    """
    challenge = locked_challenge(member, challenge_id, form_key=form_key)
    # Asked for once the lock is held: what waited past a closing time is too late.
    at = clock.now()
    if publish:
        ensure_takes_ideas(challenge, at)
    if challenge.begun_id is not None:
        sent: dict[str, Any] = {"title": title, "body": body, "details": details}
        if challenge.begun_in != challenge_id:
            # No form of ours sends its idea to another challenge than it began in.
            raise NotFound()
        return _go_on_with(member, challenge.begun_id, sent, publish=publish, form_key=form_key)
    filed = filing.filed(challenge_id, details)
    mentions = mentions_in(challenge_id, _texts(body, filed.answers))
    words = wording(title, body, filed.answers, complete=publish, mentions=mentions)
    standing = _standing(challenge, at) if publish else {"status": "draft", "listed": False}
    idea_id: int = challenge.new_id
    _insert(
        member,
        idea_id,
        challenge_id=challenge_id,
        created_at=at,
        form_key=form_key or None,
        theme_id=filed.theme_id,
        **words,
        **standing,
    )
    _write_beside(member, idea_id, words, filed)
    if standing["listed"]:
        _tell_mentioned(member, idea_id, words, mentions)
    return _sent(member, idea_id, challenge_id, words["title"], standing, co_authors_count=0)


def edit_idea(
    member: "Viewer",
    *,
    idea_id: int,
    title: str,
    body: str,
    version: str,
    details: Details | None = None,
    form_key: str = "",
    itself: bool = False,
) -> Written:
    """Change the wording; what others could read before is kept in the idea's history.

    A form that saves `itself` only ever changes drafts.
    """
    idea = locked_idea(member, idea_id, settled=True)
    at = clock.now()
    policies.ensure_can_edit(member, idea, idea, at)
    if itself and idea.status != "draft":
        raise PublishedAlready()
    published = idea.status not in UNPUBLISHED
    filed = filing.filed(idea.challenge_id, details, idea)
    mentions = mentions_in(idea.challenge_id, _texts(body, filed.answers))
    words = wording(title, body, filed.answers, complete=idea.status != "draft", mentions=mentions)
    if not filing.differs(idea, words, filed):
        return Written(idea_id, idea.title, idea.status)
    ensure_unchanged(idea, version, form_key)
    if published and _differs_to_readers(idea, words):
        _keep_revision(member, idea, at)
    _update(idea_id, **words, theme_id=filed.theme_id, form_key=form_key or idea.form_key, edited_at=at)
    _write_beside(member, idea_id, words, filed)
    if published:
        _tell_mentioned(member, idea_id, words, mentions)
    if idea.status != "draft":
        drafts.discard_draft(member, key=kept_key(idea_id))
    return Written(idea_id, words["title"], idea.status)


def publish_draft(
    member: "Viewer",
    *,
    idea_id: int,
    title: str | None = None,
    body: str | None = None,
    version: str | None = None,
    details: Details | None = None,
    form_key: str = "",
) -> Written:
    """Publish a draft as it was saved, or with the words that are given."""
    challenge = locked_challenge_of(member, idea_id)
    idea = locked_idea(member, idea_id)
    at = clock.now()
    policies.ensure_can_publish(member, idea, idea, at)
    if version is not None:
        ensure_unchanged(idea, version, form_key)
    filed = filing.filed(idea.challenge_id, details, idea)
    body = idea.body_source if body is None else body
    mentions = mentions_in(idea.challenge_id, _texts(body, filed.answers))
    words = wording(
        idea.title if title is None else title, body, filed.answers, complete=True, mentions=mentions
    )
    standing = _standing(challenge, at)
    _update(idea_id, **words, **standing, theme_id=filed.theme_id, edited_at=None)
    _write_beside(member, idea_id, words, filed)
    if standing["listed"]:
        _tell_mentioned(member, idea_id, words, mentions)
    count = idea.co_authors_count
    return _sent(member, idea_id, idea.challenge_id, words["title"], standing, co_authors_count=count)


def withdraw_idea(member: "Viewer", *, idea_id: int) -> Written:
    """Take an idea out of the lists, and take back what publishing it earned."""
    # No merge comes in between: it waits for the challenge too.
    locked_challenge_of(member, idea_id)
    idea = locked_idea(member, idea_id, more=[carries_others_column()])
    policies.ensure_can_withdraw(member, idea, idea, clock.now())
    _update(idea_id, status="withdrawn", listed=False)
    count_idea(idea.challenge_id, -1, answered=idea.idea_answered_at is not None)
    moved = points.take_back(earned_keys(idea_id))
    if not moved:
        ask_for_milestones([member.id])
    return Written(idea_id, idea.title, "withdrawn", moved.get(member.id, 0))


def restore_idea(member: "Viewer", *, idea_id: int) -> Written:
    """Bring back an idea that its author withdrew; it earns nothing a second time."""
    locked_challenge_of(member, idea_id)
    idea = locked_idea(member, idea_id)
    policies.ensure_can_restore(member, idea, idea, clock.now())
    _update(idea_id, status="new", listed=True)
    count_idea(idea.challenge_id, 1, answered=idea.idea_answered_at is not None)
    ask_for_milestones([member.id])
    return Written(idea_id, idea.title, "new")


def discard_draft(member: "Viewer", *, idea_id: int) -> Written:
    """Delete a draft, which nobody but its author ever saw."""
    idea = locked_idea(member, idea_id)
    policies.ensure_can_discard(member, idea, idea, clock.now())
    db.session.execute(delete(Idea).where(Idea.id == idea_id).execution_options(synchronize_session=False))
    return Written(idea_id, idea.title, "draft")


def earned_keys(idea_id: int) -> list[str]:
    """Return the keys of what an idea earns by being shared and by where it comes to stand."""
    return [f"idea {event}:idea:{idea_id}" for event in ("published", "shortlisted", "done")]


def kept_key(idea_id: int) -> str:
    """Return the key under which changes to a published idea are kept while they are typed."""
    return f"idea-edit:{idea_id}"


def _go_on_with(
    member: "Viewer", idea_id: int, sent: dict[str, Any], *, publish: bool, form_key: str
) -> Written:
    """Go on with what the form began: it was sent twice, or the answer to a save was lost."""
    idea = locked_idea(member, idea_id)
    if idea.status == "draft":
        save = publish_draft if publish else edit_idea
        return save(member, idea_id=idea_id, version=version_of(idea), form_key=form_key, **sent)
    filed = filing.filed(idea.challenge_id, sent["details"], idea)
    words = wording(sent["title"], sent["body"], filed.answers, complete=True)
    if filing.differs(idea, words, filed):
        raise PublishedAlready()
    return Written(idea_id, idea.title, idea.status)


def _insert(member: "Viewer", idea_id: int, **values: Any) -> None:
    own = {"id": idea_id, "author_id": member.id, "shuffle_key": ranking.shuffle_key_of(idea_id)}
    run(_INSERTING, {**own, **values})


_INSERTING = insert(Idea.__table__)  # type: ignore[arg-type]


def published(at: "datetime") -> dict[str, Any]:
    """Return the columns of an idea that others see from now on."""
    return {
        "status": "new",
        "listed": True,
        "published_at": at,
        "trending": ranking.trending_of(1.0, at),
    }


def _standing(challenge: Row[Any], at: "datetime") -> dict[str, Any]:
    if challenge.needs_approval:
        return {"status": "waiting for approval", "listed": False}
    return published(at)


def _sent(
    member: "Viewer",
    idea_id: int,
    challenge_id: int,
    title: str,
    standing: dict[str, Any],
    *,
    co_authors_count: int,
) -> Written:
    """Count a published idea and enter what it earns; return what was written."""
    earned = 0
    if standing["listed"]:
        earned = became_public(idea_id, challenge_id, member.id, co_authors_count)
    return Written(idea_id, title, standing["status"], earned)


def _texts(body: str, answers: Iterable[Mapping[str, Any]]) -> list[str]:
    return [body, *(answer["source"] for answer in answers)]


def _tell_mentioned(member: "Viewer", idea_id: int, words: dict[str, Any], mentions: Mentions) -> None:
    ids = mentioned(_texts(words["body_source"], words["answers"]), mentions)
    tell_mentioned(member.id, ids, idea_id=idea_id)


def _write_beside(member: "Viewer", idea_id: int, words: dict[str, Any], filed: filing.Filed) -> None:
    """Write the tags, and let the pictures in the text be the idea's."""
    filing.write_tags(idea_id, filed.tags, before=filed.tags_before)
    claim_files(member, idea_id=idea_id, sources=[words["body_source"]])


def _differs_to_readers(idea: Row[Any], words: dict[str, Any]) -> bool:
    return any(words[name] != getattr(idea, name) for name in ("title", "body_source", "answers"))


def _keep_revision(member: "Viewer", idea: Row[Any], at: "datetime") -> None:
    db.session.execute(
        insert(IdeaRevision).values(
            idea_id=idea.id,
            title=idea.title,
            body_source=idea.body_source,
            body_html=idea.body_html,
            answers=idea.answers,
            replaced_by=member.id,
            replaced_at=at,
        )
    )


def became_public(idea_id: int, challenge_id: int, author_id: int | None, co_authors_count: int) -> int:
    """Count an idea that others see from now on; return what it earned its author, who follows it."""
    count_idea(challenge_id, 1, answered=False)
    if author_id is None:
        return 0
    follow_idea(author_id, idea_id=idea_id)
    key = f"idea published:idea:{idea_id}"
    with_them = beside([idea_id])[idea_id] if co_authors_count else []
    award = points.Award("idea published", author_id, key, idea_id)
    earned = points.award_many(points.shared(award, with_them)).get(author_id, 0)
    if not earned:
        # The ledger, which asks by itself, was told nothing of them.
        ask_for_milestones([author_id], are_held=True)
    return earned


def _update(idea_id: int, **values: Any) -> None:
    db.session.execute(
        update(Idea).where(Idea.id == idea_id).values(**values).execution_options(synchronize_session=False)
    )
