"""Errors that state a fact. Services raise them; `core.error_pages` gives each its answer."""


class TalkingTogetherError(Exception):
    """A fact that stopped what was asked for; `message` is fit to be read by the person."""

    message = "That could not be done."

    def __init__(self, message: str | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__(self.message)


class NotFound(TalkingTogetherError):
    """The thing does not exist, or does not exist for this person."""

    message = "There is nothing here."


class NotAllowed(TalkingTogetherError):
    """The person may see the thing but may not do this to it."""

    message = "You cannot do that."


class Conflict(TalkingTogetherError):
    """The state of things does not allow it now."""

    message = "That is no longer possible."


class MovedMeanwhile(Conflict):
    """What was looked up moved while its lock was waited for; from the start it may well succeed."""

    message = "This was moved while you pressed. Press again."


class InvalidInput(TalkingTogetherError):
    """What was sent cannot be accepted; `field` names the form field it belongs to, if any."""

    message = "That is not something we can accept."

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
