"""The names of the events by which votes earn points, in the ledger."""

from talking_together.votes.changes import CAST, THUMB_UP, UP


def noun_of(kind: str) -> str:
    """Return what events call a kind of thing that is voted on."""
    return "idea" if kind == "ideas" else "comment"


def event_key(event: str, noun: str, thing_id: int, member_id: int) -> str:
    """Return the key of what a member's vote on a thing earns."""
    if event == CAST:
        return f"vote cast:{noun}:{thing_id}:member:{member_id}"
    return f"thumb up on {noun}:{thing_id}:by:{member_id}"


def places_of(thing_id: int, moved_from: str) -> list[int]:
    """Return where a vote stands and the ideas that it stood on before they were merged."""
    return [thing_id, *(int(id) for id in moved_from.split(",") if id)]


def keys_of_vote(kind: str, thing_id: int, member_id: int, value: int, moved_from: str = "") -> list[str]:
    """Return the keys of all that a standing vote may have earned, its author's thumb up among it."""
    events = (CAST, THUMB_UP) if value == UP else (CAST,)
    places = places_of(thing_id, moved_from)
    return [event_key(event, noun_of(kind), place, member_id) for event in events for place in places]
