"""What people and moderators do in the tests of merging, and what stands then."""

from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.comments.services import add_comment
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.following.models import IdeaFollow
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.merging.services import Merged, merge_ideas, undo_merge
from talking_together.votes.models import IdeaVote
from talking_together.votes.services import cast_vote
from tests.factories import make_moderator, viewer_of
from tests.factories.rows import saved


def merge(survivor: Idea, *merged: Idea, moderator: Member | None = None) -> list[Merged]:
    """Merge ideas into another as a moderator does."""
    viewer = viewer_of(moderator or make_moderator())
    ids = [idea.id for idea in merged]
    made = in_transaction(
        lambda: merge_ideas(viewer, survivor_id=survivor.id, merged_ids=ids, reason="They say the same")
    )
    db.session.expire_all()
    return made


def undo(merge_id: int, moderator: Member | None = None) -> Merged:
    """Undo a merge as a moderator does."""
    viewer = viewer_of(moderator or make_moderator())
    undone = in_transaction(lambda: undo_merge(viewer, merge_id=merge_id, reason="They differ after all"))
    db.session.expire_all()
    return undone


def vote(member: Member, idea: Idea, value: int) -> None:
    """Cast a member's vote on an idea."""
    in_transaction(lambda: cast_vote(viewer_of(member), kind="ideas", id=idea.id, value=value))
    db.session.expire_all()


def comment(member: Member, idea: Idea, parent_id: int | None = None) -> int:
    """Write a comment or a reply; return its id."""
    talked = in_transaction(
        lambda: add_comment(viewer_of(member), idea_id=idea.id, body="We tried it", parent_id=parent_id)
    )
    db.session.expire_all()
    return talked.id


def follow(member: Member, idea: Idea) -> None:
    """Let a member follow an idea from now on."""
    saved(IdeaFollow(idea_id=idea.id, member_id=member.id, since=clock.now()))


def votes_on(idea: Idea) -> dict[int, int]:
    """Return the votes on an idea by the ids of who cast them."""
    rows = select(IdeaVote.member_id, IdeaVote.value).where(IdeaVote.idea_id == idea.id)
    return dict(db.session.execute(rows).all())


def followers_of(idea: Idea) -> set[int]:
    """Return the ids of who follows an idea."""
    return set(db.session.scalars(select(IdeaFollow.member_id).where(IdeaFollow.idea_id == idea.id)))


def credited_on(idea: Idea) -> set[int]:
    """Return the ids of whom an idea credits."""
    return set(
        db.session.scalars(
            select(IdeaCoAuthor.member_id).where(
                IdeaCoAuthor.idea_id == idea.id, IdeaCoAuthor.state == "credited"
            )
        )
    )
