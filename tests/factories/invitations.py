"""Staff lists, phases, invitations and join codes."""

import secrets
from datetime import timedelta
from typing import Any

from talking_together.core import clock
from talking_together.invitations.models import Invitation, JoinCode, Phase, StaffList, StaffListRow
from talking_together.invitations.team_codes.codes import new_code
from talking_together.mail.models import OutboxMessage
from talking_together.organisations.models import Organisation
from tests.factories.organisations import make_organisation
from tests.factories.rows import next_number, saved


def make_staff_list(*emails: str, organisation: Organisation | None = None, **values: Any) -> StaffList:
    """Return a staff list with a new row for each address."""
    organisation = organisation or make_organisation()
    staff_list = saved(
        StaffList(
            **{
                "name": f"Community nurses {next_number()}",
                "filename": "nurses.csv",
                "uploaded_at": clock.now(),
                "rows_count": len(emails),
                **values,
            }
        )
    )
    for line, email in enumerate(emails, start=2):
        saved(
            StaffListRow(
                list_id=staff_list.id,
                line=line,
                name="Sam Example",
                email=email,
                outcome="new",
                organisation_id=organisation.id,
            )
        )
    return staff_list


def make_phase(staff_list: StaffList | None = None, **values: Any) -> Phase:
    """Return a draft phase with a staff list that sends at any hour."""
    return saved(
        Phase(
            **{
                "name": f"Champions {next_number()}",
                "list_id": (staff_list or make_staff_list("sam@riverside.example")).id,
                "subject": "{first_name}, join {site_name}",
                "message": "Dear {first_name},\n\nCome and join {organisation}.",
                "created_at": clock.now(),
                "sending_days": "every day",
                "sending_from": 0,
                "sending_until": 24,
                **values,
            }
        )
    )


def make_invitation(phase: Phase | None = None, **values: Any) -> Invitation:
    """Return an invitation that has been sent, in a phase that has been started."""
    if phase is None:
        phase = make_phase(
            make_staff_list(), state="sent", started_at=clock.now(), people_count=1, sent_count=1
        )
    if "organisation_id" not in values:
        values["organisation_id"] = make_organisation().id
    return saved(
        Invitation(
            **{
                "phase_id": phase.id,
                "email": f"invited{next_number()}@riverside.example",
                "name": "Sam Example",
                "group_ids": [],
                "state": "sent",
                "nonce": secrets.token_hex(16),
                "created_at": clock.now(),
                "sent_at": clock.now(),
                **values,
            }
        )
    )


def make_counted_invitation(phase_state: str = "sent", **values: Any) -> Invitation:
    """Return an invitation that is all there is of its phase, which counts it as it stands."""
    state = values.get("state", "sent")
    sent_at = values.pop("sent_at", clock.now())
    phase = make_phase(
        make_staff_list(),
        state=phase_state,
        expires_days=20,
        people_count=1,
        sent_count=int(sent_at is not None),
        failed_count=int(state == "failed"),
        unknown_count=int(state == "outcome unknown"),
        joined_count=int(state == "joined"),
    )
    return make_invitation(
        phase, **{"expires_at": clock.now() + timedelta(days=9), "sent_at": sent_at, **values}
    )


def make_email(invitation: Invitation, state: str = "queued", **values: Any) -> OutboxMessage:
    """Return an email of an invitation in a state of the outbox."""
    return saved(
        OutboxMessage(
            **{
                "message_id": f"<{next_number()}@ideas.example.org>",
                "purpose": "invitation",
                "ref_id": invitation.id,
                "to_address": invitation.email,
                "subject": "Join",
                "body_text": "Join",
                "state": state,
                "due_at": clock.now(),
                "created_at": clock.now(),
                **values,
            }
        )
    )


def make_join_code(**values: Any) -> JoinCode:
    """Return a team's join code that ten people can use, without a moderator's approval."""
    if "organisation_id" not in values:
        values["organisation_id"] = make_organisation().id
    return saved(
        JoinCode(
            **{
                "code": new_code(),
                "label": f"Night porters {next_number()}",
                "needs_approval": False,
                "max_uses": 10,
                "created_at": clock.now(),
                "expires_at": clock.now() + timedelta(days=30),
                **values,
            }
        )
    )
