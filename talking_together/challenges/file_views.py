"""The pages on which moderators set a challenge's cover, its sponsor's photo and its attachments."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.challenges import files, moderator_queries, policies
from talking_together.challenges.file_forms import AttachmentForm, CoverForm, SponsorPhotoForm
from talking_together.challenges.views import blueprint
from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits, in_transaction
from talking_together.core.error_pages import status_of
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.core.images import MAX_REQUEST_BYTES, cover_picture, portrait_picture
from talking_together.files.attachments import judged_attachment
from talking_together.files.queries import attachments_of
from talking_together.files.services import ensure_may_send

FORMS: dict[str, Any] = {"cover": CoverForm, "sponsor-photo": SponsorPhotoForm}
MADE = {"cover": cover_picture, "sponsor-photo": portrait_picture}
_LARGE = {"challenges.edit_picture", "challenges.edit_attachments"}


@blueprint.url_value_preprocessor
def _allow_a_file(endpoint: str | None, _values: object) -> None:
    # Before anything reads the form: for every other page the site's own limit stands.
    if endpoint in _LARGE:
        request.max_content_length = MAX_REQUEST_BYTES


@blueprint.route(
    '/moderation/challenges/<int:challenge_id>/<any("cover", "sponsor-photo"):which>',
    methods=["GET", "POST"],
)
@access("moderator")
def edit_picture(challenge_id: int, which: str) -> ResponseReturnValue:
    """Set a picture of a challenge; it is made before the transaction, as it takes its time."""
    challenge = moderator_queries.get_managed(challenge_id, at=clock.now())
    policies.ensure_can("edit", challenge, clock.now())
    form, problem, status = FORMS[which](), "", 200
    if form.is_submitted():
        status = 400
        if form.validate():
            try:
                _set_picture(challenge_id, which, form)
            except (InvalidInput, Conflict) as error:
                status, problem = status_of(error), form.explain(error)
            else:
                flash("Picture saved", "success")
                return redirect(f"/moderation/challenges/{challenge_id}/{which}", 303)
    page = render_template(
        "challenges/picture.html", challenge=challenge, which=which, form=form, problem=problem
    )
    return page, status


@blueprint.post('/moderation/challenges/<int:challenge_id>/<any("cover", "sponsor-photo"):which>/remove')
@access("moderator")
@commits
def remove_picture(challenge_id: int, which: str) -> ResponseReturnValue:
    """Take a picture off a challenge."""
    files.remove_picture(viewer(), challenge_id, which)
    flash("Picture removed", "success")
    return redirect(f"/moderation/challenges/{challenge_id}/{which}", 303)


@blueprint.route("/moderation/challenges/<int:challenge_id>/attachments", methods=["GET", "POST"])
@access("moderator")
def edit_attachments(challenge_id: int) -> ResponseReturnValue:
    """Show the attachments of a challenge, and add one."""
    challenge = moderator_queries.get_managed(challenge_id, at=clock.now())
    policies.ensure_can("edit", challenge, clock.now())
    form, problem, status = AttachmentForm(), "", 200
    if form.is_submitted():
        status = 400
        if form.validate():
            try:
                _attach(challenge_id, form)
            except (InvalidInput, Conflict) as error:
                status, problem = status_of(error), form.explain(error)
            else:
                flash("File added", "success")
                return redirect(f"/moderation/challenges/{challenge_id}/attachments", 303)
    page = render_template(
        "challenges/attachments.html",
        challenge=challenge,
        attachments=attachments_of(challenge_id),
        form=form,
        problem=problem,
    )
    return page, status


@blueprint.post("/moderation/challenges/<int:challenge_id>/attachments/<int:file_id>/remove")
@access("moderator")
@commits
def remove_attachment(challenge_id: int, file_id: int) -> ResponseReturnValue:
    """Take an attachment off a challenge."""
    files.detach(viewer(), challenge_id, file_id=file_id)
    flash("File removed", "success")
    return redirect(f"/moderation/challenges/{challenge_id}/attachments", 303)


def _set_picture(challenge_id: int, which: str, form: Any) -> None:
    ensure_may_send(viewer())
    try:
        picture = MADE[which](form.picture.data.stream)
    except InvalidInput as error:
        raise InvalidInput(error.message, field="picture") from None
    words = form.alternative_text.data or "" if "alternative_text" in form else ""
    # The sponsor's name stands beside their photo.
    is_decoration = form.decoration.data if "decoration" in form else True
    in_transaction(
        lambda: files.set_picture(
            viewer(),
            challenge_id,
            which,
            picture=picture,
            alternative_text=words,
            is_decoration=is_decoration,
        )
    )


def _attach(challenge_id: int, form: AttachmentForm) -> None:
    ensure_may_send(viewer())
    try:
        attachment = judged_attachment(form.attachment.data.stream, form.attachment.data.filename or "")
    except InvalidInput as error:
        raise InvalidInput(error.message, field="attachment") from None
    try:
        in_transaction(lambda: files.attach(viewer(), challenge_id, attachment=attachment))
    except InvalidInput as error:
        raise InvalidInput(error.message, field="attachment") from None
