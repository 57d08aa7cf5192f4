"""Forms by which admins find and change members."""

from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from talking_together.accounts.reasons import MAX_REASON
from talking_together.core.access import ROLES, SPONSOR
from talking_together.core.forms import Form, line_field

ROLE_WORDS = {"staff": "Staff", "moderator": "Moderator", "admin": "Admin", SPONSOR: "Sponsor desk"}
ROLE_HINTS = {
    "staff": "Takes part in the challenges put to them",
    "moderator": "Also writes challenges, sees every one, and answers ideas",
    "admin": "Also invites people, keeps members and organisations, and reads the audit log",
}


class RoleForm(Form):
    """A member's role, and why it changes."""

    role = RadioField(
        "What they can do",
        choices=[SelectChoice(role, ROLE_WORDS[role]) for role in ROLES],
        validators=[InputRequired("Choose a role")],
    )
    reason = line_field("Why", most=MAX_REASON, required="Say why; it is kept in the audit log")


class ReasonForm(Form):
    """Why an admin does something to a member that their page offers as one press."""

    reason = line_field("Why", most=MAX_REASON, required="Say why; it is kept in the audit log")


class PlaceForm(Form):
    """A member's organisation and staff groups."""

    organisation_id = SelectField(
        "Organisation",
        coerce=lambda value: int(value) if value else None,
        validators=[InputRequired("Choose an organisation")],
    )
    group_ids = SelectMultipleField("Staff groups", coerce=int)

    def offer(self, organisations: list[tuple[int, str]], groups: list[tuple[int, str]]) -> None:
        """Set what can be chosen."""
        self.organisation_id.choices = [
            SelectChoice("", "Choose one"),
            *(SelectChoice(id, name) for id, name in organisations),
        ]
        self.group_ids.choices = [SelectChoice(id, name) for id, name in groups]
