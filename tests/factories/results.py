"""Results of challenges, published an hour ago."""

from datetime import timedelta
from typing import Any

from talking_together.challenges.models import Challenge
from talking_together.core import clock, rich_text
from talking_together.results.figures import Figures
from talking_together.results.models import SECTIONS, ChallengeResults, ChallengeResultSection
from tests.factories.rows import saved


def make_results(challenge: Challenge, **values: Any) -> ChallengeResults:
    """Return the results of a challenge, out since an hour ago unless the values say otherwise."""
    at = clock.now() - timedelta(hours=1)
    results = saved(
        ChallengeResults(
            **{
                "challenge_id": challenge.id,
                "updated_at": at,
                "figures": Figures(12, (), 0, 3, 4, 50).kept(),
                "counted_at": at,
                "published_at": at,
                **values,
            }
        )
    )
    for section in SECTIONS:
        words = f"Words on what was {section}."
        saved(
            ChallengeResultSection(
                challenge_id=challenge.id, section=section, source=words, html=rich_text.render(words)
            )
        )
    return results
