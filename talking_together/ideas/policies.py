"""May this member do this to an idea? Pure functions for services and templates alike."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from talking_together.challenges.policies import (
    ensure_takes_changes,
    ensure_takes_comments,
    ensure_takes_decisions,
    ensure_takes_ideas,
    ensure_takes_votes,
)
from talking_together.challenges.stages import Dated
from talking_together.core.errors import Conflict, NotAllowed, TalkingTogetherError
from talking_together.ideas.statuses import LISTED, allowed_from, allows

# Who stands beside an idea's author: who accepted to, and who is credited by a merge.
BESIDE = ("accepted", "credited")


class Person(Protocol):
    """The one who acts, as far as these rules look at them."""

    @property
    def id(self) -> int: ...

    @property
    def is_moderator(self) -> bool: ...


class Placed(Protocol):
    """An idea, or a row with these of its columns."""

    @property
    def author_id(self) -> int | None: ...

    @property
    def status(self) -> str: ...


class ChangeNotAllowed(Conflict):
    """The table of changes has no such change of status."""

    def __init__(self, status: str, to: str, who: str) -> None:
        allowed = allowed_from(status, who)
        listed = ", ".join(f"“{name}”" for name in allowed) or "nothing else"
        why = f"It is “{to}” already" if status == to else f"An idea that is “{status}” cannot become “{to}”"
        super().__init__(f"{why}. It can become: {listed}.")


class CarriesOthers(Conflict):
    """What others wrote was merged into the idea, so that it is not its author's alone to withdraw."""

    message = (
        "An idea that somebody else wrote was merged into this one, so it cannot be withdrawn as it is. Ask a"
        " moderator: they can take the two apart first."
    )


class NotYourIdea(NotAllowed):
    """Only the author may do this."""

    message = "Only the person who wrote this idea can do that."


def is_author(member: Person, idea: Placed) -> bool:
    """Return whether the member wrote the idea."""
    return idea.author_id is not None and idea.author_id == member.id


def wrote(member: Person, idea: Placed) -> bool:
    """Return whether the member wrote the idea, alone or with others.

    What is asked about says so in `my_part`; a row without one is of an idea that nobody wrote with
    its author.
    """
    return is_author(member, idea) or getattr(idea, "my_part", None) in BESIDE


def ensure_can_edit(member: Person, idea: Placed, challenge: Dated, at: datetime) -> None:
    """Raise unless the member may change the wording: a draft always, else while it is live."""
    ensure_may_write(member, idea)
    if idea.status == "draft":
        return
    if idea.status not in LISTED and idea.status != "waiting for approval":
        raise Conflict(f"This idea is {idea.status}, so its wording cannot be changed.")
    ensure_takes_changes(challenge, at)


def ensure_can_publish(member: Person, idea: Placed, challenge: Dated, at: datetime) -> None:
    """Raise unless the member may publish their draft now."""
    ensure_author(member, idea)
    if idea.status != "draft":
        raise Conflict("This idea is published already.")
    ensure_takes_ideas(challenge, at)


def ensure_can_withdraw(member: Person, idea: Placed, challenge: Dated, at: datetime) -> None:
    """Raise unless the member may withdraw their idea now.

    `carries_others` says of what is asked about whether what others wrote was merged into it.
    """
    ensure_author(member, idea)
    ensure_change_allowed(idea.status, "withdrawn", "author")
    ensure_takes_changes(challenge, at)
    if getattr(idea, "carries_others", False):
        raise CarriesOthers()


def ensure_can_restore(member: Person, idea: Placed, challenge: Dated, at: datetime) -> None:
    """Raise unless the member may bring back the idea that they withdrew."""
    ensure_author(member, idea)
    if idea.status != "withdrawn":
        raise Conflict("This idea is not withdrawn.")
    ensure_takes_changes(challenge, at)


def ensure_can_ask(member: Person, idea: Placed, challenge: Dated, at: datetime) -> None:
    """Raise unless the member may ask colleagues to be co-authors of their idea."""
    ensure_author(member, idea)
    ensure_can_join(member, idea, challenge, at)


def ensure_can_join(member: Person, idea: Placed, challenge: Dated, at: datetime) -> None:  # noqa: ARG001  one shape for `allowed`
    """Raise unless the idea can have another co-author: a draft can, else while it is live."""
    if idea.status == "draft":
        return
    if idea.status not in LISTED and idea.status != "waiting for approval":
        raise Conflict(f"This idea is {idea.status}, so nobody can become its co-author.")
    ensure_takes_changes(challenge, at)


def ensure_can_discard(member: Person, idea: Placed, challenge: Dated, at: datetime) -> None:  # noqa: ARG001  one shape for `allowed`
    """Raise unless the member may delete their draft for good."""
    ensure_author(member, idea)
    if idea.status != "draft":
        raise Conflict("Only a draft can be deleted. A published idea can be withdrawn.")


