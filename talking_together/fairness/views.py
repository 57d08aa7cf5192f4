"""The pages on which moderators look at signs of gaming, and a member at votes set aside."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.error_pages import status_of
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.core.formatting import count_of
from talking_together.fairness import queries, services
from talking_together.fairness.forms import SetAsideForm, SettleForm, UndoForm, VoidForm
from talking_together.fairness.words import HOW

blueprint = Blueprint("fairness", __name__)


@blueprint.get("/moderation/signs")
@access("moderator")
def signs() -> ResponseReturnValue:
    """Show the signs that wait, or those that were settled."""
    show, after = request.args.get("show"), request.args.get("after")
    if show not in (None, "settled"):
        raise NotFound()
    signs_of = queries.settled_signs if show else queries.open_signs
    page = signs_of(viewer(), after=after)
    return render_template("fairness/signs.html", page=page, shown=show or "open", after=after, how=HOW)


@blueprint.get("/moderation/signs/<int:sign_id>")
@access("moderator")
def sign(sign_id: int) -> ResponseReturnValue:
    """Show a sign with its evidence, and what can be done about it."""
    return _sign_page(sign_id), 200


@blueprint.post("/moderation/signs/<int:sign_id>/set-aside")
@access("moderator")
@commits
def set_aside(sign_id: int) -> ResponseReturnValue:
    """Settle a sign as one that means nothing."""
    return _settle(sign_id, SetAsideForm(), _set_aside)


@blueprint.post("/moderation/signs/<int:sign_id>/void")
@access("moderator")
@commits
def void(sign_id: int) -> ResponseReturnValue:
    """Set aside the votes that a sign names."""
    return _settle(sign_id, VoidForm(), _void)


@blueprint.post("/moderation/signs/<int:sign_id>/undo")
@access("moderator")
@commits
def undo(sign_id: int) -> ResponseReturnValue:
    """Open a settled sign again, and bring back votes that were set aside for it."""
    return _settle(sign_id, UndoForm(), _undo)


@blueprint.get("/me/votes-set-aside")
@access("staff")
def own_votes() -> ResponseReturnValue:
    """Show the member which of their votes stand set aside, and why."""
    return render_template("fairness/own_votes.html", voided=queries.own_voided(viewer()))


def _settle(sign_id: int, form: SettleForm, act: Callable[[int, SettleForm], str]) -> ResponseReturnValue:
    if not form.validate():
        return _sign_page(sign_id, form), 400
    try:
        said = act(sign_id, form)
    except (InvalidInput, Conflict) as error:
        return _sign_page(sign_id, form, problem=form.explain(error)), status_of(error)
    flash(said, "success")
    return redirect(f"/moderation/signs/{sign_id}", 303)


def _set_aside(sign_id: int, form: SettleForm) -> str:
    services.set_aside(viewer(), sign_id=sign_id, reason=form.words)
    return "Set aside. It comes back only if there is much more of the same."


def _void(sign_id: int, form: SettleForm) -> str:
    # A page without the number is told what stands now before anything is set aside.
    seen = form["seen"].data or 0
    voided = services.void_votes_of(viewer(), sign_id=sign_id, reason=form.words, seen=seen)
    return f"{count_of(voided.votes, 'vote')} set aside. The people concerned are told."


def _undo(sign_id: int, form: SettleForm) -> str:
    returned = services.undo(viewer(), sign_id=sign_id, reason=form.words)
    said = [f"{count_of(returned.back, 'vote')} brought back." if returned.back else "Open again."]
    if returned.merged:
        said.append(
            f"{count_of(returned.merged, 'vote')} stood on ideas that were merged since: undo those merges "
            "first, then press once more."
        )
    if returned.gone:
        said.append(f"{count_of(returned.gone, 'vote')} cannot come back: their ideas went on without them.")
    return " ".join(said)


def _sign_page(sign_id: int, sent: SettleForm | None = None, *, problem: str = "") -> str:
    found = queries.get_sign(viewer(), sign_id)
    if sent is not None and not (
        found.can_undo if isinstance(sent, UndoForm) else found.sign.state == "open"
    ):
        # The form that was sent is on the page no more.
        sent, problem = None, problem or "Somebody has settled this sign meanwhile, or opened it again."
    forms = {
        kind: sent if isinstance(sent, kind) else kind(formdata=None)
        for kind in (SetAsideForm, VoidForm, UndoForm)
    }
    return render_template(
        "fairness/sign.html",
        found=found,
        sent=sent,
        set_aside_form=forms[SetAsideForm],
        void_form=forms[VoidForm],
        undo_form=forms[UndoForm],
        problem=problem,
    )
