"""Accepting to be a co-author: nobody votes on what they wrote, so their vote goes with it."""

from typing import TYPE_CHECKING

from talking_together.ideas import co_authors
from talking_together.votes.services import withdraw_own_vote

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


def accept_co_authorship(member: "Viewer", *, idea_id: int) -> None:
    """Let the member stand beside the author who asked, and withdraw their vote under the same lock."""
    withdraw_own_vote(member, co_authors.accept(member, idea_id=idea_id))
