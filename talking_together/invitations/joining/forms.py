"""The form that a person joins with."""

from wtforms import BooleanField

from talking_together.accounts.forms import NEW_PASSWORD_HINT, password_field
from talking_together.core.forms import Form, line_field


class JoinForm(Form):
    """What an invited person fills in to join."""

    name = line_field("Your name", most=100, required="Enter your name", render_kw={"autocomplete": "name"})
    job_title = line_field("Job title (optional)", most=119, render_kw={"autocomplete": "organization-title"})
    password = password_field(
        "Choose a password",
        required="Enter a password",
        autocomplete="new-password",
        hint=NEW_PASSWORD_HINT,
    )
    on_leaderboard = BooleanField(
        "Show me on the leaderboard",
        description="Your name, organisation and points, to every member. You can change this at any time.",
    )
