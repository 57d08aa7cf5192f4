"""Members' photos: the page that changes one's own, and the addresses that they are shown from."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from talking_together.accounts import photos
from talking_together.accounts.photo_forms import PhotoForm
from talking_together.accounts.views import blueprint
from talking_together.core.access import access
from talking_together.core.commits import commits, in_transaction
from talking_together.core.errors import NotFound
from talking_together.core.images import MAX_REQUEST_BYTES, MEDIA_TYPE, UnusablePicture, square_photo
from talking_together.core.kept_answers import kept_answer


@blueprint.url_value_preprocessor
def _allow_a_picture(endpoint: str | None, _values: object) -> None:
    # Before anything reads the form: for every other page the site's own limit stands.
    if endpoint == "accounts.edit_photo":
        request.max_content_length = MAX_REQUEST_BYTES


@blueprint.route("/me/photo", methods=["GET", "POST"])
@access("staff")
def edit_photo() -> ResponseReturnValue:
    """Choose a photo; the squares are made before the transaction, as it takes its time."""
    form = PhotoForm()
    if request.method == "POST" and form.validate():
        try:
            small, large = square_photo(form.photo.data.stream)
        except UnusablePicture as error:
            form.add_error("photo", error.message)
        else:
            in_transaction(lambda: photos.set_photo(current_user, small=small, large=large))
            flash("Photo saved", "success")
            return redirect("/me", 303)
    return render_template("accounts/edit_photo.html", form=form), 400 if form.errors else 200


@blueprint.post("/me/photo/remove")
@access("staff")
@commits
def remove_photo() -> ResponseReturnValue:
    """Take one's own photo away."""
    photos.remove_photo(current_user)
    flash("Photo removed", "success")
    return redirect("/me/photo", 303)


@blueprint.get("/members/<int:member_id>/photo/<file>")
@access("staff")
def photo(member_id: int, file: str) -> ResponseReturnValue:
    """Answer with a member's photo, which the browser may keep: another one has another address."""
    picture = photos.find_photo(member_id, file)
    if picture is None:
        raise NotFound()
    return kept_answer(picture, MEDIA_TYPE)
