"""The page that finds things, and the ideas that are like one being written."""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.challenges.queries import get_challenge
from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.search import queries
from talking_together.search.filters import FOUND_STATUSES, Filters, filters_in
from talking_together.search.similar import similar_ideas
from talking_together.search.words import words_asked

blueprint = Blueprint("search", __name__)

# The words of each choice on the page.
KINDS = {"challenge": "Challenges", "idea": "Ideas", "comment": "Comments"}
KINDS_ONE = {"challenge": "Challenge", "idea": "Idea", "comment": "Comment"}
SINCE = {"week": "The last week", "month": "The last month", "year": "The last year"}
# Fewer letters than this say nothing of an idea.
LEAST_TYPED = 8
MOST_TYPED = 300


@blueprint.get("/search")
@access("staff")
def search() -> ResponseReturnValue:
    """Show what was found of what the member may see, the best first."""
    typed, after, now = request.args.get("q", ""), request.args.get("after"), clock.now()
    filters, asked = filters_in(request.args), words_asked(typed)
    choices = queries.choices_for(viewer(), filters)
    results = None
    if asked:
        results = queries.results_for(viewer(), asked, filters=filters, choices=choices, after=after, at=now)
    shown = "".join(filter(str.isprintable, typed))[: queries.MOST_SHOWN].strip()
    return render_template(
        "search/search.html",
        typed=shown,
        asked=asked,
        filters=filters,
        choices=choices,
        results=results,
        after=after,
        links=_Links(shown, filters),
        kinds=KINDS,
        kinds_one=KINDS_ONE,
        statuses=[(status, status.capitalize()) for status in FOUND_STATUSES],
        since=SINCE,
    )


class _Links:
    """The addresses of other searches that differ from this one in one thing."""

    def __init__(self, typed: str, filters: Filters) -> None:
        self._parts = {"q": typed, **filters.parts()}

    def having(self, **changed: str) -> str:
        """Return the address with some parts changed; an empty one is left out."""
        parts = {name: value for name, value in {**self._parts, **changed}.items() if value}
        return f"/search?{urlencode(parts)}"

    def only_words(self) -> str:
        """Return the address of the same words without filters."""
        return f"/search?{urlencode({'q': self._parts['q']})}"


@blueprint.get("/challenges/<int:challenge_id>/ideas/similar")
@access("staff")
def similar(challenge_id: int) -> ResponseReturnValue:
    """Return the ideas of a challenge that are like a title being typed, as part of its form."""
    now = clock.now()
    challenge = get_challenge(viewer(), challenge_id, at=now)
    title = request.args.get("title", "")[:MOST_TYPED]
    alike = []
    if len(title.strip()) >= LEAST_TYPED:
        alike = similar_ideas(viewer(), challenge.id, title=title, at=now)
    seen = "yes" if any(each.is_very for each in alike) else ""
    return render_template("search/similar.html", alike=alike, fragment=True, seen=seen)
