"""Reads of the invitation that somebody wants to take up."""

from typing import Any

from sqlalchemy import Row, select

from talking_together.accounts.models import Member
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.invitations.links import id_in, proves
from talking_together.invitations.models import Invitation
from talking_together.organisations.models import Organisation


def get_invited(token: str) -> Row[Any]:
    """Return the invitation that a link's token belongs to; raises NotFound for any other text."""
    invitation_id = id_in(token)
    if invitation_id is None:
        raise NotFound()
    row = db.session.execute(
        select(
            Invitation.__table__,
            Organisation.name.label("organisation_name"),
            Member.id.label("existing_member_id"),
        )
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .outerjoin(Member, (Member.email == Invitation.email) | (Member.sign_in_name == Invitation.email))
        .where(Invitation.id == invitation_id)
        .limit(1)
    ).first()
    if row is None or not proves(token, row.id, row.nonce):
        raise NotFound()
    return row
