"""What the log can be narrowed to."""

from typing import Any

from wtforms import SelectField
from wtforms.fields import SelectChoice

from talking_together.core.forms import Form


class LogFilterForm(Form):
    """One action, one actor, both or neither; read from the address, since it changes nothing."""

    class Meta(Form.Meta):
        csrf = False

    action = SelectField("Action")
    actor = SelectField("Who")

    def offer(self, *, actions: list[str], actors: list[Any]) -> None:
        """Set what can be chosen."""
        self.action.choices = [
            SelectChoice("", "Any action"),
            *(SelectChoice(name, name.capitalize()) for name in actions),
        ]
        self.actor.choices = [
            SelectChoice("", "Anybody"),
            *(SelectChoice(str(row.id), row.name) for row in actors),
        ]
