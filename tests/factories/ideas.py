"""Ideas in any status."""

from datetime import timedelta
from typing import Any

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.core import clock, rich_text
from talking_together.ideas import ranking
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.ideas.policies import BESIDE
from talking_together.ideas.statuses import LISTED
from tests.factories.challenges import make_challenge
from tests.factories.members import make_member
from tests.factories.rows import next_number, saved


def make_idea(challenge: Challenge | None = None, author: Member | None = None, **values: Any) -> Idea:
    """Return an idea published a day ago in an open challenge, unless the values say otherwise."""
    challenge = challenge or make_challenge()
    if "author_id" not in values:
        values["author_id"] = (author or make_member()).id
    status = values.get("status", "new")
    body = values.pop("body_source", "Pharmacy sees the list **before** the morning round.")
    at = clock.now() - timedelta(days=1)
    up, down = values.get("up_count", 0), values.get("down_count", 0)
    published_at = values.pop("published_at", None if status == "draft" else at)
    idea = Idea(
        **{
            "challenge_id": challenge.id,
            "title": f"Order medicines to take home the day before, plan {next_number()}",
            "body_source": body,
            "body_html": rich_text.render(body),
            "excerpt": rich_text.excerpt_of(body),
            "status": status,
            "listed": status in LISTED,
            "created_at": published_at or at,
            "published_at": published_at,
            "votes_count": up + down,
            "wilson": ranking.wilson_lower_bound(up, down),
            "activity": 1.0,
            "trending": ranking.trending_of(1.0, published_at) if published_at else 0.0,
            **values,
        }
    )
    saved(idea)
    idea.shuffle_key = ranking.shuffle_key_of(idea.id)
    if idea.listed:
        challenge.ideas_count = challenge.ideas_count + 1
    return saved(idea)


def make_co_author(
    idea: Idea, member: Member | None = None, state: str = "accepted", **values: Any
) -> Member:
    """Let a member stand beside the author of an idea, or be asked to; return the member."""
    member = member or make_member()
    standing = {"state": state, "asked_at": clock.now(), "settled_at": clock.now(), **values}
    saved(IdeaCoAuthor(idea_id=idea.id, member_id=member.id, **standing))
    if state in BESIDE:
        idea.co_authors_count = idea.co_authors_count + 1
        saved(idea)
    return member
