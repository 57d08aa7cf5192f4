"""Challenges in any stage."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from talking_together.challenges.models import (
    Challenge,
    ChallengeGroup,
    ChallengeOrganisation,
    ChallengePrompt,
    ChallengeTheme,
)
from talking_together.core import clock, rich_text
from talking_together.organisations.models import Organisation, StaffGroup
from tests.factories.rows import next_number, saved

# What sets a challenge apart in each stage, in days from now.
STAGES: dict[str, dict[str, int | bool]] = {
    "draft": {"is_published": False, "opens_at": 1, "closes_at": 22},
    "scheduled": {"opens_at": 1, "closes_at": 22},
    "open": {"opens_at": -7, "closes_at": 14},
    "voting only": {"opens_at": -21, "closes_at": -1, "voting_closes_at": 7},
    "paused": {"opens_at": -7, "closes_at": 14, "paused_at": -1},
    "in review": {"opens_at": -28, "closes_at": -7},
    "answered": {"opens_at": -60, "closes_at": -30, "answered_at": -7},
    "archived": {"opens_at": -90, "closes_at": -60, "answered_at": -30, "archived_at": -7},
}


def make_challenge(
    stage: str = "open",
    *,
    organisations: Iterable[Organisation] = (),
    groups: Iterable[StaffGroup] = (),
    **values: Any,
) -> Challenge:
    """Return a challenge in the stage, put to the organisations and groups or to everyone."""
    organisations, groups = list(organisations), list(groups)
    number, now = next_number(), clock.now()
    brief = values.pop("brief_source", "People wait for a bed that is free. **What would help?**")
    dates = {
        name: value if isinstance(value, bool) else now + timedelta(days=value)
        for name, value in STAGES[stage].items()
    }
    challenge = saved(
        Challenge(
            **{
                "title": f"How do we get people home sooner? Question {number}",
                "summary": "People who are well enough to go home often wait for days.",
                "brief_source": brief,
                "brief_html": rich_text.render(brief),
                "audience": "chosen" if organisations or groups else "everyone",
                "is_published": True,
                "created_at": now - timedelta(days=100),
                "updated_at": now - timedelta(days=100),
                **dates,
                **values,
            }
        )
    )
    for organisation in organisations:
        saved(ChallengeOrganisation(challenge_id=challenge.id, organisation_id=organisation.id))
    for group in groups:
        saved(ChallengeGroup(challenge_id=challenge.id, group_id=group.id))
    return challenge


def make_prompt(challenge: Challenge, words: str = "Who would it help?", place: int = 1) -> ChallengePrompt:
    """Return a question that shapes the form of an idea."""
    return saved(ChallengePrompt(challenge_id=challenge.id, place=place, words=words))


def make_theme(challenge: Challenge, name: str = "Transport") -> ChallengeTheme:
    """Return something that ideas of the challenge are filed under."""
    return saved(ChallengeTheme(challenge_id=challenge.id, name=name))
