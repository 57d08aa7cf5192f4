"""Forms of the leaderboards: which board to see, and whether there are any."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, SelectField
from wtforms.fields import SelectChoice

from talking_together.core.forms import Form, line_field
from talking_together.leaderboards.boards import month_words


class BoardForm(Form):
    """A month or a challenge; read from the address, since it changes nothing."""

    class Meta(Form.Meta):
        csrf = False


class MonthForm(BoardForm):
    """Which month to see."""

    month = SelectField("Month")

    def offer(self, months: Sequence[str]) -> None:
        """Set the months that can be chosen."""
        self.month.choices = [SelectChoice(month, month_words(month)) for month in months]


class ChallengeForm(BoardForm):
    """Which challenge to see."""

    challenge = SelectField("Challenge")

    def offer(self, challenges: Sequence[Any]) -> None:
        """Set the challenges that can be chosen."""
        self.challenge.choices = [SelectChoice(str(row.id), row.title) for row in challenges]


class SettingsForm(Form):
    """What an admin decides about points for the whole site."""

    leaderboards_on = BooleanField(
        "Show leaderboards",
        description="Without the tick there is no leaderboard and no word of one anywhere. "
        "Points, rewards and what people chose stay as they are.",
    )
    reason = line_field("Why (optional)", most=200, hint="Stands in the audit log")
