"""The forms by which a sign is settled, and that undone."""

from wtforms import IntegerField
from wtforms.widgets import HiddenInput

from talking_together.core.forms import Form, text_field
from talking_together.fairness.services import MAX_REASON


class SettleForm(Form):
    """A form of one field, the reason; each has its own name, since they stand on one page."""

    @property
    def words(self) -> str:
        """Return the reason as it was typed."""
        return next(str(field.data or "") for field in self if field.type == "TextAreaField")


class SetAsideForm(SettleForm):
    """Why a sign means nothing."""

    why = text_field(
        "Why this is nothing to act on",
        most=MAX_REASON,
        required="Give the reason: other moderators will look for it",
        hint="For other moderators, and for the log.",
    )


class VoidForm(SettleForm):
    """Why votes are set aside."""

    reason = text_field(
        "Why these votes are set aside",
        most=MAX_REASON,
        required="Give the reason: the people whose votes these are will read it",
        hint="The people whose votes these are read this. Name nobody in it.",
    )
    seen = IntegerField(widget=HiddenInput())


class UndoForm(SettleForm):
    """Why a settled sign is opened again."""

    undo_why = text_field(
        "Why it is undone", most=MAX_REASON, required="Give the reason: it is kept in the log"
    )
