"""Reads of what a member follows, and of what still comes by email.

What they may not see any more is not there.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import visible_to
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.extensions import db
from talking_together.following.models import ChallengeFollow, IdeaFollow
from talking_together.ideas.models import Idea
from talking_together.ideas.queries import seen_by
from talking_together.notifications.groups import NEVER, groups_for
from talking_together.notifications.kinds import EMAIL_KINDS, TABLE, email_of
from talking_together.notifications.queries import choices_of, last_stopped

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

PAGE_SIZE = 30
# More challenges than this nobody follows who has one minute.
MOST_CHALLENGES = 100


def ideas_followed(viewer: "Viewer", *, after: str | None = None, size: int = PAGE_SIZE) -> Page:
    """Return a page of the ideas that the viewer follows, the newest idea first."""
    statement = (
        select(Idea.id, Idea.title, Idea.status, IdeaFollow.since, Challenge.title.label("challenge_title"))
        .join(IdeaFollow, IdeaFollow.idea_id == Idea.id)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(IdeaFollow.member_id == viewer.id, seen_by(viewer))
        .order_by(IdeaFollow.idea_id.desc())
        .limit(size + 1)
    )
    if cursor := decode_cursor(after, (int,)):
        statement = statement.where(IdeaFollow.idea_id < cursor[0])
    rows = db.session.execute(statement).all()
    return page_of(rows, size, lambda row: encode_cursor(row.id))


def challenges_followed(viewer: "Viewer") -> Sequence[Any]:
    """Return the challenges that the viewer follows, the newest first."""
    statement = (
        select(Challenge.id, Challenge.title, Challenge.summary)
        .join(ChallengeFollow, ChallengeFollow.challenge_id == Challenge.id)
        .where(ChallengeFollow.member_id == viewer.id, visible_to(viewer))
        .order_by(Challenge.id.desc())
        .limit(MOST_CHALLENGES)
    )
    return db.session.execute(statement).all()


@dataclass(frozen=True, slots=True)
class Coming:
    """What comes to a member by email.

    `kinds` holds for each kind that can concern them whether it comes; `last_stopped` names what was
    stopped last with a link like the one in hand.
    """

    kinds: dict[str, bool]
    last_stopped: list[str]

    def of_group(self, group: str) -> tuple[int, int]:
        """Return how many kinds of a group come, and how many there are."""
        own = [comes for kind, comes in self.kinds.items() if TABLE[kind].group == group]
        return sum(own), len(own)


def get_coming(member_id: int, *, names: Collection[str]) -> Coming:
    """Return what comes to a member by email, as the link of some names shows it.

    NotFound for a member who is gone.
    """
    role = db.session.scalar(select(Member.role).where(Member.id == member_id))
    if role is None:
        raise NotFound()
    own = {group.name for group in groups_for(role)}
    choices = choices_of(member_id)
    chosen = {choice.name: choice.email for choice in choices}
    kinds = {kind: email_of(kind, chosen) != NEVER for kind in EMAIL_KINDS if TABLE[kind].group in own}
    stopped = [name for name in last_stopped(choices, names) if name in own or name in kinds]
    return Coming(kinds, stopped)
