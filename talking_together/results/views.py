"""The page of results that the audience of a challenge reads."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.challenges.queries import get_challenge
from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.addresses import Slugged
from talking_together.core.formatting import challenge_path
from talking_together.results.queries import get_published, result_ideas

blueprint = Blueprint("results", __name__)


@blueprint.get("/challenges/<slugged:ref>/results")
@access("staff")
def challenge_results(ref: Slugged) -> ResponseReturnValue:
    """Show what came of a challenge, once that is published."""
    now = clock.now()
    challenge = get_challenge(viewer(), ref.id, at=now)
    results = get_published(challenge.id, at=now)
    path = f"{challenge_path(challenge)}/results"
    if request.path != path:
        return redirect(path, 301)
    return render_template(
        "results/results.html",
        challenge=challenge,
        results=results,
        figures=results.figures,
        lists=result_ideas(challenge.id),
    )
