"""Merges and proposals, made as moderators and members make them."""

from talking_together.accounts.models import Member
from talking_together.core.commits import in_transaction
from talking_together.ideas.models import Idea
from talking_together.merging.proposals import propose_merge
from talking_together.merging.services import merge_ideas
from tests.factories.challenges import make_challenge
from tests.factories.ideas import make_idea
from tests.factories.members import make_member, make_moderator, viewer_of


def make_pair() -> tuple[Idea, Idea]:
    """Return two ideas of one challenge."""
    challenge = make_challenge()
    return make_idea(challenge), make_idea(challenge)


def make_merge(pair: tuple[Idea, Idea] | None = None, moderator: Member | None = None) -> int:
    """Merge the second idea of a pair into the first; return the merge's id."""
    kept, gone = pair or make_pair()
    viewer = viewer_of(moderator or make_moderator())
    made = in_transaction(
        lambda: merge_ideas(viewer, survivor_id=kept.id, merged_ids=[gone.id], reason="They say the same")
    )
    return made[0].id


def make_proposal(pair: tuple[Idea, Idea] | None = None, member: Member | None = None) -> int:
    """Propose that a pair be merged; return the proposal's id."""
    one, other = pair or make_pair()
    viewer = viewer_of(member or make_member())
    return in_transaction(
        lambda: propose_merge(viewer, idea_id=one.id, other_id=other.id, why="Both are about the pharmacy")
    ).id
