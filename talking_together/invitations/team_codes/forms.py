"""The forms of join codes: an admin makes one, a person joins with it, a moderator lets them in."""

from wtforms import DateField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, StopValidation

from talking_together.accounts.forms import (
    colleague_word_field,
    job_title_field,
    leaderboard_field,
    new_password_field,
    shared_computer_field,
    your_name_field,
)
from talking_together.accounts.sign_in_names import normal_sign_in_name, problem_with_sign_in_name
from talking_together.core.forms import Form, line_field
from talking_together.invitations.team_codes.approval import MAX_REASON
from talking_together.invitations.team_codes.services import MOST_USES
from talking_together.mail.addresses import MAX_ADDRESS

USES = f"Enter a number from 1 to {MOST_USES:,}"
DAY = "Enter a day, such as 28/11/2026"


def _id_or_none(value: object) -> int | None:
    return int(value) if value else None  # type: ignore[call-overload]


class UsesField(IntegerField):
    """A number of people, with words of our own for what is no number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed; what is no number is an error by the field."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(USES) from None


def _uses_field() -> UsesField:
    return UsesField(
        "How many people can join with it",
        description="About as many as the team has. You can change it at any time",
        validators=[InputRequired(USES), NumberRange(1, MOST_USES, USES)],
    )


class DayField(DateField):
    """A day, with words of our own for what is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed; what is no day is an error by the field."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(DAY) from None


def _day_field() -> DayField:
    return DayField(
        "Last day",
        description="People can join until this day is over",
        validators=[InputRequired(DAY)],
    )


class CodeLimitsForm(Form):
    """What can be changed of a join code once it hangs on a wall."""

    max_uses = _uses_field()
    last_day = _day_field()


class CodeForm(Form):
    """A new join code."""

    label = line_field(
        "Team",
        most=119,
        required="Enter the name of the team",
        hint="As the team calls itself, such as “Ward 7” or “Night porters”. It stands on the poster",
    )
    organisation_id = SelectField(
        "Organisation", coerce=_id_or_none, validators=[InputRequired("Choose an organisation")]
    )
    group_id = SelectField("Staff group (optional)", coerce=_id_or_none)
    challenge_id = SelectField(
        "Challenge (optional)",
        coerce=_id_or_none,
        description="Its question stands on the poster, and people see it first when they have joined",
    )
    max_uses = _uses_field()
    last_day = _day_field()
    approval = RadioField(
        "Who lets people in",
        choices=[
            SelectChoice("yes", "A moderator looks at each person first"),
            SelectChoice("no", "Whoever has the code is in at once"),
        ],
        default="yes",
        validators=[InputRequired("Choose who lets people in")],
    )

    def offer(
        self,
        organisations: list[tuple[int, str]],
        groups: list[tuple[int, str]],
        challenges: list[tuple[int, str]],
    ) -> None:
        """Set what can be chosen."""
        for field, first, choices in (
            (self.organisation_id, "Choose one", organisations),
            (self.group_id, "None", groups),
            (self.challenge_id, "None", challenges),
        ):
            field.choices = [SelectChoice("", first), *(SelectChoice(id, name) for id, name in choices)]


class TeamJoinForm(Form):
    """What somebody with a team's code fills in to join."""

    name = your_name_field()
    sign_in_name = line_field(
        "Email or staff number",
        most=MAX_ADDRESS,
        required="Enter your email address or staff number",
        hint="You sign in with it. A staff number needs no mailbox; it stands on your badge or payslip.",
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    job_title = job_title_field()
    password = new_password_field("Choose a password", required="Enter a password")
    word = colleague_word_field()
    on_leaderboard = leaderboard_field()
    shared = shared_computer_field()

    def validate_sign_in_name(self, field: Form) -> None:
        """Raise StopValidation, with an example, for what is neither an address nor a number."""
        if problem := problem_with_sign_in_name(normal_sign_in_name(field.data or "")):
            raise StopValidation(problem)


class RequestsForm(Form):
    """Who of those who wait is let in or refused."""

    member_ids = SelectMultipleField("People", coerce=int, validate_choice=False)
    reason = line_field("Why you refuse", most=MAX_REASON)
