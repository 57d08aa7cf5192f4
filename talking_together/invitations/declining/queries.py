"""Reads of the invitation that somebody says no to, and of the addresses that nothing is sent to."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.extensions import db
from talking_together.invitations.links import id_in, proves
from talking_together.invitations.models import Invitation
from talking_together.mail.models import SUPPRESSED_BECAUSE, SuppressedAddress

PAGE_SIZE = 50
MAX_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Search:
    """What the list of suppressed addresses is narrowed by; empty values narrow nothing."""

    text: str = ""
    because: str = ""


def get_invitation_of(token: str) -> Any:
    """Return the invitation that a link's token belongs to; raises NotFound for any other text.

    `is_suppressed` says whether its address is one that nothing is sent to.
    """
    invitation_id = id_in(token)
    if invitation_id is None:
        raise NotFound()
    row: Any = db.session.execute(
        select(
            Invitation.id,
            Invitation.email,
            Invitation.nonce,
            Invitation.state,
            Invitation.expires_at,
            SuppressedAddress.id.is_not(None).label("is_suppressed"),
        )
        .outerjoin(SuppressedAddress, SuppressedAddress.address == Invitation.email)
        .where(Invitation.id == invitation_id, Invitation.state != "draft")
    ).first()
    if row is None or not proves(token, row.id, row.nonce):
        raise NotFound()
    return row


def addresses_suppressed(search: Search, *, after: str | None) -> Page:
    """Return a page of the addresses that nothing is sent to, the latest first."""
    statement = select(SuppressedAddress.__table__).order_by(SuppressedAddress.id.desc()).limit(PAGE_SIZE + 1)
    if words := search.text.strip()[:MAX_SEARCH]:
        statement = statement.where(SuppressedAddress.address.icontains(words, autoescape=True))
    if search.because in SUPPRESSED_BECAUSE:
        statement = statement.where(SuppressedAddress.because == search.because)
    if cursor := decode_cursor(after, (int,)):
        statement = statement.where(SuppressedAddress.id < cursor[0])
    rows = db.session.execute(statement).all()
    return page_of(rows, PAGE_SIZE, lambda row: encode_cursor(row.id))


def get_suppressed(suppressed_id: int) -> Row[Any]:
    """Return one suppressed address; raises NotFound."""
    row: Row[Any] | None = db.session.execute(
        select(SuppressedAddress.__table__).where(SuppressedAddress.id == suppressed_id)
    ).first()
    if row is None:
        raise NotFound()
    return row
