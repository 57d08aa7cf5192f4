"""Whom a phase is for: a list or a choice, and who is left out for which reason."""

from typing import Any

import pytest
from sqlalchemy import select, update

from talking_together.core.clock import now
from talking_together.extensions import db
from talking_together.invitations.models import Invitation, StaffListRow
from talking_together.invitations.phases import moving
from talking_together.invitations.phases.selection import people_like, selection_of
from talking_together.mail.suppressions import lift, suppress
from tests.factories.invitations import make_invitation, make_phase, make_staff_list
from tests.factories.members import make_member
from tests.factories.organisations import make_group, make_organisation

pytestmark = pytest.mark.usefixtures("app")

EIGHT = tuple(f"{letter}@riverside.example" for letter in "abcdefgh")


def emails(phase: Any) -> list[str]:
    """Return whom a phase would invite."""
    return sorted(person.email for person in selection_of(phase).people)


def reasons(phase: Any) -> dict[str, list[str]]:
    """Return who is left out of a phase, by reason."""
    return {
        reason: [person.email for person in people]
        for reason, people in selection_of(phase).reasons().items()
    }


def choice(**values: Any) -> Any:
    """Return a draft phase for a choice."""
    return make_phase(make_staff_list(), **{"source": "choice", **values})


def test_everybody_of_a_list_is_invited_or_left_out_for_one_reason() -> None:
    staff_list = make_staff_list(*EIGHT)
    phase = make_phase(staff_list)
    make_member(email=EIGHT[0])
    make_invitation(email=EIGHT[1])
    make_invitation(email=EIGHT[2], state="declined")
    suppress(EIGHT[2], because="declined")
    suppress(EIGHT[3], because="bounced")
    for email, outcome in ((EIGHT[4], "needs attention"), (EIGHT[5], "ignored"), (EIGHT[6], "suppressed")):
        db.session.execute(update(StaffListRow).where(StaffListRow.email == email).values(outcome=outcome))
    db.session.commit()
    assert reasons(phase) == {
        "already a member": [EIGHT[0]],
        "already invited": [EIGHT[1]],
        "declined": [EIGHT[2]],
        "suppressed": [EIGHT[3]],
        "needs attention": [EIGHT[4]],
        "ignored": [EIGHT[5]],
    }
    # Once called suppressed, but lifted since.
    assert emails(phase) == [EIGHT[6], EIGHT[7]]
    selection = selection_of(phase)
    assert len(selection.people) + len(selection.left_out) == len(EIGHT)


def test_an_address_that_is_lifted_is_invited_again() -> None:
    phase = make_phase(make_staff_list(EIGHT[0]))
    suppress(EIGHT[0], because="asked")
    assert emails(phase) == []
    lift(EIGHT[0])
    assert emails(phase) == [EIGHT[0]]


def test_who_declined_is_invited_again_once_an_admin_lifts_the_address() -> None:
    earlier = make_phase(make_staff_list(), state="sent", started_at=now())
    make_invitation(earlier, email=EIGHT[0], state="declined")
    suppress(EIGHT[0], because="declined")
    phase = choice(not_joined_from=earlier.id)
    assert reasons(phase) == {"declined": [EIGHT[0]]}
    lift(EIGHT[0])
    assert emails(phase) == [EIGHT[0]]


def test_a_choice_is_made_from_all_lists_each_address_once() -> None:
    trust, council = make_organisation(), make_organisation()
    make_staff_list(*EIGHT[:3], organisation=trust)
    make_staff_list(*EIGHT[2:5], organisation=council)
    make_staff_list(EIGHT[5], organisation=trust, state="reading")
    make_staff_list(EIGHT[6], organisation=trust, kind="leaving")
    assert emails(choice()) == list(EIGHT[:5])
    assert emails(choice(organisation_ids=[trust.id])) == list(EIGHT[:2])
    assert emails(choice(organisation_ids=[council.id])) == list(EIGHT[2:5])
    assert emails(choice(organisation_ids=[trust.id, council.id])) == list(EIGHT[:5])


def test_a_choice_of_groups_takes_those_of_any_organisation() -> None:
    group = make_group(name="Community nurses")
    make_staff_list(*EIGHT[:4])
    db.session.execute(
        update(StaffListRow)
        .where(StaffListRow.email.in_(EIGHT[:2]))
        .values(groups="Porters; COMMUNITY  nurses")
    )
    db.session.commit()
    phase = choice(group_ids=[group.id])
    assert emails(phase) == list(EIGHT[:2])
    moving.start_phase(None, phase_id=phase.id)
    db.session.commit()
    held = db.session.scalars(select(Invitation.group_ids).where(Invitation.phase_id == phase.id)).all()
    assert held == [[group.id]] * 2


# The state in the earlier phase: invited anew, or left out for a reason, or not spoken of.
NOT_YET_JOINED = {
    "sent": "invited",
    "expired": "invited",
    "failed": "invited",
    "bounced": "invited",
    "outcome unknown": "invited",
    "draft": "already invited",
    "queued": "already invited",
    "sending": "already invited",
    "declined": "declined",
    "revoked": "revoked",
    "suppressed": "invited",
    "joined": None,
    "already a member": None,
}


@pytest.mark.parametrize("state", NOT_YET_JOINED)
def test_who_has_not_joined_from_an_earlier_phase(state: str) -> None:
    earlier = make_phase(make_staff_list(), state="sent", started_at=now())
    make_invitation(earlier, email=EIGHT[0], state=state)
    if state == "declined":
        suppress(EIGHT[0], because="declined")
    phase = choice(not_joined_from=earlier.id)
    found = "invited" if emails(phase) else next(iter(reasons(phase)), None)
    assert found == NOT_YET_JOINED[state]


def test_what_a_stopped_phase_never_sent_can_be_sent_by_another() -> None:
    earlier = make_phase(make_staff_list(*EIGHT[:3]), state="draft")
    moving.start_phase(None, phase_id=earlier.id)
    make_invitation(earlier, email=EIGHT[3], state="revoked")
    db.session.execute(
        update(Invitation)
        .where(Invitation.email.in_(EIGHT[:3]))
        .values(state="revoked", last_answer="The phase was stopped")
    )
    db.session.commit()
    assert emails(choice(not_joined_from=earlier.id)) == list(EIGHT[:3])


def test_who_has_been_invited_again_already_is_not_invited_a_third_time() -> None:
    earlier = make_phase(make_staff_list(), state="sent", started_at=now())
    for email in EIGHT[:2]:
        make_invitation(earlier, email=email)
    later = make_phase(make_staff_list(), state="sent", started_at=now())
    make_invitation(later, email=EIGHT[0])
    assert emails(choice(not_joined_from=earlier.id)) == [EIGHT[1]]
    assert emails(choice(not_joined_from=later.id)) == [EIGHT[0]]


def test_somebody_is_found_for_a_preview_by_part_of_a_name_or_address() -> None:
    phase = make_phase(make_staff_list("sam.lee@riverside.example", "zo@riverside.example"))
    assert [person.email for person in people_like(phase, "SAM.L")] == ["sam.lee@riverside.example"]
    assert len(people_like(phase, "sam  exam")) == 2
    assert people_like(phase, "nobody") == []
    moving.start_phase(None, phase_id=phase.id)
    db.session.commit()
    db.session.refresh(phase)
    assert len(people_like(phase, "")) == 2
