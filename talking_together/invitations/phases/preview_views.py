"""Admin pages: a phase's emails as somebody on its list would get them."""

from typing import Any

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core.access import access
from talking_together.core.security_headers import CONTENT_SECURITY_POLICY
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.phases.emails import PURPOSE, REMINDER_PURPOSE, sample_of
from talking_together.invitations.phases.queries import get_phase
from talking_together.invitations.phases.selection import Person, people_like
from talking_together.mail.rendering import RenderedEmail

MAX_SEARCH = 254
FRAMING_POLICY = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
# An email brings its own styles and nothing else; within the frame it can do nothing at all.
EMAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


@blueprint.get("/admin/invitations/phases/<int:phase_id>/preview")
@access("admin")
def preview_phase(phase_id: int) -> ResponseReturnValue:
    """Show an email of the phase as text and as a mail program shows it, for anybody on the list."""
    phase = get_phase(phase_id)
    search = request.args.get("q", "").strip()[:MAX_SEARCH]
    people = people_like(phase, search)
    address = request.args.get("person", "")
    person = next((each for each in people if each.email == address), people[0] if people else None)
    page = render_template(
        "invitations/phases/preview.html",
        phase=phase,
        search=search,
        people=people,
        person=person,
        is_reminder=_purpose() == REMINDER_PURPOSE,
        sample=_sample(phase, person),
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = FRAMING_POLICY
    return response


@blueprint.get("/admin/invitations/phases/<int:phase_id>/preview/email")
@access("admin")
def preview_email(phase_id: int) -> ResponseReturnValue:
    """Answer with the HTML of an email alone, for the frame of the preview."""
    phase = get_phase(phase_id)
    address = request.args.get("person", "")[:MAX_SEARCH]
    found = people_like(phase, address) if address else []
    person = next((each for each in found if each.email == address), None)
    response = make_response(_sample(phase, person).html)
    response.headers["Content-Security-Policy"] = EMAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _purpose() -> str:
    return REMINDER_PURPOSE if request.args.get("email") == "reminder" else PURPOSE


def _sample(phase: Any, person: Person | None) -> RenderedEmail:
    name, organisation = (person.name, person.organisation_name) if person else ("", None)
    return sample_of(phase, purpose=_purpose(), name=name, organisation=organisation)
