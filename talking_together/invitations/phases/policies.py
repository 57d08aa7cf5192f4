"""The states of a phase: which acts each allows, and where an act leads."""

from talking_together.core.errors import Conflict

# From a state, by an act, to a state. `begin` is a schedule's time come, `finish` nothing left to
# send, `lose` and `find` the mail server going and coming back: the worker's acts, not a person's.
MOVES = {
    ("draft", "schedule"): "scheduled",
    ("draft", "start"): "sending",
    ("scheduled", "unschedule"): "draft",
    ("scheduled", "start"): "sending",
    ("scheduled", "begin"): "sending",
    ("scheduled", "finish"): "sent",
    ("sending", "pause"): "paused",
    ("sending", "lose"): "paused",
    ("sending", "stop"): "stopped",
    ("sending", "finish"): "sent",
    # A phase that waits for the mail server stays paused when it comes back.
    ("paused", "pause"): "paused",
    ("paused", "resume"): "sending",
    ("paused", "find"): "sending",
    ("paused", "stop"): "stopped",
    # What was sent stays as it is; no reminder follows.
    ("sent", "stop"): "stopped",
}
BY_HAND = ("schedule", "start", "unschedule", "pause", "resume", "stop")

_IS = {
    "draft": "is a draft",
    "scheduled": "is scheduled",
    "sending": "has been started already",
    "paused": "is paused",
    "sent": "has been sent already",
    "stopped": "has been stopped",
}


class PhaseMoved(Conflict):
    """The phase is in a state that does not allow what was asked: often somebody was quicker."""

    def __init__(self, state: str) -> None:
        super().__init__(f"This phase {_IS[state]}.")


def can_edit(state: str) -> bool:
    """Return whether a phase's words, people and times may still be changed."""
    return state == "draft"


def can_act(state: str, pause_cause: str, act: str) -> bool:
    """Return whether an act is allowed: a pause for the mail server ends by itself, not by hand."""
    if (state, act) not in MOVES:
        return False
    if state != "paused":
        return True
    for_server = pause_cause == "mail server"
    return {"pause": for_server, "find": for_server, "resume": not for_server}.get(act, True)


def state_after(state: str, pause_cause: str, act: str) -> str:
    """Return the state that an act leads to; raises PhaseMoved where it is not allowed."""
    if not can_act(state, pause_cause, act):
        raise PhaseMoved(state)
    return MOVES[state, act]


def acts_of(state: str, pause_cause: str) -> list[str]:
    """Return what a person may do with a phase now."""
    return [act for act in BY_HAND if can_act(state, pause_cause, act)]
