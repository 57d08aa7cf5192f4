"""What members do about ideas that look alike, and the wording of one that was merged."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.error_pages import status_of
from talking_together.core.errors import Conflict, InvalidInput, NotAllowed
from talking_together.core.formatting import idea_path
from talking_together.ideas.queries import decisions_on, find_idea, get_idea
from talking_together.ideas.shown import IdeaInFull, decisions_for
from talking_together.merging import policies, proposals, queries
from talking_together.merging.forms import FindForm, ProposeForm
from talking_together.search.similar import ideas_like, similar_ideas

blueprint = Blueprint("merging", __name__)

OFFERED = 8
# Of words that somebody typed to find an idea, one is enough.
ANY_LIKENESS = 0.05


@blueprint.route("/ideas/<int:idea_id>/looks-like", methods=["GET", "POST"])
@access("staff")
@commits
def propose_merge(idea_id: int) -> ResponseReturnValue:
    """Tell the moderators which other idea looks like this one."""
    found, form = get_idea(viewer(), idea_id), ProposeForm()
    if request.method == "GET":
        return _propose_page(found, form, status=200)
    policies.ensure_can_propose(found, found.challenge, clock.now())
    other_id = form.other_id
    if not form.validate() or other_id is None:
        if other_id is None:
            form.add_error("other", "Choose the idea that looks like this one")
        return _propose_page(found, form, status=400)
    try:
        proposals.propose_merge(viewer(), idea_id=idea_id, other_id=other_id, why=form.why.data or "")
    except (InvalidInput, Conflict, NotAllowed) as error:
        return _propose_page(found, form, problem=form.explain(error), status=status_of(error))
    flash("Thank you. The moderators will look at the two ideas.", "success")
    return redirect(idea_path(found), 303)


@blueprint.get("/ideas/<int:idea_id>/original")
@access("staff")
def original(idea_id: int) -> ResponseReturnValue:
    """Show the wording of an idea that was merged into another."""
    found = get_idea(viewer(), idea_id)
    merge = queries.find_standing_merge(idea_id)
    if merge is None:
        return redirect(idea_path(found), 302)
    return render_template(
        "merging/original.html",
        idea=found,
        merge=merge,
        kept=find_idea(viewer(), merge.survivor_id),
        decisions=decisions_for(viewer(), found, decisions_on(idea_id)),
    )


def _propose_page(
    idea: IdeaInFull, form: ProposeForm, *, problem: str = "", status: int
) -> ResponseReturnValue:
    find = FindForm(request.args)
    sought = (find.q.data or "") if find.validate() else ""
    offered = [alike.idea for alike in _offered(idea, sought)]
    if form.other_id is not None and form.other_id not in {one.id for one in offered}:
        offered = [*_chosen(idea, form.other_id), *offered]
    form.offer(offered)
    if not offered and form.other.errors:
        # There is no field to stand beside.
        problem, form.other.errors = "Search for the idea that looks like this one first.", []
    page = render_template(
        "merging/propose.html",
        idea=idea,
        why_not=policies.why_not_propose(idea, idea.challenge, clock.now()),
        form=form,
        find=find,
        sought=sought,
        proposed=queries.proposed_with(viewer(), idea.id),
        mine=queries.proposals_by(viewer(), idea.id),
        hints={str(one.id): one.excerpt for one in offered},
        problem=problem,
    )
    return page, status


def _offered(idea: IdeaInFull, sought: str) -> list[Any]:
    if not sought:
        return ideas_like(viewer(), idea.id, OFFERED)
    return similar_ideas(
        viewer(), idea.challenge.id, title=sought, size=OFFERED, but=idea.id, least=ANY_LIKENESS
    )


def _chosen(idea: IdeaInFull, other_id: int) -> list[IdeaInFull]:
    """Return the idea that was chosen on an earlier list, if it can be."""
    other = find_idea(viewer(), other_id)
    return [other] if other is not None and other.challenge.id == idea.challenge.id else []
