"""The emails of a phase: the invitation, its reminder, and the sample that an admin sees or is sent.

A phase of thousands renders its templates once, with a mark in each place that differs from person
to person; for each person only the marks are filled.
"""

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from markupsafe import escape

from talking_together.core.clock import now
from talking_together.core.formatting import moment
from talking_together.invitations.links import SAMPLE, code_of, link_to, token_of, unsubscribe_headers
from talking_together.invitations.phases.messages import (
    DEFAULT_REMINDER,
    fill,
    first_name_of,
    one_line,
    paragraphs_of,
    reminder_subject_of,
)
from talking_together.mail.models import BULK
from talking_together.mail.outbox import Email
from talking_together.mail.rendering import RenderedEmail, render_email

PURPOSE = "invitation"
REMINDER_PURPOSE = "invitation reminder"
TEST_PURPOSE = "invitation test"
TEMPLATES = {PURPOSE: "invitation", REMINDER_PURPOSE: "invitation_reminder"}

# What differs from person to person.
PLACES = ("first_name", "organisation", "link", "code", "decline_link", "expires_at")
SAMPLE_CODE = "SAMP-LE12"

Piece = str | int


def stream_of(phase_id: int | str) -> str:
    """Return the name under which a phase's emails are held, released and cancelled."""
    return f"phase:{phase_id}"


@dataclass(frozen=True, slots=True)
class Letter:
    """A phase's email with a place for each thing that differs from person to person."""

    phase: Any
    purpose: str
    subject: Sequence[Piece]
    text: Sequence[Piece]
    html: Sequence[Piece]

    def filled(self, values: Sequence[str]) -> RenderedEmail:
        """Return the email with its places filled, in the order of PLACES."""
        safe = [str(escape(value)) for value in values]
        return RenderedEmail(
            one_line(_joined(self.subject, values)), _joined(self.text, values), _joined(self.html, safe)
        )

    def to(self, row: Any, *, expires_at: datetime) -> Email:
        """Return the email of an invitation joined with its organisation."""
        token = token_of(row.id, row.nonce)
        link = link_to(token)
        values = (
            first_name_of(row.name),
            row.organisation_name,
            link,
            code_of(row.id, row.nonce),
            f"{link}/decline",
            moment(expires_at),
        )
        rendered = self.filled(values)
        return Email(
            self.purpose,
            row.email,
            *rendered,
            ref_id=row.id,
            headers=unsubscribe_headers(token),
            from_name=self.phase.from_name,
            reply_to=self.phase.reply_to,
            stream=stream_of(self.phase.id),
            priority=BULK,
        )


def letter_of(phase: Any, *, purpose: str = PURPOSE) -> Letter:
    """Return the invitation or the reminder of a phase that is joined with its challenge's title."""
    # Not to be guessed, so that no message can hold a mark of its own.
    seed = secrets.token_hex(8)
    marks = {name: f"{seed}x{number}x" for number, name in enumerate(PLACES)}
    words = {**marks, "site_name": current_app.config["SITE_NAME"], "challenge": phase.challenge_title or ""}
    subject, message = phase.subject, phase.message
    if purpose == REMINDER_PURPOSE:
        subject = reminder_subject_of(subject, phase.reminder_subject)
        message = phase.reminder_message or DEFAULT_REMINDER
    rendered = render_email(
        TEMPLATES[purpose],
        subject=fill(subject, words),
        paragraphs=paragraphs_of(fill(message, words)),
        challenge=phase.challenge_title or "",
        **{name: marks[name] for name in PLACES[2:]},
    )
    split = _splitter(seed)
    return Letter(phase, purpose, *map(split, rendered))


def sample_of(phase: Any, *, purpose: str, name: str, organisation: str | None) -> RenderedEmail:
    """Return a phase's email as it would be for somebody, with the link and code of a sample."""
    return letter_of(phase, purpose=purpose).filled(
        (
            first_name_of(name),
            organisation or "your organisation",
            link_to(SAMPLE),
            SAMPLE_CODE,
            link_to(SAMPLE),
            moment(now() + timedelta(days=phase.expires_days)),
        )
    )


def email_for_test(phase: Any, *, purpose: str, actor: Any) -> Email:
    """Return a phase's email as a test for the admin who asks; its link leads to a page that says so."""
    rendered = sample_of(phase, purpose=purpose, name=actor.name, organisation=actor.organisation_short_name)
    subject = f"Test: {rendered.subject}"[:200]
    return Email(
        TEST_PURPOSE,
        actor.email,
        subject,
        rendered.text,
        rendered.html,
        from_name=phase.from_name,
        reply_to=phase.reply_to,
    )


def _splitter(seed: str) -> Callable[[str], tuple[Piece, ...]]:
    pattern = re.compile(rf"{seed}x(\d)x")

    def split(text: str) -> tuple[Piece, ...]:
        pieces: list[Piece] = list(pattern.split(text))
        pieces[1::2] = map(int, pieces[1::2])
        return tuple(pieces)

    return split


def _joined(pieces: Sequence[Piece], values: Sequence[str]) -> str:
    return "".join([piece if isinstance(piece, str) else values[piece] for piece in pieces])