def ensure_can_take_to_draft(member: Person, idea: Placed, challenge: Dated, at: datetime) -> None:  # noqa: ARG001  one shape for `allowed`
    """Raise unless the member may make their idea that waits for approval a draft again."""
    ensure_author(member, idea)
    ensure_change_allowed(idea.status, "draft", "author")


def ensure_can_approve(member: Person, idea: Placed, challenge: Dated, at: datetime) -> None:
    """Raise unless the member may publish an idea that waits for approval, or send it back."""
    if not member.is_moderator:
        raise NotAllowed("Only moderators can approve ideas.")
    ensure_change_allowed(idea.status, "new", "approver")
    ensure_takes_decisions(challenge, at)


def ensure_can_decide(member: Person, idea: Placed, challenge: Dated, at: datetime) -> None:  # noqa: ARG001  one shape for `allowed`
    """Raise unless the member may change where the idea stands."""
    if not member.is_moderator:
        raise NotAllowed("Only moderators can answer ideas.")
    ensure_takes_decisions(challenge, at)


def ensure_can_comment(member: Person, idea: Placed, challenge: Dated, at: datetime) -> None:  # noqa: ARG001  one shape for `allowed`
    """Raise unless the member may comment on the idea now."""
    if idea.status == "merged":
        raise Conflict("This idea was merged into another one. What you have to say belongs there.")
    if idea.status not in LISTED:
        raise Conflict(f"This idea is {idea.status}, so it takes no comments.")
    ensure_takes_comments(challenge, at)


def ensure_can_vote(member: Person, idea: Placed, challenge: Dated, at: datetime) -> None:
    """Raise unless the member may vote on the idea now."""
    if wrote(member, idea):
        raise NotAllowed("You cannot vote on your own idea.")
    if idea.status == "merged":
        raise Conflict("This idea was merged into another one. Vote there.")
    if idea.status not in LISTED:
        raise Conflict(f"This idea is {idea.status}, so it takes no votes.")
    ensure_takes_votes(challenge, at)


def ensure_change_allowed(status: str, to: str, who: str) -> None:
    """Raise ChangeNotAllowed, naming what is allowed, unless the table has the change."""
    if not allows(status, to, who):
        raise ChangeNotAllowed(status, to, who)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a member may do to an idea now, for its page; `why_no_vote` is "" when they may.

    `why_no_withdraw` is for an author whom only a merge keeps from withdrawing.
    """

    edit: bool
    publish: bool
    withdraw: bool
    why_no_withdraw: str
    restore: bool
    discard: bool
    decide: bool
    take_to_draft: bool
    ask: bool
    approve: bool
    comment: bool
    why_no_comment: str
    vote: bool
    why_no_vote: str


def allowed(member: Person, idea: Placed, challenge: Dated, at: datetime) -> Allowed:
    """Return what the member may do to the idea at that moment."""

    def why_not(ensure: object) -> str:
        try:
            ensure(member, idea, challenge, at)  # type: ignore[operator]
        except TalkingTogetherError as error:
            return error.message
        return ""

    no_comment, no_vote = why_not(ensure_can_comment), why_not(ensure_can_vote)
    no_withdraw = why_not(ensure_can_withdraw)
    return Allowed(
        edit=not why_not(ensure_can_edit),
        publish=not why_not(ensure_can_publish),
        withdraw=not no_withdraw,
        why_no_withdraw=no_withdraw if no_withdraw == CarriesOthers.message else "",
        restore=not why_not(ensure_can_restore),
        discard=not why_not(ensure_can_discard),
        decide=not why_not(ensure_can_decide) and bool(allowed_from(idea.status, "moderator")),
        take_to_draft=not why_not(ensure_can_take_to_draft),
        ask=not why_not(ensure_can_ask),
        approve=not why_not(ensure_can_approve),
        comment=not no_comment,
        why_no_comment=no_comment,
        vote=not no_vote,
        why_no_vote=no_vote,
    )


def why_no_vote(member: Person, idea: Placed, challenge: Dated, at: datetime) -> str:
    """Return the words why the member may not vote on the idea now, "" when they may."""
    try:
        ensure_can_vote(member, idea, challenge, at)
    except TalkingTogetherError as error:
        return error.message
    return ""


def why_not_join(member: Person, idea: Placed, challenge: Dated, at: datetime) -> str:
    """Return the words why nobody can become a co-author of the idea now, "" when they can."""
    try:
        ensure_can_join(member, idea, challenge, at)
    except TalkingTogetherError as error:
        return error.message
    return ""


def ensure_may_write(member: Person, idea: Placed) -> None:
    """Raise NotYourIdea unless the member wrote the idea, or accepted to be a co-author."""
    if getattr(idea, "my_part", None) != "accepted":
        ensure_author(member, idea)


def ensure_author(member: Person, idea: Placed) -> None:
    """Raise NotYourIdea unless the member wrote the idea."""
    if not is_author(member, idea):
        raise NotYourIdea()
