"""What a moderator finds on an idea's page beside what everybody sees there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from talking_together.challenges.policies import takes_decisions
from talking_together.core import clock
from talking_together.drafts.offers import Offer, offer_draft
from talking_together.ideas.acts import latest_act
from talking_together.ideas.decisions import response_key
from talking_together.ideas.duty import answerers, default_owner, due_in
from talking_together.ideas.moderator_forms import DecisionForm, DutyForm, NoteForm
from talking_together.ideas.notes import Note, can_note, notes_on
from talking_together.ideas.shown import Decision, IdeaInFull
from talking_together.ideas.statuses import LISTED, allowed_from

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


@dataclass(slots=True)
class Forms:
    """The moderators' forms on an idea's page, where one was sent and has to be shown again."""

    decision: DecisionForm | None = None
    duty: DutyForm | None = None
    note: NoteForm | None = None
    # Somebody else decided after the form was opened.
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """What moderators do with an idea: answer it, say who answers it, write notes, undo."""

    decision_form: DecisionForm
    draft_key: str
    draft: Offer | None
    overtaken_by: Decision | None
    duty_form: DutyForm | None
    owner_name: str
    is_overdue: bool
    note_form: NoteForm
    notes: Sequence[Note]
    can_note: bool
    act: Any

    @property
    def forms(self) -> list[Any]:
        """Return the forms that may hold errors."""
        return [form for form in (self.decision_form, self.duty_form, self.note_form) if form]


def desk_of(
    moderator: "Viewer", idea: IdeaInFull, decisions: Sequence[Decision], forms: Forms, at: datetime
) -> Desk | None:
    """Return what a moderator does with an idea, or None for who is none."""
    if not moderator.is_moderator or idea.status == "draft":
        return None
    last = decisions[-1] if decisions else None
    people = answerers(idea.challenge.id)
    decision_form, key = _decision_form(idea, last, forms), response_key(idea.id)
    return Desk(
        decision_form=decision_form,
        draft_key=key,
        draft=offer_draft(moderator, key, decision_form) if decision_form.status.choices else None,
        overtaken_by=last if forms.overtaken else None,
        duty_form=_duty_form(idea, forms, people),
        owner_name=next((each.name for each in people if each.id == idea.answer_owner_id), ""),
        is_overdue=_is_owed(idea) and idea.answer_due_at is not None and idea.answer_due_at <= at,
        note_form=forms.note or NoteForm(formdata=None),
        notes=notes_on(moderator, idea),
        can_note=can_note(moderator, idea),
        act=latest_act(moderator, idea_id=idea.id),
    )


def _decision_form(idea: IdeaInFull, last: Decision | None, forms: Forms) -> DecisionForm:
    form = forms.decision or DecisionForm(formdata=None)
    form.offer(allowed_from(idea.status, "moderator"), now=idea.status)
    if not form.seen.data or forms.overtaken:
        # The next save is made knowing of the other one.
        form.seen.data = str(last.id if last else 0)
    return form


def _is_owed(idea: IdeaInFull) -> bool:
    return idea.answered_at is None and idea.status in LISTED


def _duty_form(idea: IdeaInFull, forms: Forms, people: Sequence[Any]) -> DutyForm | None:
    if not _is_owed(idea) or not takes_decisions(idea.challenge, clock.now()):
        return None
    form = forms.duty
    if form is None:
        owner_id, due_at = idea.answer_owner_id, idea.answer_due_at
        if due_at is None:
            owner_id, due_at = default_owner(people), due_in(people[0].days)
        form = DutyForm(
            formdata=None, data={"owner": str(owner_id or ""), "due": clock.to_london(due_at).date()}
        )
    form.offer(people)
    return form
