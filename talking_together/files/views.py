"""Sending pictures, and the addresses that files are shown and handed out from."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.challenges.queries import get_challenge
from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import in_transaction
from talking_together.core.error_pages import status_of
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.core.images import MAX_REQUEST_BYTES, page_picture
from talking_together.core.kept_answers import kept_answer
from talking_together.files import queries, services
from talking_together.files.forms import PictureForm
from talking_together.files.queries import FoundFile
from talking_together.ideas.queries import get_idea

blueprint = Blueprint("files", __name__)

# Whatever a file turns out to be, a browser that shows it runs nothing and loads nothing.
CONTENT_SECURITY_POLICY = "default-src 'none'; sandbox"
JSON = "application/json"


@blueprint.url_value_preprocessor
def _allow_a_picture(endpoint: str | None, _values: object) -> None:
    # Before anything reads the form: for every other page the site's own limit stands.
    if endpoint == "files.add_picture":
        request.max_content_length = MAX_REQUEST_BYTES


@blueprint.route("/files/pictures", methods=["GET", "POST"])
@access("staff")
def add_picture() -> ResponseReturnValue:
    """Send a picture for a text; what is answered is the Markdown that shows it."""
    form, problem, status = PictureForm(), "", 200
    if request.method == "POST":
        status = 400
        if form.validate():
            try:
                return _added(_kept(form))
            except (InvalidInput, Conflict) as error:
                status, problem = status_of(error), form.explain(error)
    if request.method == "POST" and _wants_json():
        return jsonify(errors=form.errors, problem=problem), status
    added = queries.find_own_picture(viewer(), request.args.get("added", 0, type=int))
    page = render_template("files/add_picture.html", form=form, problem=problem, added=added)
    return page, status


@blueprint.get("/files/<int:file_id>/<file_key>")
@access("staff")
def file(file_id: int, file_key: str) -> ResponseReturnValue:
    """Answer with a picture as it is kept, or hand out an attachment."""
    return _answer(_seen(file_id, file_key))


@blueprint.get("/files/<int:file_id>/<file_key>/small")
@access("staff")
def small_picture(file_id: int, file_key: str) -> ResponseReturnValue:
    """Answer with a picture as a phone shows it."""
    found = _seen(file_id, file_key)
    if found.kind != "picture":
        raise NotFound()
    return _answer(found, small=True)


def _kept(form: PictureForm) -> services.Kept:
    """Keep what was sent; the picture is made before the transaction, as it takes its time."""
    services.ensure_may_send(viewer())
    try:
        picture = page_picture(form.picture.data.stream)
    except InvalidInput as error:
        raise InvalidInput(error.message, field="picture") from None
    return in_transaction(
        lambda: services.keep_picture(
            viewer(),
            picture=picture,
            alternative_text=form.alternative_text.data or "",
            is_decoration=form.decoration.data,
        )
    )


def _added(kept: services.Kept) -> ResponseReturnValue:
    if _wants_json():
        return jsonify(markdown=kept.markdown, path=kept.path), 201
    return redirect(f"/files/pictures?added={kept.id}", 303)


def _wants_json() -> bool:
    return request.headers.get("Accept") == JSON


def _seen(file_id: int, key: str) -> FoundFile:
    """Return a file that exists for the viewer: of what they may see, or their own that is nobody's yet."""
    found = queries.find_file(file_id, key)
    if found is None:
        raise NotFound()
    if found.challenge_id is not None:
        get_challenge(viewer(), found.challenge_id, at=clock.now())
    elif found.idea_id is not None:
        get_idea(viewer(), found.idea_id)
    elif found.sent_by != viewer().id:
        raise NotFound()
    return found


def _answer(found: FoundFile, *, small: bool = False) -> Any:
    response = kept_answer(queries.content_of(found.id, small=small), found.media_type)
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if found.kind == "attachment":
        name = found.name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
        response.headers["Content-Disposition"] = (
            f"attachment; filename=\"{name}\"; filename*=UTF-8''{quote(found.name, safe='')}"
        )
    return response
