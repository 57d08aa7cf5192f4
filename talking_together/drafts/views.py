"""Where forms send what is being typed, and where it is thrown away."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.core.addresses import safe_next
from talking_together.core.commits import commits
from talking_together.drafts import services

blueprint = Blueprint("drafts", __name__)


@blueprint.post("/drafts/<key>")
@access("staff")
@commits
def keep_draft(key: str) -> ResponseReturnValue:
    """Keep a form as it is being typed; the answer is the line that says so."""
    saved_at = services.keep_draft(viewer(), key=key, fields=request.form.to_dict(flat=False))
    return render_template("drafts/saved.html", saved_at=saved_at)


@blueprint.post("/drafts/<key>/discard")
@access("staff")
@commits
def discard_draft(key: str) -> ResponseReturnValue:
    """Forget what was typed and not sent, and go back to the form as it is saved."""
    services.discard_draft(viewer(), key=key)
    flash("Your unsaved changes are gone", "success")
    return redirect(safe_next(request.form.get("next")), 303)
