"""Admin pages: who gives rewards."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import access, viewer
from talking_together.core.commits import commits, in_transaction
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.core.images import MAX_REQUEST_BYTES
from talking_together.rewards.blueprint import blueprint
from talking_together.rewards.sponsors import queries, services
from talking_together.rewards.sponsors.forms import SponsorForm

_LARGE = {"rewards.new_sponsor", "rewards.sponsor"}


@blueprint.url_value_preprocessor
def _allow_a_logo(endpoint: str | None, _values: object) -> None:
    # Before anything reads the form: for every other page the site's own limit stands.
    if endpoint in _LARGE:
        request.max_content_length = MAX_REQUEST_BYTES


@blueprint.get("/admin/sponsors")
@access("admin")
def sponsors() -> ResponseReturnValue:
    """Show who gives rewards."""
    return render_template("rewards/sponsors/sponsors.html", sponsors=queries.sponsors())


@blueprint.route("/admin/sponsors/new", methods=["GET", "POST"])
@access("admin")
def new_sponsor() -> ResponseReturnValue:
    """Add a sponsor; the logo is made before the transaction, as it takes its time."""
    form = SponsorForm()
    if _is_sound(form):
        content = _content(form)
        try:
            sponsor_id = in_transaction(lambda: services.add_sponsor(viewer(), content=content))
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            flash(f"{content.name} added", "success")
            return redirect(f"/admin/sponsors/{sponsor_id}", 303)
    page = render_template("rewards/sponsors/sponsor.html", form=form, sponsor=None)
    return page, 400 if form.errors else 200


@blueprint.route("/admin/sponsors/<int:sponsor_id>", methods=["GET", "POST"])
@access("admin")
def sponsor(sponsor_id: int) -> ResponseReturnValue:
    """Show and change a sponsor; the logo is made before the transaction, as it takes its time."""
    found = queries.get_sponsor(sponsor_id)
    form = SponsorForm(data={"name": found.name, "words": found.words, "link": found.link})
    if _is_sound(form, sponsor_id):
        content = _content(form)
        try:
            in_transaction(lambda: services.change_sponsor(viewer(), sponsor_id=sponsor_id, content=content))
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            flash("Changes saved", "success")
            return redirect(f"/admin/sponsors/{sponsor_id}", 303)
    page = render_template("rewards/sponsors/sponsor.html", form=form, sponsor=found)
    return page, 400 if form.errors else 200


@blueprint.post("/admin/sponsors/<int:sponsor_id>/off")
@access("admin")
@commits
def switch_off_sponsor(sponsor_id: int) -> ResponseReturnValue:
    """Let a sponsor give nothing new."""
    return _switch(
        services.switch_off_sponsor, sponsor_id, "Switched off: nothing new of theirs can be published"
    )


@blueprint.post("/admin/sponsors/<int:sponsor_id>/on")
@access("admin")
@commits
def switch_on_sponsor(sponsor_id: int) -> ResponseReturnValue:
    """Let a sponsor give again."""
    return _switch(services.switch_on_sponsor, sponsor_id, "Switched on")


def _switch(act: Callable[..., None], sponsor_id: int, outcome: str) -> ResponseReturnValue:
    try:
        act(viewer(), sponsor_id=sponsor_id)
    except Conflict as fact:
        flash(fact.message, "warning")
    else:
        flash(outcome, "success")
    return redirect(f"/admin/sponsors/{sponsor_id}", 303)


def _is_sound(form: SponsorForm, sponsor_id: int | None = None) -> bool:
    """Return whether a sponsor can be saved so; everything that is wrong is said at once."""
    if not form.is_submitted():
        return False
    form.validate()
    if not form.name.errors and queries.is_name_taken(form.name.data or "", sponsor_id):
        form.add_error("name", services.NAME_TAKEN)
    if form.errors and form.made_logo:
        # No browser keeps a chosen file for the next try.
        form.add_error("logo", "Choose the logo again: the rest was not right yet, and it was not kept")
    return not form.errors


def _content(form: SponsorForm) -> services.SponsorContent:
    return services.SponsorContent(
        name=form.name.data or "",
        words=form.words.data or "",
        link=form.link.data or "",
        logo=form.made_logo,
        without_logo=form.without_logo.data,
    )
