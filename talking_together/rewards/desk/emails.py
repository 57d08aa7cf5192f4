"""What somebody at a sponsor's desk is written to about their account."""

from talking_together.mail.outbox import enqueue
from talking_together.mail.rendering import render_email

PURPOSE = "desk account"


def enqueue_desk_account(*, reset_id: int, to: str, name: str, sponsor_name: str, token: str) -> None:
    """Write the email with the link that sets the first password."""
    email = render_email("desk_account", member_name=name, sponsor_name=sponsor_name, token=token)
    enqueue(
        purpose=PURPOSE,
        ref_id=reset_id,
        to=to,
        subject=email.subject,
        body_text=email.text,
        body_html=email.html,
    )
