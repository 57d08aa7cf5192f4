"""The forms that moderators write and manage challenges with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wtforms import DateTimeLocalField, HiddenField, RadioField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from talking_together.challenges.dates import Dates, clock_change_note
from talking_together.challenges.moderator_queries import AudienceChoice, ManagedChallenge
from talking_together.challenges.services import Content
from talking_together.core import clock
from talking_together.core.forms import Form, line_field, text_field
from talking_together.core.rich_text import MAX_SOURCE

LONDON_INPUT = "%Y-%m-%dT%H:%M"


class LondonTimeField(DateTimeLocalField):
    """A day and time as the clock shows it in London; `moment` is what it means in UTC."""

    data: datetime | None

    def __init__(self, label: str, **kwargs: Any) -> None:
        formats = [LONDON_INPUT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        super().__init__(label, format=formats, validators=[Optional()], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed; an unreadable time is an error by the field."""
        try:
            super().process_formdata(valuelist)
            if self.data is not None:
                clock.from_london(self.data)
        except (ValueError, OverflowError):
            self.data = None
            raise ValueError("Enter a day and a time, such as 28/11/2026 and 17:00") from None

    @property
    def moment(self) -> datetime | None:
        """Return the time in UTC."""
        return None if self.data is None else clock.from_london(self.data)


class ChallengeForm(Form):
    """The words, audience and dates of a challenge."""

    title = line_field(
        "Question",
        most=150,
        required="Enter the question",
        hint="Ask one thing that people can answer from their own work, as a question.",
    )
    summary = text_field(
        "Short summary", most=300, hint="One or two sentences, shown on cards and above the brief."
    )
    brief = text_field(
        "Brief",
        most=MAX_SOURCE,
        hint="Why you ask, what a good idea looks like, and what will happen with the ideas.",
    )
    audience = RadioField(
        "Who is it for?",
        choices=[
            SelectChoice("everyone", "Everyone"),
            SelectChoice("chosen", "Chosen organisations and groups"),
        ],
        default="everyone",
        validators=[InputRequired("Choose who it is for")],
    )
    organisations = SelectMultipleField("Organisations", coerce=int, choices=[])
    groups = SelectMultipleField("Staff groups", coerce=int, choices=[])
    opens_at = LondonTimeField("Opens", description="Leave it empty to open it by hand.")
    closes_at = LondonTimeField(
        "Closes for ideas", description="Three to four weeks after opening works well."
    )
    voting_closes_at = LondonTimeField(
        "Voting ends",
        description="Leave it empty if votes and comments close together with ideas.",
    )
    version = HiddenField()

    def offer(self, organisations: Sequence[AudienceChoice], groups: Sequence[AudienceChoice]) -> None:
        """Set what the audience can be chosen from."""
        self.organisations.choices = _offered(organisations)
        self.groups.choices = _offered(groups)

    def content(self) -> Content:
        """Return what was written, for the service."""
        return Content(
            title=self.title.data or "",
            # Cards show it as one paragraph, however it was typed.
            summary=" ".join((self.summary.data or "").split()),
            brief=self.brief.data or "",
            audience=self.audience.data,
            organisation_ids=frozenset(self.organisations.data or ()),
            group_ids=frozenset(self.groups.data or ()),
            dates=Dates(self.opens_at.moment, self.closes_at.moment, self.voting_closes_at.moment),
        )

    def notes(self) -> list[str]:
        """Return what the clock change made of the times, where it made anything."""
        times = (self.opens_at, self.closes_at, self.voting_closes_at)
        return [note for field in times if field.data and (note := clock_change_note(field.data))]


def form_values(challenge: ManagedChallenge) -> dict[str, Any]:
    """Return what the form of a stored challenge starts with."""
    return {
        "title": challenge.title,
        "summary": challenge.summary,
        "brief": challenge.brief_source,
        "audience": challenge.audience,
        "organisations": [choice.id for choice in challenge.organisations if choice.chosen],
        "groups": [choice.id for choice in challenge.groups if choice.chosen],
        "opens_at": wall_time(challenge.opens_at),
        "closes_at": wall_time(challenge.closes_at),
        "voting_closes_at": wall_time(challenge.voting_closes_at),
        "version": challenge.version,
    }


def _offered(choices: Sequence[AudienceChoice]) -> list[SelectChoice]:
    return [SelectChoice(choice.id, choice.name) for choice in choices]


def wall_time(moment: datetime | None) -> datetime | None:
    """Return a moment as the clock shows it in London."""
    return None if moment is None else clock.to_london(moment).replace(tzinfo=None)
