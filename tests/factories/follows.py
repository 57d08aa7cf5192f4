"""Who follows what."""

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.core import clock
from talking_together.following.models import ChallengeFollow, IdeaFollow
from talking_together.ideas.models import Idea
from tests.factories.rows import saved


def make_follow(member: Member, thing: Idea | Challenge) -> IdeaFollow | ChallengeFollow:
    """Let a member follow an idea or a challenge."""
    if isinstance(thing, Idea):
        return saved(IdeaFollow(idea_id=thing.id, member_id=member.id, since=clock.now()))
    return saved(ChallengeFollow(challenge_id=thing.id, member_id=member.id, since=clock.now()))
