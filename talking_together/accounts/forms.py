"""The forms of sign-in and of a member's own pages."""

from wtforms import BooleanField, Field, HiddenField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, StopValidation

from talking_together.accounts.models import THEMES
from talking_together.accounts.passwords import LEAST_LENGTH, MOST_LENGTH
from talking_together.accounts.words import MAX_WORD
from talking_together.core.forms import Form, line_field, text_field
from talking_together.mail.addresses import MAX_ADDRESS, is_address, normal_address

NEW_PASSWORD_HINT = (
    f"At least {LEAST_LENGTH} characters. Three words that do not belong together work well, "
    "and spaces are fine."
)

SHARED_HINT = "We sign you out after 10 minutes without use, and keep no drafts on it."


def refuse_other_than_address(_form: object, field: Field) -> None:
    """Raise StopValidation, with an example, for what no email could be sent to."""
    if not is_address(normal_address(field.data or "")):
        raise StopValidation("Enter an email address in the form name@example.org")


def password_field(label: str, *, required: str, autocomplete: str, hint: str = "") -> PasswordField:
    """Return a field for a password, which may be pasted and filled in by a password manager."""
    return PasswordField(
        label,
        description=hint,
        validators=[
            DataRequired(required),
            Length(max=MOST_LENGTH, message=f"Password must be {MOST_LENGTH} characters or fewer"),
        ],
        render_kw={"autocomplete": autocomplete},
    )


def new_password_field(label: str, *, required: str) -> PasswordField:
    """Return a field for a password that somebody chooses, with the rule in its hint."""
    return password_field(label, required=required, autocomplete="new-password", hint=NEW_PASSWORD_HINT)


def your_name_field() -> StringField:
    """Return the field for the name of somebody who joins."""
    return line_field("Your name", most=100, required="Enter your name", render_kw={"autocomplete": "name"})


def job_title_field() -> StringField:
    """Return the field for what somebody who joins does, if they like to say."""
    return line_field("Job title (optional)", most=119, render_kw={"autocomplete": "organization-title"})


def leaderboard_field() -> BooleanField:
    """Return the choice to appear on the leaderboard."""
    return BooleanField(
        "Show me on the leaderboard",
        description="Your name, organisation and points, to every member. You can change this at any time.",
    )


def colleague_word_field() -> StringField:
    """Return the field for the word of the colleague who told somebody of the site, if one did."""
    return line_field(
        "Did a colleague tell you about this? Their word (optional)",
        most=MAX_WORD,
        hint="Two words and a number, such as kind-otter-27",
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


def shared_computer_field() -> BooleanField:
    """Return the tick that the browser is not theirs alone."""
    return BooleanField("This is a shared computer", description=SHARED_HINT)


class SignInForm(Form):
    """Who signs in, and whether the browser is theirs alone."""

    email = line_field(
        "Email or staff number",
        most=MAX_ADDRESS,
        required="Enter your email address or staff number",
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = password_field("Password", required="Enter your password", autocomplete="current-password")
    shared = shared_computer_field()
    next = HiddenField()


class PasswordResetRequestForm(Form):
    """Where the link for a new password goes."""

    email = line_field(
        "Email address",
        most=MAX_ADDRESS,
        required="Enter your email address",
        validators=[refuse_other_than_address],
        render_kw={"autocomplete": "username", "inputmode": "email"},
    )


class AddressForm(Form):
    """An email address that a member wants to be written to at."""

    email = line_field(
        "Email address",
        most=MAX_ADDRESS,
        required="Enter your email address",
        validators=[refuse_other_than_address],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )


class NewPasswordForm(Form):
    """A new password, set through an emailed link."""

    password = new_password_field("New password", required="Enter a new password")


class ChangePasswordForm(Form):
    """A new password, set by somebody who knows the present one."""

    current_password = password_field(
        "Current password", required="Enter your current password", autocomplete="current-password"
    )
    password = new_password_field("New password", required="Enter a new password")


class ProfileForm(Form):
    """What other members may read of a person."""

    name = line_field("Name", most=100, required="Enter your name", render_kw={"autocomplete": "name"})
    job_title = line_field(
        "Job title",
        most=119,
        hint="Such as district nurse or ward clerk",
        render_kw={"autocomplete": "organization-title"},
    )
    about = text_field("About you", most=500, hint="What you do, and what you would like to see change")


class PreferencesForm(Form):
    """How the site looks to a member, and where it shows them."""

    theme = RadioField(
        "Colours",
        choices=[
            SelectChoice(theme, words)
            for theme, words in zip(THEMES, ("As my device", "Light", "Dark"), strict=True)
        ],
        validate_choice=False,
    )
    hides_points = BooleanField(
        "Hide points from me",
        description="You see no points anywhere, and are listed nowhere with yours. They go on being "
        "counted, and you can bring them back here at any time.",
    )
    on_leaderboard = leaderboard_field()
