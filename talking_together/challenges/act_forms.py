"""The forms of the acts that move a challenge from stage to stage."""

from typing import Any

from talking_together.challenges.dates import clock_change_note
from talking_together.challenges.forms import LondonTimeField, wall_time
from talking_together.challenges.moderator_queries import ManagedChallenge
from talking_together.challenges.moving import NewTimes
from talking_together.core.forms import Form, line_field

MAX_MESSAGE = 300


class ActForm(Form):
    """Why a moderator moves a challenge to another stage."""

    reason = line_field("Reason", most=300, hint="Kept in the audit log. Only admins read it there.")

    def values(self) -> dict[str, Any]:
        """Return what the service of the act takes."""
        return {"reason": self.reason.data or ""}

    def stand_on(self, challenge: ManagedChallenge, *, fill: bool) -> None:
        """Fit the form to the challenge; `fill` it with what holds unless it was sent."""

    def notes(self) -> list[str]:
        """Return what the clock change made of the times, where it made anything."""
        times = (field for field in self if isinstance(field, LondonTimeField))
        return [note for field in times if field.data and (note := clock_change_note(field.data))]


class _TimesForm(ActForm):
    """Until when a challenge goes on."""

    closes_at = LondonTimeField("Closes for ideas")
    voting_closes_at = LondonTimeField(
        "Voting ends", description="Leave it empty if votes and comments close together with ideas."
    )

    def values(self) -> dict[str, Any]:
        """Return what the service of the act takes."""
        closes = self.closes_at.moment if "closes_at" in self else None
        return {**super().values(), "new": NewTimes(closes, self.voting_closes_at.moment)}


class ExtendForm(_TimesForm):
    """More time for a challenge that goes on; it begins with the times that hold."""

    def stand_on(self, challenge: ManagedChallenge, *, fill: bool) -> None:
        """Leave out the time that has passed, and show those that hold."""
        if fill:
            self.closes_at.process(None, wall_time(challenge.closes_at))
            self.voting_closes_at.process(None, wall_time(challenge.voting_closes_at))
        if not challenge.closes_for_ideas_later:
            del self.closes_at


class ReopenForm(_TimesForm):
    """New closing times for a challenge that has closed."""


class PauseForm(ActForm):
    """What people are told while nothing is accepted."""

    message = line_field(
        "What people read on its page",
        most=MAX_MESSAGE,
        hint="For example, why you pause it. Leave it empty to say only that it is paused.",
    )
    until = LondonTimeField(
        "When it may go on",
        description="Shown to people, if you know. It goes on when you resume it, not by itself.",
    )

    def values(self) -> dict[str, Any]:
        """Return what the service of the act takes."""
        return {**super().values(), "words": self.message.data or "", "until": self.until.moment}
