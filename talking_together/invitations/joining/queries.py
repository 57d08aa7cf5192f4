"""Reads of the invitation that somebody wants to take up."""

from typing import Any

from sqlalchemy import Row, select

from talking_together.accounts.models import Member
from talking_together.accounts.queries import has_proven
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.invitations.links import id_in, is_code, proves, token_of
from talking_together.invitations.models import Invitation, Phase
from talking_together.organisations.models import Organisation

# Nobody stands in more phases than that and still types a code.
LATEST = 50


def get_invited(token: str) -> Row[Any]:
    """Return the invitation that a link's token belongs to; raises NotFound for any other text."""
    invitation_id = id_in(token)
    if invitation_id is None:
        raise NotFound()
    row = db.session.execute(
        select(
            Invitation.__table__,
            Organisation.name.label("organisation_name"),
            Phase.state.label("phase_state"),
            Phase.challenge_id,
            Member.id.label("existing_member_id"),
        )
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .join(Phase, Phase.id == Invitation.phase_id)
        .outerjoin(Member, has_proven(Invitation.email))
        .where(Invitation.id == invitation_id)
        .limit(1)
    ).first()
    if row is None or not proves(token, row.id, row.nonce):
        raise NotFound()
    return row


def find_token_by_code(*, email: str, code: str) -> str | None:
    """Return the token of the address's invitation that the code is of, or None."""
    rows = db.session.execute(
        select(Invitation.id, Invitation.nonce)
        .where(Invitation.email == email)
        .order_by(Invitation.id.desc())
        .limit(LATEST)
    ).all()
    # Every one is compared, so that the time taken does not tell which.
    found = [token_of(row.id, row.nonce) for row in rows if is_code(code, row.id, row.nonce)]
    return found[0] if found else None
