"""Admin pages for members: list, search, role, place, access."""

from typing import Any
from urllib.parse import urlencode

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import Row

from talking_together.accounts import directory, former_colleagues, photos, placing, policies, services
from talking_together.accounts.admin_forms import (
    ROLE_HINTS,
    ROLE_WORDS,
    PlaceForm,
    ReasonForm,
    RoleForm,
)
from talking_together.accounts.handing_over import make_password_link
from talking_together.accounts.photo_paths import large_photo_path
from talking_together.accounts.views import blueprint
from talking_together.core.access import SPONSOR, access
from talking_together.core.commits import commits
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.core.qr_codes import qr_svg
from talking_together.organisations import queries as organisations
from talking_together.rewards.desk.queries import desks_of

# One page holds them all, and each needs fields of its own.
PREFIXES = {
    "access_form": "access-",
    "former_form": "former-",
    "photo_form": "photo-",
    "link_form": "link-",
}


@blueprint.get("/admin/members")
@access("admin")
def members() -> ResponseReturnValue:
    """Show the members that a search finds."""
    search = _search()
    found = directory.members_found(search, after=request.args.get("after"))
    kept = {key: value for key, value in request.args.items() if key != "after" and value}
    next_url = (
        "/admin/members?" + urlencode({**kept, "after": found.next_cursor}) if found.next_cursor else None
    )
    return render_template(
        "accounts/members.html",
        search=search,
        members=found.rows,
        desks=desks_of(row.id for row in found.rows if row.role == SPONSOR),
        next_url=next_url,
        previous_url="/admin/members?" + urlencode(kept) if request.args.get("after") else None,
        organisations=organisations.organisations(),
        roles=ROLE_WORDS,
    )


@blueprint.get("/admin/members/<int:member_id>")
@access("admin")
def member(member_id: int) -> ResponseReturnValue:
    """Show one member."""
    return _member_page(directory.get_person(member_id))


@blueprint.post("/admin/members/<int:member_id>/role")
@access("admin")
@commits
def change_role(member_id: int) -> ResponseReturnValue:
    """Give a member another role."""
    person = directory.get_person(member_id)
    form = RoleForm()
    if form.validate():
        try:
            services.change_role(
                current_user, member_id=member_id, role=form.role.data, reason=form.reason.data
            )
        except (InvalidInput, Conflict) as error:
            form.add_error(getattr(error, "field", None), error.message)
        else:
            return _changed(person, f"{person.name} is now {ROLE_WORDS[form.role.data].lower()}")
    return _member_page(person, role_form=form), 400


@blueprint.post("/admin/members/<int:member_id>/place")
@access("admin")
@commits
def place(member_id: int) -> ResponseReturnValue:
    """Put a member into an organisation and staff groups."""
    person = directory.get_person(member_id)
    form = _place_form(person)
    if form.validate():
        try:
            placing.place_member(
                current_user,
                member_id=member_id,
                organisation_id=form.organisation_id.data,
                group_ids=form.group_ids.data,
            )
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            return _changed(person, "Changes saved")
    return _member_page(person, place_form=form), 400


@blueprint.post("/admin/members/<int:member_id>/deactivate")
@access("admin")
@commits
def deactivate(member_id: int) -> ResponseReturnValue:
    """Shut a member out."""
    return _change(member_id, "access_form", services.deactivate_member, "can no longer sign in")


@blueprint.post("/admin/members/<int:member_id>/reactivate")
@access("admin")
@commits
def reactivate(member_id: int) -> ResponseReturnValue:
    """Let a member in again."""
    return _change(member_id, "access_form", services.reactivate_member, "can sign in again")


@blueprint.post("/admin/members/<int:member_id>/former-colleague")
@access("admin")
@commits
def show_as_former_colleague(member_id: int) -> ResponseReturnValue:
    """Hide who somebody was who has left and asks for it."""
    change = former_colleagues.show_as_former_colleague
    return _change(member_id, "former_form", change, "is now shown as a former colleague")


