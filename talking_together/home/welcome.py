"""The page that somebody sees once, after joining: nothing leads there again, and nothing must."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.accounts import photos
from talking_together.accounts.bylines import own_byline
from talking_together.accounts.me import save_profile
from talking_together.accounts.queries import get_profile
from talking_together.challenges.queries import ChallengePage, get_challenge
from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import in_transaction
from talking_together.core.errors import NotFound
from talking_together.core.formatting import challenge_path
from talking_together.core.images import MAX_REQUEST_BYTES, UnusablePicture, square_photo
from talking_together.home.forms import WelcomeForm
from talking_together.home.views import blueprint

PHOTO_AGAIN = "Choose your photo again: it could not be kept"


@blueprint.url_value_preprocessor
def _allow_a_picture(endpoint: str | None, _values: object) -> None:
    # Before anything reads the form: for every other page the site's own limit stands.
    if endpoint == "home.welcome":
        request.max_content_length = MAX_REQUEST_BYTES


@blueprint.route("/welcome", methods=["GET", "POST"])
@access("staff")
def welcome() -> ResponseReturnValue:
    """Say what this is and how others will see the member, then go on to what they were invited for."""
    profile, challenge = get_profile(viewer().id), _challenge_spoken_of()
    if request.method != "POST":
        shown = {"name": profile.name, "job_title": profile.job_title}
        return _page(WelcomeForm(formdata=None, data=shown), challenge)
    form = WelcomeForm()
    if not form.validate():
        if form.photo.data:
            form.add_error("photo", PHOTO_AGAIN)
        return _page(form, challenge), 400
    try:
        squares = square_photo(form.photo.data.stream) if form.photo.data else None
    except UnusablePicture as error:
        form.add_error("photo", error.message)
        return _page(form, challenge), 400
    _keep(form, profile, squares)
    return redirect(challenge_path(challenge) if challenge else "/", 303)


def _keep(form: WelcomeForm, profile: Any, squares: tuple[bytes, bytes] | None) -> None:
    """Write what differs, and say so; somebody who only goes on has changed nothing."""
    name, job_title = form.name.data or "", form.job_title.data or ""
    if squares is None and (name, job_title) == (profile.name, profile.job_title):
        return

    def write() -> int:
        if squares:
            photos.set_photo(viewer(), small=squares[0], large=squares[1])
        return save_profile(name=name, job_title=job_title, about=profile.about)

    earned = in_transaction(write)
    flash(f"Profile saved{viewer().note_of(earned)}", "success")


def _challenge_spoken_of() -> ChallengePage | None:
    """Return the challenge that the address names, if the member can see it and it has opened."""
    challenge_id = request.args.get("challenge", type=int)
    if challenge_id is None:
        return None
    try:
        found = get_challenge(viewer(), challenge_id, at=clock.now())
    except NotFound:
        return None
    # Moderators see those that are still to come, and would be led to a page that says so.
    return found if found.is_published and found.stage != "scheduled" else None


def _page(form: WelcomeForm, challenge: ChallengePage | None) -> str:
    return render_template(
        "home/welcome.html",
        form=form,
        byline=own_byline(viewer()),
        here=f"/welcome?challenge={challenge.id}" if challenge else "/welcome",
        onward=f"Go to “{challenge.title}”" if challenge else "Go to the challenges",
    )
