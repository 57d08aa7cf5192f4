"""Using a voucher once, at the desk of the sponsor who gives it, and taking a slip back."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select, update

from talking_together.audit import services as audit
from talking_together.core import clock
from talking_together.core.access import SPONSOR, ensure_role
from talking_together.core.errors import NotAllowed, NotFound
from talking_together.extensions import db
from talking_together.rewards.locks import lock_voucher
from talking_together.rewards.models import DeskMember, Voucher
from talking_together.rewards.vouchers.codes import read_code, shown_code
from talking_together.rewards.vouchers.policies import ensure_usable
from talking_together.rewards.vouchers.refusals import NotOfThisDesk, NotUsable, UnknownCode

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

# How long a desk can take back that it marked the wrong voucher.
SLIP = timedelta(minutes=10)


def use_voucher(desk_member: "Viewer", *, code: str) -> Row[Any]:
    """Mark the voucher with a code, as typed or scanned, as used, and return it as it was before.

    Raises MistypedCode, UnknownCode, NotOfThisDesk, WasUsed, WasCancelled or HasExpired.
    """
    ensure_role(desk_member, SPONSOR)
    kept = read_code(code)
    try:
        voucher = lock_voucher(Voucher.code == kept)
    except NotFound:
        raise UnknownCode() from None
    at = clock.now()
    ensure_of_desk(voucher, sponsor_of(desk_member.id))
    ensure_usable(voucher, at)
    _write(voucher.id, used_at=at, used_by_id=desk_member.id)
    return voucher


def undo_use(desk_member: "Viewer", *, voucher_id: int) -> Row[Any]:
    """Take back, within ten minutes, that the desk marked a voucher as used; logged.

    Raises NotFound for another desk's voucher, and NotUsable once it is too late or was done already.
    """
    ensure_role(desk_member, SPONSOR)
    voucher = lock_voucher(Voucher.id == voucher_id, Voucher.sponsor_id == sponsor_of(desk_member.id))
    if voucher.used_at is None:
        raise NotUsable("This is not marked as used.")
    if clock.now() > voucher.used_at + SLIP:
        raise NotUsable("This was marked as used more than ten minutes ago, and stays so.")
    _write(voucher.id, used_at=None, used_by_id=None)
    audit.record(
        desk_member,
        "took back that a voucher was used",
        subject_type="voucher",
        subject_id=voucher.id,
        subject_label=f"{voucher.reward_title}, {shown_code(voucher.code)[:4]}…",
        details={"used_at": voucher.used_at.isoformat()},
    )
    return voucher


def sponsor_of(member_id: int) -> int:
    """Return the sponsor at whose desk a member serves; raises NotAllowed for nobody's."""
    sponsor_id = db.session.scalar(select(DeskMember.sponsor_id).where(DeskMember.member_id == member_id))
    if sponsor_id is None:
        raise NotAllowed("You serve at no desk.")
    return sponsor_id


def ensure_of_desk(voucher: Any, sponsor_id: int) -> None:
    """Raise NotOfThisDesk unless a voucher is of the sponsor."""
    if voucher.sponsor_id != sponsor_id:
        raise NotOfThisDesk()


def _write(voucher_id: int, **values: Any) -> None:
    db.session.execute(
        update(Voucher)
        .where(Voucher.id == voucher_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
