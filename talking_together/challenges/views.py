"""The pages on which members find a challenge and its ideas."""

from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.challenges import queries
from talking_together.challenges.around import Around, get_with_around
from talking_together.challenges.timeline import now_and_next, steps_of
from talking_together.challenges.voting import ranks_hidden, when_shown
from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.addresses import Slugged
from talking_together.core.errors import NotFound
from talking_together.core.formatting import challenge_path
from talking_together.ideas.queries import ideas_in

blueprint = Blueprint("challenges", __name__)

ORDERS = {
    "trending": "Trending",
    "top": "Top",
    "new": "New",
    "discussed": "Discussed",
    "needs-votes": "Needs votes",
}
# While the counts are hidden, an order by votes would tell of them.
ORDERS_WITHOUT_COUNTS = {"shuffled": "Shuffled", "new": "New", "discussed": "Discussed"}


@blueprint.get("/challenges")
@access("staff")
def challenges() -> ResponseReturnValue:
    """Show the challenges put to the member: open ones, then closed ones, or the archive."""
    now, after = clock.now(), request.args.get("after")
    show = request.args.get("show")
    if show not in (None, "archived"):
        raise NotFound()
    if show == "archived":
        page = queries.archived_challenges(viewer(), after=after, at=now)
        return render_template("challenges/archive.html", page=page, after=after)
    live = [] if after else queries.live_challenges(viewer(), at=now)
    page = queries.closed_challenges(viewer(), after=after, at=now)
    return render_template("challenges/challenges.html", live=live, page=page, after=after)


@blueprint.get("/challenges/<slugged:ref>")
@access("staff")
def challenge(ref: Slugged) -> ResponseReturnValue:
    """Show a challenge: the question, what to do next, and its ideas in the chosen order."""
    now = clock.now()
    found, beside = get_with_around(viewer(), ref.id, at=now)
    path = challenge_path(found)
    if request.path != path:
        query = request.query_string.decode("ascii", "ignore")
        return redirect(f"{path}?{query}" if query else path, 301)
    orders, order, after = _orders(found, now)
    theme = _theme_in(beside)
    page = ideas_in(viewer(), found, order=order, after=after, theme_id=theme, at=now)
    return render_template(
        "challenges/challenge.html",
        challenge=found,
        around=beside,
        steps=steps_of(found, now),
        now_and_next=now_and_next(found),
        page=page,
        order=order,
        orders=orders,
        counts_words=when_shown(viewer(), found, now),
        theme=theme,
        in_theme=f"&theme={theme}" if theme else "",
        after=after,
        next_url=page.next_cursor and _ideas_url(path, order, theme, page.next_cursor),
    )


def _orders(challenge: queries.ChallengePage, at: datetime) -> tuple[dict[str, str], str, str | None]:
    """Return the orders to choose from, the one asked for, and where its page begins."""
    orders = ORDERS_WITHOUT_COUNTS if ranks_hidden(viewer(), challenge, at) else ORDERS
    default = next(iter(orders)) if challenge.stage == "open" or orders is not ORDERS else "top"
    order = request.args.get("order", default)
    if order in orders:
        return orders, order, request.args.get("after")
    if order not in ORDERS and order not in ORDERS_WITHOUT_COUNTS:
        raise NotFound()
    # A link from when the counts were shown, or from when they were hidden.
    return orders, default, None


def _theme_in(beside: Around) -> int | None:
    """Return the theme that the address asks for, one of the challenge's own, or None for all ideas."""
    if "theme" not in request.args:
        return None
    theme = request.args.get("theme", type=int)
    if theme not in beside.themes:
        raise NotFound()
    return theme


def _ideas_url(path: str, order: str, theme: int | None, after: str) -> str:
    query = {"order": order, **({"theme": theme} if theme else {}), "after": after}
    return f"{path}?{urlencode(query)}#ideas"
