"""One idea at a time, for those who have a minute: vote or skip, and on to the next."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.challenges.policies import ensure_takes_votes
from talking_together.challenges.queries import get_challenge
from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.errors import InvalidInput
from talking_together.ideas.queries import find_idea
from talking_together.one_minute.queries import next_idea
from talking_together.one_minute.services import answer_idea

blueprint = Blueprint("one_minute", __name__)

# How many ideas are one minute.
ROUND = 5
MOST = 10_000


@blueprint.route("/challenges/<int:challenge_id>/one-minute", methods=["GET", "POST"])
@access("staff")
@commits
def one_minute(challenge_id: int) -> ResponseReturnValue:
    """Show the next idea that needs the member's thumb; take the answer and go on to the next."""
    return _answered(challenge_id) if request.method == "POST" else _shown(challenge_id)


def _shown(challenge_id: int) -> ResponseReturnValue:
    now, done = clock.now(), min(_number("done"), ROUND)
    challenge = get_challenge(viewer(), challenge_id, at=now)
    ensure_takes_votes(challenge, now)
    idea = None
    if done < ROUND:
        again = request.args.get("idea", type=int)
        chosen = next_idea(viewer(), challenge_id, at=now, only=again) if again else None
        chosen = chosen or next_idea(viewer(), challenge_id, at=now)
        idea = find_idea(viewer(), chosen) if chosen else None
    return render_template(
        "one_minute/one_minute.html",
        challenge=challenge,
        idea=idea,
        done=done,
        round=ROUND,
        earned=_number("earned"),
        last=request.args.get("last", type=int),
    )


def _answered(challenge_id: int) -> ResponseReturnValue:
    idea_id, act = request.form.get("idea_id", type=int), request.form.get("act", "")
    if idea_id is None:
        # What is not put to the viewer says nothing, not even of a form.
        get_challenge(viewer(), challenge_id, at=clock.now())
        raise InvalidInput("Choose a thumb up, a thumb down or a skip.")
    moved = answer_idea(viewer(), challenge_id=challenge_id, idea_id=idea_id, act=act)
    undone = act == "undo"
    parts = {
        "done": max(0, _number("done") + (-1 if undone else 1)),
        "earned": max(0, _number("earned") + moved),
        ("idea" if undone else "last"): idea_id,
    }
    return redirect(f"/challenges/{challenge_id}/one-minute?{urlencode(parts)}", 303)


def _number(name: str) -> int:
    """Return a count that the page carries along, which only this person is shown."""
    return min(max(0, request.values.get(name, 0, type=int)), MOST)
