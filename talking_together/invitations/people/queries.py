"""Reads of one person's invitation."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, select

from talking_together.accounts.bylines import shown_name
from talking_together.accounts.models import Member
from talking_together.core.database import locked
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.invitations.models import Invitation, Phase
from talking_together.mail.models import SuppressedAddress
from talking_together.organisations.models import Organisation

MOST_OTHERS = 20


def get_invitation(invitation_id: int) -> Row[Any]:
    """Return an invitation with all that its page says of it; raises NotFound."""
    return _found(
        _with_phase(
            Organisation.name.label("organisation_name"),
            Organisation.short_name.label("organisation_short_name"),
            shown_name(Member).label("member_name"),
            Member.shown_as_former.label("member_is_former"),
            Member.is_active.label("member_is_active"),
            SuppressedAddress.id.label("suppressed_id"),
        )
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .outerjoin(Member, Member.id == Invitation.member_id)
        .outerjoin(SuppressedAddress, SuppressedAddress.address == Invitation.email)
        .where(Invitation.id == invitation_id)
    )


def lock_with_phase(invitation_id: int) -> Row[Any]:
    """Return an invitation, locked, with the state of its phase; raises NotFound."""
    return _found(locked(_with_phase().where(Invitation.id == invitation_id), of=Invitation))


def others_of_address(invitation: Any) -> Sequence[Any]:
    """Return the latest other invitations of the same address, with the name of their phase."""
    return db.session.execute(
        select(Invitation.id, Invitation.state, Phase.name.label("phase_name"))
        .join(Phase, Phase.id == Invitation.phase_id)
        .where(Invitation.email == invitation.email, Invitation.id != invitation.id)
        .order_by(Invitation.id.desc())
        .limit(MOST_OTHERS)
    ).all()


def _with_phase(*more: Any) -> Select[Any]:
    return select(
        Invitation.__table__,
        Phase.name.label("phase_name"),
        Phase.state.label("phase_state"),
        Phase.expires_days,
        *more,
    ).join(Phase, Phase.id == Invitation.phase_id)


def _found(statement: Select[Any]) -> Row[Any]:
    row = db.session.execute(statement).first()
    if row is None:
        raise NotFound()
    return row
