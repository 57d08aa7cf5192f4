"""The address that thanks for a comment are sent to."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.comments.forms import sent_thanks
from talking_together.comments.names import bylines_of
from talking_together.comments.thanks import thank
from talking_together.comments.views import blueprint
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits


@blueprint.post("/comments/<int:comment_id>/thanks")
@access("staff")
@commits
def thank_for_comment(comment_id: int) -> ResponseReturnValue:
    """Mark a comment as one that helped, or take that back."""
    value = sent_thanks(request.form.getlist("value"))
    thank(viewer(), comment_id=comment_id, value=value)
    if request.headers.get("HX-Request"):
        author = bylines_of([comment_id])[comment_id].within
        return render_template("comments/thanks.html", id=comment_id, author=author, thanked=value == 1)
    flash("Thank you said, for everybody to see" if value else "Thank you taken back", "success")
    return redirect(f"/comments/{comment_id}", 303)
