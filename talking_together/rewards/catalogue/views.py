"""Rewards as members see them: what they may have, and each on a page of its own."""

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.accounts.viewers import Viewer
from talking_together.core.access import access, viewer
from talking_together.core.addresses import Slugged
from talking_together.core.errors import NotFound, TalkingTogetherError
from talking_together.core.formatting import reward_path
from talking_together.core.kept_answers import kept_answer
from talking_together.points.spending import NotEnoughPoints
from talking_together.rewards.blueprint import blueprint
from talking_together.rewards.catalogue import queries
from talking_together.rewards.catalogue.wording import GIVEN_FOR_WORDS, KIND_WORDS, STAGE_WORDS
from talking_together.rewards.pictures import find_picture

# What a kind's own part of the page needs beyond the reward, `part` in catalogue/act_<kind>.html.
PARTS: dict[str, Callable[[Any, queries.RewardPage], Any]] = {
    "gift": lambda _viewer, reward: GIVEN_FOR_WORDS[reward.given_for or "joined"],
}


@blueprint.get("/rewards")
@access("staff")
def rewards() -> ResponseReturnValue:
    """Show what the viewer may have: now, with more points, together with others, and later."""
    after = request.args.get("after")
    page = queries.rewards_for(viewer(), after=after)
    return render_template(
        "rewards/catalogue/rewards.html",
        page=page,
        after=after,
        kind_words=KIND_WORDS,
        opted_out=not page.rows and queries.employer_has_opted_out(viewer()),
        next_url=f"/rewards?after={page.next_cursor}" if page.next_cursor else None,
        previous_url="/rewards" if after else None,
    )


@blueprint.get("/rewards/<slugged:ref>")
@access("staff")
def reward(ref: Slugged) -> ResponseReturnValue:
    """Show a reward: what it is, who gives it, and what one does to have it."""
    found = queries.get_reward(viewer(), ref.id)
    path = reward_path(found)
    if request.path != path:
        query = request.query_string.decode("ascii", "ignore")
        return redirect(f"{path}?{query}" if query else path, 301)
    return reward_page(found)


def reward_page(found: queries.RewardPage, *, problem: str = "", preview: bool = False, **more: Any) -> str:
    """Return the page of a reward, with why something could not be done and what its part needs."""
    part = PARTS[found.kind](viewer(), found) if found.kind in PARTS and not preview else None
    return render_template(
        "rewards/catalogue/reward.html",
        reward=found,
        part=part,
        problem=problem,
        preview=preview,
        kind_words=KIND_WORDS,
        stage_words=STAGE_WORDS,
        **more,
    )


def refused_page(reward_id: int, fact: TalkingTogetherError, *, is_about_employer: bool) -> str:
    """Return a reward's page with why something was refused; raises NotFound to whom it is not shown.

    What `is_about_employer`, that their organisation takes no part, is raised in its place: it says
    nothing of the reward.
    """
    try:
        found = queries.get_reward(viewer(), reward_id)
    except NotFound:
        if is_about_employer:
            raise fact from None
        raise
    return reward_page(found, problem=said_to(viewer(), fact))


def said_to(member: Viewer, fact: TalkingTogetherError) -> str:
    """Return why something could not be done; without the balance to somebody who hides points."""
    hides = isinstance(fact, NotEnoughPoints) and member.hides_points
    return "You do not have enough points for this." if hides else fact.message


@blueprint.get("/rewards/pictures/<int:picture_id>/<key>")
@access("staff")
def reward_picture(picture_id: int, key: str) -> ResponseReturnValue:
    """Answer with a picture, which the browser may keep: another one has another address."""
    return _picture(find_picture(picture_id, key))


@blueprint.get("/rewards/pictures/<int:picture_id>/<key>/small")
@access("staff")
def small_reward_picture(picture_id: int, key: str) -> ResponseReturnValue:
    """Answer with a picture as a card or a phone shows it."""
    return _picture(find_picture(picture_id, key, small=True))


def _picture(found: tuple[bytes, str] | None) -> ResponseReturnValue:
    if found is None:
        raise NotFound()
    return kept_answer(*found)
