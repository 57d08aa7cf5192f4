"""The pages on which members write, read and follow ideas."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.challenges.voting import when_shown
from talking_together.comments.forms import CommentForm
from talking_together.comments.queries import thread_of
from talking_together.core import clock, rich_text
from talking_together.core.access import access, viewer
from talking_together.core.addresses import Slugged
from talking_together.core.formatting import idea_path
from talking_together.ideas import policies, queries
from talking_together.ideas.acts import latest_act
from talking_together.ideas.approval import changes_to_look_at
from talking_together.ideas.desk import Forms, desk_of
from talking_together.ideas.history import edits_of
from talking_together.ideas.journey import journey_of
from talking_together.ideas.queries import Decision, IdeaInFull
from talking_together.ideas.shown import decisions_for
from talking_together.ideas.wording import version_of
from talking_together.merging.queries import included_in

blueprint = Blueprint("ideas", __name__)


@blueprint.get("/ideas/<slugged:ref>")
@access("staff")
def idea(ref: Slugged) -> ResponseReturnValue:
    """Show an idea, the answer to it, its journey and what people say about it."""
    found = queries.get_idea(viewer(), ref.id)
    if found.merged_into_id is not None:
        return redirect(_where_it_went(found), 302)
    path = idea_path(found)
    if request.path != path:
        query = request.query_string.decode("ascii", "ignore")
        return redirect(f"{path}?{query}" if query else path, 301)
    return idea_page(found)


@blueprint.get("/ideas/<int:idea_id>/history")
@access("staff")
def idea_history(idea_id: int) -> ResponseReturnValue:
    """Show the earlier wordings of an idea."""
    return history_page(queries.get_idea(viewer(), idea_id))


@blueprint.post("/preview")
@access("staff")
def preview() -> ResponseReturnValue:
    """Return Markdown text as it will look."""
    text = request.form.get("text", "")[: rich_text.MAX_SOURCE]
    return rich_text.outlined(rich_text.render(text, pictures="pictures" in request.form), 2)


def history_page(idea: IdeaInFull, *, problem: str = "", status: int = 200) -> ResponseReturnValue:
    """Return what each edit of an idea changed; moderators say there that they looked at it."""
    reader, at = viewer(), clock.now()
    page = render_template(
        "ideas/history.html",
        idea=idea,
        waiting=changes_to_look_at(reader, idea_id=idea.id, at=at) if reader.is_moderator else set(),
        act=latest_act(reader, idea_id=idea.id) if reader.is_moderator else None,
        edits=edits_of(idea),
        version=version_of(idea),
        problem=problem,
    )
    return page, status


def idea_page(
    idea: IdeaInFull,
    *,
    comment_form: CommentForm | None = None,
    forms: Forms | None = None,
    problem: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    """Return the page of an idea, also when a form on it has to be shown again."""
    now, after = clock.now(), request.args.get("comments-after")
    made = queries.decisions_on(idea.id)
    decisions = decisions_for(viewer(), idea, made)
    thread = thread_of(viewer(), idea, after=after, at=now)
    path = idea_path(idea)
    page = render_template(
        "ideas/idea.html",
        idea=idea,
        may=policies.allowed(viewer(), idea, idea.challenge, now),
        decisions=decisions,
        sent_back=sent_back(idea, made),
        response=next((one for one in reversed(decisions) if one.response_html), None),
        journey=journey_of(idea.status, idea.published_at, decisions),
        thread=thread,
        after=after,
        path=path,
        next_url=thread.next_cursor and f"{path}?comments-after={thread.next_cursor}#comments",
        comment_form=comment_form or CommentForm(formdata=None),
        desk=desk_of(viewer(), idea, decisions, forms or Forms(), now),
        problem=problem,
        version=version_of(idea),
        counts_words=when_shown(viewer(), idea.challenge, now),
        removed=request.args.get("removed", type=int),
        included=included_in(idea.id) if idea.includes_others else [],
        came_from=request.args.get("from", type=int),
    )
    return page, status


def sent_back(idea: IdeaInFull, decisions: list[Decision]) -> Decision | None:
    """Return the decision by which a draft was sent back to its author, if it was."""
    last = decisions[-1] if decisions else None
    return last if last is not None and idea.status == last.to_status == "draft" else None


def _where_it_went(idea: IdeaInFull) -> str:
    """Return the page of the idea that this one was merged into; an anchor goes along in the browser."""
    kept = queries.find_idea(viewer(), idea.merged_into_id or 0)
    if kept is None:
        # Withdrawn or hidden since.
        return f"/ideas/{idea.id}/original"
    return f"{idea_path(kept)}?from={request.args.get('from', idea.id, type=int)}"
