"""Writing ideas: what their authors do. Moderators' decisions are in `ideas.decisions`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, insert, update

from talking_together.challenges.policies import ensure_takes_ideas
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.files.services import claim_files
from talking_together.following.services import follow_idea
from talking_together.ideas import policies, ranking
from talking_together.ideas.locks import (
    count_idea,
    locked_challenge,
    locked_challenge_of,
    locked_idea,
)
from talking_together.ideas.models import Idea, IdeaRevision
from talking_together.ideas.wording import ensure_unchanged, wording
from talking_together.points import services as points

if TYPE_CHECKING:
    from datetime import datetime

    from talking_together.accounts.viewers import Viewer


@dataclass(frozen=True, slots=True)
class Written:
    """An idea that was written, and how its author's balance moved by it."""

    id: int
    title: str
    published: bool
    earned: int = 0


def submit_idea(
    member: "Viewer", *, challenge_id: int, title: str, body: str, publish: bool = True
) -> Written:
    """Publish a new idea, or keep it as a draft that only its author sees."""
    challenge = locked_challenge(member, challenge_id)
    # Asked for once the lock is held: what waited past a closing time is too late.
    at = clock.now()
    if publish:
        ensure_takes_ideas(challenge, at)
    words = wording(title, body, complete=publish)
    idea_id = _insert(member, challenge_id, words, at, publish)
    if publish:
        count_idea(challenge_id, 1, answered=False)
    return Written(idea_id, words["title"], publish, _award(member, idea_id) if publish else 0)


def edit_idea(member: "Viewer", *, idea_id: int, title: str, body: str, version: str) -> Written:
    """Change the wording; what others could read before is kept in the idea's history."""
    idea = locked_idea(member, idea_id)
    at = clock.now()
    policies.ensure_can_edit(member, idea, idea, at)
    ensure_unchanged(idea, version)
    published = idea.status != "draft"
    words = wording(title, body, complete=published)
    if (words["title"], words["body_source"]) == (idea.title, idea.body_source):
        return Written(idea_id, idea.title, published)
    if published:
        _keep_revision(idea, at)
    _update(idea_id, **words, edited_at=at)
    claim_files(member, idea_id=idea_id, sources=[words["body_source"]])
    return Written(idea_id, words["title"], published)


def publish_draft(
    member: "Viewer",
    *,
    idea_id: int,
    title: str | None = None,
    body: str | None = None,
    version: str | None = None,
) -> Written:
    """Publish a draft as it was saved, or with the words that are given."""
    locked_challenge_of(member, idea_id)
    idea = locked_idea(member, idea_id)
    at = clock.now()
    policies.ensure_can_publish(member, idea, idea, at)
    if version is not None:
        ensure_unchanged(idea, version)
    words = wording(
        idea.title if title is None else title,
        idea.body_source if body is None else body,
        complete=True,
    )
    _update(idea_id, **words, **_published(at), edited_at=None)
    claim_files(member, idea_id=idea_id, sources=[words["body_source"]])
    count_idea(idea.challenge_id, 1, answered=False)
    return Written(idea_id, words["title"], True, _award(member, idea_id))


def withdraw_idea(member: "Viewer", *, idea_id: int) -> Written:
    """Take an idea out of the lists, and take back what publishing it earned."""
    locked_challenge_of(member, idea_id)
    idea = locked_idea(member, idea_id)
    policies.ensure_can_withdraw(member, idea, idea, clock.now())
    _update(idea_id, status="withdrawn", listed=False)
    count_idea(idea.challenge_id, -1, answered=idea.idea_answered_at is not None)
    moved = points.take_back(earned_keys(idea_id))
    return Written(idea_id, idea.title, True, moved.get(member.id, 0))


def restore_idea(member: "Viewer", *, idea_id: int) -> Written:
    """Bring back an idea that its author withdrew; it earns nothing a second time."""
    locked_challenge_of(member, idea_id)
    idea = locked_idea(member, idea_id)
    policies.ensure_can_restore(member, idea, idea, clock.now())
    _update(idea_id, status="new", listed=True)
    count_idea(idea.challenge_id, 1, answered=idea.idea_answered_at is not None)
    return Written(idea_id, idea.title, True)


def discard_draft(member: "Viewer", *, idea_id: int) -> Written:
    """Delete a draft, which nobody but its author ever saw."""
    idea = locked_idea(member, idea_id)
    policies.ensure_can_discard(member, idea, idea, clock.now())
    db.session.execute(delete(Idea).where(Idea.id == idea_id).execution_options(synchronize_session=False))
    return Written(idea_id, idea.title, False)


def earned_keys(idea_id: int) -> list[str]:
    """Return the keys of what an idea earns while it is listed."""
    return [f"idea published:idea:{idea_id}", f"idea shortlisted:idea:{idea_id}"]


def _insert(member: "Viewer", challenge_id: int, words: dict[str, Any], at: "datetime", publish: bool) -> int:
    standing = _published(at) if publish else {"status": "draft", "listed": False}
    idea_id: int = db.session.execute(
        insert(Idea)
        .values(challenge_id=challenge_id, author_id=member.id, created_at=at, **words, **standing)
        .returning(Idea.id)
    ).scalar_one()
    _update(idea_id, shuffle_key=ranking.shuffle_key_of(idea_id))
    claim_files(member, idea_id=idea_id, sources=[words["body_source"]])
    return idea_id


def _published(at: "datetime") -> dict[str, Any]:
    return {
        "status": "new",
        "listed": True,
        "published_at": at,
        "trending": ranking.trending_of(1.0, at),
    }


def _keep_revision(idea: Row[Any], at: "datetime") -> None:
    db.session.execute(
        insert(IdeaRevision).values(
            idea_id=idea.id,
            title=idea.title,
            body_source=idea.body_source,
            body_html=idea.body_html,
            replaced_at=at,
        )
    )


def _award(member: "Viewer", idea_id: int) -> int:
    """Give what a published idea earns, and let its author follow what becomes of it."""
    follow_idea(member.id, idea_id=idea_id)
    return points.award(
        "idea published",
        member_id=member.id,
        key=f"idea published:idea:{idea_id}",
        idea_id=idea_id,
    )


def _update(idea_id: int, **values: Any) -> None:
    db.session.execute(
        update(Idea).where(Idea.id == idea_id).values(**values).execution_options(synchronize_session=False)
    )