@blueprint.post("/admin/members/<int:member_id>/by-name")
@access("admin")
@commits
def show_by_name_again(member_id: int) -> ResponseReturnValue:
    """Show somebody by their name again who has left."""
    change = former_colleagues.show_by_name_again
    return _change(member_id, "former_form", change, "is shown by name again")


@blueprint.post("/admin/members/<int:member_id>/photo/remove")
@access("admin")
@commits
def remove_photo_of(member_id: int) -> ResponseReturnValue:
    """Take away a photo that does not belong here."""
    return _change(member_id, "photo_form", photos.remove_photo_of, "has no photo now")


@blueprint.post("/admin/members/<int:member_id>/password-link")
@access("admin")
@commits
def password_link(member_id: int) -> ResponseReturnValue:
    """Show a link for a new password once, to be handed over in person."""
    person = directory.get_person(member_id)
    form = ReasonForm(prefix=PREFIXES["link_form"])
    if form.validate():
        try:
            token = make_password_link(current_user, member_id=member_id, reason=form.reason.data)
        except (InvalidInput, Conflict) as error:
            form.add_error("reason", error.message)
        else:
            link = f"{current_app.config['BASE_URL'].rstrip('/')}/password-reset/{token}"
            qr = qr_svg(link, "QR code of the link")
            return render_template("accounts/password_link.html", person=person, link=link, qr=qr)
    return _member_page(person, link_form=form), 400


def _change(member_id: int, form_name: str, change: Any, outcome: str) -> ResponseReturnValue:
    """Do what one of the page's forms asks for, for the reason given in it."""
    person = directory.get_person(member_id)
    form = ReasonForm(prefix=PREFIXES[form_name])
    if form.validate():
        try:
            change(current_user, member_id=member_id, reason=form.reason.data)
        except (InvalidInput, Conflict) as error:
            form.add_error("reason", error.message)
        else:
            return _changed(person, f"{person.name} {outcome}")
    return _member_page(person, **{form_name: form}), 400


def _changed(person: Row[Any], message: str) -> ResponseReturnValue:
    flash(message, "success")
    if person.id == current_user.id:
        # A change of one's own role ends the session that asked for it.
        return redirect("/", 303)
    return redirect(f"/admin/members/{person.id}", 303)


def _member_page(person: Row[Any], **forms: Any) -> str:
    return render_template(
        "accounts/member.html",
        person=person,
        desk=desks_of([person.id] if person.role == SPONSOR else []).get(person.id),
        role_form=forms.get("role_form") or RoleForm(formdata=None, role=person.role),
        **{
            name: forms.get(name) or ReasonForm(formdata=None, prefix=prefix)
            for name, prefix in PREFIXES.items()
        },
        place_form=forms.get("place_form") or _place_form(person, formdata=None),
        failed=next(iter(forms.values()), None),
        role_words=ROLE_WORDS,
        role_hints=ROLE_HINTS,
        large_photo=large_photo_path(person.id, person.photo_key) if person.photo_key else None,
        can_deactivate=policies.can_deactivate(current_user, person.id),
        can_make_link=policies.can_make_password_link(current_user, person),
    )


def _place_form(person: Row[Any], **kwargs: Any) -> PlaceForm:
    form = PlaceForm(
        organisation_id=person.organisation_id,
        group_ids=directory.groups_of(person.id),
        prefix="place-",
        **kwargs,
    )
    form.offer(
        [(each.id, each.name) for each in organisations.organisations()],
        [(each.id, each.name) for each in organisations.staff_groups()],
    )
    return form


def _search() -> directory.Search:
    role, state = request.args.get("role", ""), request.args.get("state", "")
    return directory.Search(
        text="".join(filter(str.isprintable, request.args.get("q", ""))),
        role=role if role in ROLE_WORDS else "",
        organisation_id=request.args.get("organisation", type=int),
        state=state if state in directory.STATES else "",
    )
