"""The forms that moderators write and manage challenges with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
)
from wtforms import Form as Rows
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from talking_together.challenges.contents import MOST_ANSWER_VOTES, MOST_THEMES, Content, Options, Theme
from talking_together.challenges.dates import Dates, clock_change_note
from talking_together.challenges.models import MOST_PROMPTS
from talking_together.challenges.moderator_queries import Choice, Choices, ManagedChallenge
from talking_together.core import clock
from talking_together.core.forms import Form, line_field, text_field
from talking_together.core.rich_text import MAX_SOURCE

LONDON_INPUT = "%Y-%m-%dT%H:%M"
# Boxes for themes that there are not yet: save, and there are as many again.
NEW_THEMES = 3
PROMPTS = tuple(f"prompt_{place}" for place in range(1, MOST_PROMPTS + 1))


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


class NumberField(IntegerField):
    """A whole number, with words of ours for what is none."""

    def __init__(self, label: str, least: int, most: int, **kwargs: Any) -> None:
        self.words = f"Enter a whole number from {least:,} to {most:,}"
        super().__init__(label, validators=[Optional(), NumberRange(least, most, self.words)], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed, also where it is nothing; what is no number is an error by the field."""
        typed = [value for value in valuelist if value.strip()]
        if valuelist and not typed:
            # Emptied: not the number that stood there before.
            self.data = None
        try:
            super().process_formdata(typed)
        except ValueError:
            raise ValueError(self.words) from None


class ThemeRow(Rows):
    """One theme; `id` is that of a theme that there is already."""

    id = HiddenField()
    name = line_field("Theme", most=60)


def _prompt_field(place: int) -> StringField:
    return line_field(f"Prompt {place}", most=150)


class ChallengeForm(Form):
    """The words, audience, dates and ways of a challenge."""

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
    sponsor_name = line_field("Name", most=100)
    sponsor_role = line_field("Role", most=120, hint="For example, Chief Nurse, Riverside Trust.")
    prompt_1, prompt_2, prompt_3, prompt_4, prompt_5 = (_prompt_field(place) for place in range(1, 6))
    themes = FieldList(FormField(ThemeRow), min_entries=NEW_THEMES, max_entries=MOST_THEMES)
    moderators = SelectMultipleField(
        "Who looks after it?",
        coerce=int,
        choices=[],
        description="They are named on its page, answer its ideas, and are told what waits.",
    )
    allows_down_votes = BooleanField("People can also give a thumb down", default=True)
    counts_shown = RadioField(
        "When do people see how many thumbs an idea has?",
        choices=[
            SelectChoice("always", "Always"),
            SelectChoice("once voted", "Once they have voted on it"),
            SelectChoice("once closed", "Once the challenge has closed"),
        ],
        default="always",
    )
    needs_approval = BooleanField(
        "A moderator approves each idea before others see it",
        description="People wait until somebody has looked. Use it only where it has to be.",
    )
    names_may_be_hidden = BooleanField(
        "People may ask for their name to be hidden",
        description=(
            "Not in use yet: for now every idea and comment shows who wrote it, whatever you choose"
            " here. Do not promise it."
        ),
    )
    answer_votes = NumberField(
        "Thumbs up from which an idea is owed an answer",
        1,
        MOST_ANSWER_VOTES,
        description="Leave it empty to owe none by votes. Moderators can still ask for an answer.",
    )
    answer_days = NumberField("Days to answer in", 1, 365, default=14)
    version = HiddenField()

    def offer(self, choices: Choices) -> None:
        """Set what the audience and those who look after it can be chosen from."""
        self.organisations.choices = _offered(choices.organisations)
        self.groups.choices = _offered(choices.groups)
        self.moderators.choices = _offered(choices.moderators)

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
            sponsor_name=self.sponsor_name.data or "",
            sponsor_role=self.sponsor_role.data or "",
            prompts=tuple(self[name].data or "" for name in PROMPTS),
            themes=tuple(
                Theme(row.form["name"].data, _id_in(row.form["id"].data))
                for row in self.themes
                if row.form["name"].data
            ),
            moderator_ids=frozenset(self.moderators.data or ()),
            options=self._options(),
        )

    def _options(self) -> Options:
        return Options(
            allows_down_votes=self.allows_down_votes.data,
            counts_shown=self.counts_shown.data,
            needs_approval=self.needs_approval.data,
            names_may_be_hidden=self.names_may_be_hidden.data,
            answer_votes=self.answer_votes.data,
            answer_days=self.answer_days.data or Options().answer_days,
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
        "organisations": [choice.id for choice in challenge.choices.organisations if choice.chosen],
        "groups": [choice.id for choice in challenge.choices.groups if choice.chosen],
        "opens_at": wall_time(challenge.opens_at),
        "closes_at": wall_time(challenge.closes_at),
        "voting_closes_at": wall_time(challenge.voting_closes_at),
        "sponsor_name": challenge.sponsor_name,
        "sponsor_role": challenge.sponsor_role,
        **{f"prompt_{prompt.place}": prompt.words for prompt in challenge.choices.prompts},
        "themes": [
            *({"id": str(theme.id), "name": theme.name} for theme in challenge.choices.themes),
            *({"id": "", "name": ""} for _ in range(NEW_THEMES)),
        ][:MOST_THEMES],
        "moderators": [choice.id for choice in challenge.choices.moderators if choice.chosen],
        **challenge.options.columns(),
        "version": challenge.version,
    }


def _id_in(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def _offered(choices: Sequence[Choice]) -> list[SelectChoice]:
    return [SelectChoice(choice.id, choice.name) for choice in choices]


def wall_time(moment: datetime | None) -> datetime | None:
    """Return a moment as the clock shows it in London."""
    return None if moment is None else clock.to_london(moment).replace(tzinfo=None)
