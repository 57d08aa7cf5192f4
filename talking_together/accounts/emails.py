"""What members are written to about their account."""

from talking_together.mail.outbox import enqueue
from talking_together.mail.rendering import render_email


def enqueue_password_reset(*, reset_id: int, to: str, name: str, token: str) -> None:
    """Write the email with the link that sets a new password."""
    email = render_email("password_reset", member_name=name, token=token)
    enqueue(
        purpose="password reset",
        ref_id=reset_id,
        to=to,
        subject=email.subject,
        body_text=email.text,
        body_html=email.html,
    )


def enqueue_address_proof(*, member_id: int, to: str, name: str, token: str) -> None:
    """Write the email that asks who reads it to show that the address is theirs."""
    email = render_email("address_proof", member_name=name, token=token)
    enqueue(
        purpose="address proof",
        ref_id=member_id,
        to=to,
        subject=email.subject,
        body_text=email.text,
        body_html=email.html,
    )


def enqueue_password_changed(*, member_id: int, to: str, name: str) -> None:
    """Write the email that says the password was changed, in case it was somebody else."""
    email = render_email("password_changed", member_name=name)
    enqueue(
        purpose="password changed",
        ref_id=member_id,
        to=to,
        subject=email.subject,
        body_text=email.text,
        body_html=email.html,
    )
