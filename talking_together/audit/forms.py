"""What the log can be narrowed to."""

from typing import Any

from wtforms import SelectField

from talking_together.core.forms import Form


class LogFilterForm(Form):
    """One action, one actor, both or neither; read from the address, since it changes nothing."""

    class Meta(Form.Meta):
        csrf = False

    action = SelectField("Action")
    actor = SelectField("Who")

    def offer(self, *, actions: list[str], actors: list[Any]) -> None:
        """Set what can be chosen."""
        self.action.choices = [("", "Any action"), *((name, name.capitalize()) for name in actions)]
        self.actor.choices = [("", "Anybody"), *((str(row.id), row.name) for row in actors)]
