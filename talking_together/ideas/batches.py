"""What a moderator does to many ideas at once: as far as it is allowed, with words about the rest."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, select

from talking_together.audit.services import Subject, record_many
from talking_together.challenges.models import ChallengeTheme
from talking_together.core import clock
from talking_together.core.errors import Conflict, InvalidInput, NotAllowed
from talking_together.core.formatting import count_of, day
from talking_together.extensions import db
from talking_together.ideas import duty, policies
from talking_together.ideas.acts import Change, Left, record_act, stored
from talking_together.ideas.decisions import checked_response, decide, ensure_seen, last_decisions
from talking_together.ideas.locks import locked_as_found, write_ideas

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

MOST_AT_ONCE = 100


class NothingChanged(Conflict):
    """None of the ideas could be changed; `left` says why for each."""

    def __init__(self, left: Sequence[Left]) -> None:
        super().__init__("Nothing was changed.")
        self.left = list(left)


@dataclass(frozen=True, slots=True)
class Batch:
    """What was done to many ideas: by which act, to which of them, and what was left as it was."""

    act_id: int
    words: str
    idea_ids: list[int]
    left: list[Left]


def change_statuses(
    moderator: "Viewer",
    *,
    idea_ids: Collection[int],
    status: str,
    response: str = "",
    seen: Mapping[int, int] | None = None,
) -> Batch:
    """Change the status of each idea that may change so, all with the same response.

    `seen` holds the last decision that the moderator knew of, by idea, 0 for none.
    """
    _ensure_can(moderator, idea_ids)
    response = checked_response(status, response)
    ideas = locked_as_found(moderator, idea_ids)
    last = last_decisions([idea.id for idea in ideas]) if seen is not None else {}

    def ensure(idea: Row[Any]) -> None:
        if seen is not None and idea.id in seen:
            _ensure_seen(last.get(idea.id), seen[idea.id])
        policies.ensure_change_allowed(idea.status, status, "moderator")

    chosen, left = _sorted(moderator, ideas, ensure)
    changes = decide(moderator, chosen, status=status, response=response) if chosen else []
    return _done(moderator, lambda count: f"{count} changed to “{status}”", changes, left)


def set_theme(moderator: "Viewer", *, idea_ids: Collection[int], theme_id: int | None) -> Batch:
    """File ideas under a theme of their challenge, or under none."""
    _ensure_can(moderator, idea_ids)
    ideas = locked_as_found(moderator, idea_ids)
    # Under the locks of the challenges, without which no theme goes away.
    theme = _theme(theme_id)

    def ensure(idea: Row[Any]) -> None:
        if idea.status == "draft":
            raise Conflict("It is a draft, which is its author’s alone.")
        if theme is not None and theme.challenge_id != idea.challenge_id:
            raise Conflict("The theme belongs to another challenge.")
        if idea.theme_id == theme_id:
            raise Conflict("It is filed there already.")

    chosen, left = _sorted(moderator, ideas, ensure)
    changes = [
        Change(idea_id=idea.id, before={"theme_id": idea.theme_id}, after={"theme_id": theme_id})
        for idea in chosen
    ]
    if changes:
        write_ideas([change.idea_id for change in changes], theme_id=theme_id)
        record_many(moderator, "idea filed", _subjects(chosen, theme=theme.name if theme else None))
    where = f"filed under “{theme.name}”" if theme else "taken out of their themes"
    return _done(moderator, lambda count: f"{count} {where}", changes, left)


def give_answers(
    moderator: "Viewer", *, idea_ids: Collection[int], owner_id: int | None, due: date | None
) -> Batch:
    """Say who answers ideas, and by which day; who is asked is told."""
    _ensure_can(moderator, idea_ids)
    due_at, owner_id = duty.checked_due(due), duty.checked_owner(owner_id)
    ideas = locked_as_found(moderator, idea_ids)

    def ensure(idea: Row[Any]) -> None:
        duty.ensure_owes_answer(idea)
        if (idea.answer_owner_id, idea.answer_due_at) == (owner_id, due_at):
            raise Conflict("It is so already.")

    chosen, left = _sorted(moderator, ideas, ensure)
    changes = duty.give_duty(chosen, owner_id=owner_id, due_at=due_at)
    batch = _done(moderator, lambda count: f"{count} to be answered by {day(due_at)}", changes, left)
    duty.tell_owner(moderator, changes, act_id=batch.act_id)
    record_many(moderator, "answer asked for", _subjects(chosen, owner=owner_id, due=stored(due_at)))
    return batch


def _ensure_can(moderator: "Viewer", idea_ids: Collection[int]) -> None:
    if not moderator.is_moderator:
        raise NotAllowed("Only moderators can do that.")
    if not idea_ids:
        raise InvalidInput("Choose at least one idea", field="ideas")
    if len(set(idea_ids)) > MOST_AT_ONCE:
        raise InvalidInput(f"Choose {MOST_AT_ONCE} ideas or fewer", field="ideas")


def _ensure_seen(last: Any, seen: int) -> None:
    try:
        ensure_seen(last, seen)
    except Conflict:
        raise Conflict(
            f"{last.name or 'Somebody'} changed it to “{last.to_status}” after you opened the page."
        ) from None


def _theme(theme_id: int | None) -> Row[Any] | None:
    if theme_id is None:
        return None
    statement = select(ChallengeTheme.challenge_id, ChallengeTheme.name).where(ChallengeTheme.id == theme_id)
    theme = cast("Row[Any] | None", db.session.execute(statement).first())
    if theme is None:
        raise InvalidInput("Choose a theme", field="theme")
    return theme


def _sorted(
    moderator: "Viewer", ideas: Sequence[Row[Any]], ensure: Callable[[Row[Any]], None]
) -> tuple[list[Row[Any]], list[Left]]:
    """Return the ideas that may be changed, and the others with why not."""
    chosen, left, at = [], [], clock.now()
    for idea in ideas:
        try:
            policies.ensure_can_decide(moderator, idea, idea, at)
            ensure(idea)
        except Conflict as error:
            left.append(Left(idea.id, idea.title, error.message))
        else:
            chosen.append(idea)
    return chosen, left


def _done(
    moderator: "Viewer", words: Callable[[str], str], changes: Sequence[Change], left: Sequence[Left]
) -> Batch:
    if not changes:
        raise NothingChanged(left)
    said = words(count_of(len(changes), "idea"))
    act_id = record_act(moderator, said, changes, left=left)
    return Batch(act_id, said, [change.idea_id for change in changes], list(left))


def _subjects(ideas: Sequence[Row[Any]], **details: Any) -> list[Subject]:
    return [Subject("idea", idea.id, idea.title, details) for idea in ideas]
