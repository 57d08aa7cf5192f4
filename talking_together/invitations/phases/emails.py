"""The email of an invitation, and the sample of it that an admin sends to themself."""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from talking_together.core.clock import now
from talking_together.invitations.links import SAMPLE, link_to, token_of
from talking_together.invitations.phases.messages import fill, fill_subject, first_name_of, paragraphs_of
from talking_together.mail.outbox import Email
from talking_together.mail.rendering import RenderedEmail, render_email

PURPOSE = "invitation"
TEST_PURPOSE = "invitation test"


def invitation_of(row: Any, *, expires_at: datetime) -> Email:
    """Return the email of an invitation joined with its phase and organisation."""
    rendered = render_invitation(
        row,
        name=row.name,
        organisation=row.organisation_name,
        link=link_to(token_of(row.id, row.nonce)),
        expires_at=expires_at,
    )
    return Email(PURPOSE, row.email, *rendered, ref_id=row.id)


def sample_of(phase: Any, *, name: str, email: str, organisation: str | None) -> Email:
    """Return a test of a phase's email; its link leads to a page that says it was a test."""
    rendered = render_sample(phase, name=name, organisation=organisation)
    subject = f"Test: {rendered.subject}"[:200]
    return Email(TEST_PURPOSE, email, subject, rendered.text, rendered.html)


def render_sample(phase: Any, *, name: str, organisation: str | None) -> RenderedEmail:
    """Return a phase's email as it would be for somebody, with the link of a sample."""
    return render_invitation(
        phase,
        name=name,
        organisation=organisation or "your organisation",
        link=link_to(SAMPLE),
        expires_at=now() + timedelta(days=phase.expires_days),
    )


def render_invitation(
    phase: Any, *, name: str, organisation: str, link: str, expires_at: datetime
) -> RenderedEmail:
    """Return the words of an invitation, from a phase's subject and message."""
    values = {
        "first_name": first_name_of(name),
        "organisation": organisation,
        "site_name": current_app.config["SITE_NAME"],
    }
    return render_email(
        "invitation",
        subject=fill_subject(phase.subject, values),
        paragraphs=paragraphs_of(fill(phase.message, values)),
        link=link,
        expires_at=expires_at,
    )
