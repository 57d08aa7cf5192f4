"""Votes, with the counts that go with them."""

from talking_together.accounts.models import Member
from talking_together.comments.models import Comment
from talking_together.core import clock
from talking_together.ideas import ranking
from talking_together.ideas.models import Idea
from talking_together.votes.models import CommentVote, IdeaVote
from tests.factories.members import make_member
from tests.factories.rows import saved


def make_vote(thing: Idea | Comment, member: Member | None = None, value: int = 1) -> IdeaVote | CommentVote:
    """Return a vote on an idea or comment, counted on it; a thumb up unless the value is -1."""
    member = member or make_member()
    if value == 1:
        thing.up_count = thing.up_count + 1
    else:
        thing.down_count = thing.down_count + 1
    if isinstance(thing, Idea):
        thing.votes_count = thing.up_count + thing.down_count
        thing.wilson = ranking.wilson_lower_bound(thing.up_count, thing.down_count)
        saved(thing)
        return saved(IdeaVote(idea_id=thing.id, member_id=member.id, value=value, cast_at=clock.now()))
    saved(thing)
    return saved(CommentVote(comment_id=thing.id, member_id=member.id, value=value, cast_at=clock.now()))
