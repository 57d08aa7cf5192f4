"""Putting an idea's page together: also when a form on it has to be shown again."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.comments.forms import CommentForm
from talking_together.comments.queries import thread_of
from talking_together.core import clock
from talking_together.core.formatting import idea_path
from talking_together.ideas import policies, queries
from talking_together.ideas.forms import DecisionForm
from talking_together.ideas.journey import journey_of
from talking_together.ideas.queries import Decision, IdeaInFull
from talking_together.ideas.statuses import allowed_from


def idea_page(
    idea: IdeaInFull,
    *,
    comment_form: CommentForm | None = None,
    decision_form: DecisionForm | None = None,
    problem: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    """Return the page of an idea that exists for the member."""
    now, after = clock.now(), request.args.get("comments-after")
    decision_form = decision_form or DecisionForm(formdata=None)
    decision_form.offer(allowed_from(idea.status, "moderator"))
    decisions = _shown(idea, queries.decisions_on(idea.id))
    thread = thread_of(current_user, idea, after=after, at=now)
    path = idea_path(idea)
    page = render_template(
        "ideas/idea.html",
        idea=idea,
        may=policies.allowed(current_user, idea, idea.challenge, now),
        decisions=decisions,
        response=next((one for one in reversed(decisions) if one.response_html), None),
        journey=journey_of(idea.status, idea.published_at, decisions),
        thread=thread,
        after=after,
        path=path,
        next_url=thread.next_cursor and f"{path}?comments-after={thread.next_cursor}#comments",
        comment_form=comment_form or CommentForm(formdata=None),
        decision_form=decision_form,
        problem=problem,
        removed=request.args.get("removed", type=int),
    )
    return page, status


def _shown(idea: IdeaInFull, decisions: list[Decision]) -> list[Any]:
    """Leave out why an idea was hidden once it is back: that was for its author and moderators."""
    if idea.is_mine or current_user.is_moderator:
        return decisions
    return [decision for decision in decisions if decision.to_status != "hidden"]
