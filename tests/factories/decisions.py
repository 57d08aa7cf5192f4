"""Decisions on ideas that have stood long enough to be told, and news of challenges."""

from datetime import timedelta
from typing import Any

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge, ChallengeNews
from talking_together.core import clock, rich_text
from talking_together.ideas.models import Idea, IdeaDecision
from talking_together.ideas.statuses import LISTED
from tests.factories.members import make_moderator
from tests.factories.rows import saved

STOOD = timedelta(minutes=5)


def make_decision(
    idea: Idea, to: str = "planned", *, by: Member | None = None, response: str = "", **values: Any
) -> IdeaDecision:
    """Return a decision of five minutes ago, with the idea moved to where it leads."""
    was = values.pop("from_status", idea.status)
    idea.status, idea.listed = to, to in LISTED
    saved(idea)
    return saved(
        IdeaDecision(
            **{
                "idea_id": idea.id,
                "from_status": was,
                "to_status": to,
                "response_source": response,
                "response_html": rich_text.render(response) if response else "",
                "decided_by": (by or make_moderator()).id,
                "at": clock.now() - STOOD,
                **values,
            }
        )
    )


def make_news(challenge: Challenge, kind: str = "dates changed", **values: Any) -> ChallengeNews:
    """Return news of five minutes ago."""
    return saved(
        ChallengeNews(
            **{
                "challenge_id": challenge.id,
                "kind": kind,
                "details": {},
                "at": clock.now() - STOOD,
                **values,
            }
        )
    )
