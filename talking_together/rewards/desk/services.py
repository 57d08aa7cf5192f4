"""Who serves at a sponsor's desk, and what keeps a desk from guessing codes."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from talking_together.accounts import throttle
from talking_together.accounts.bylines import shown_name
from talking_together.accounts.handing_over import make_first_link
from talking_together.accounts.models import Member
from talking_together.accounts.services import AlreadyMember, create_member
from talking_together.audit.services import record
from talking_together.core.access import SPONSOR, Actor, ensure_role
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.extensions import db
from talking_together.mail.addresses import normal_address
from talking_together.rewards.desk.emails import enqueue_desk_account
from talking_together.rewards.desk.months import Month
from talking_together.rewards.models import DeskMember, Sponsor

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

# Somebody with one address for both would lose one of them.
TAKEN = "Somebody has an account with this address. An account at a desk needs one of its own"


def add_desk_member(actor: Actor, *, sponsor_id: int, name: str, email: str) -> int:
    """Make an account at a sponsor's desk, write to it for a password, and return its id; logged.

    Raises NotFound, and InvalidInput for an address that somebody has.
    """
    ensure_role(actor, "admin")
    sponsor = _get_sponsor(sponsor_id)
    address = normal_address(email)
    try:
        member_id = create_member(name=name, email=address, password_hash=None, role=SPONSOR)
    except AlreadyMember:
        raise InvalidInput(TAKEN, field="email") from None
    db.session.execute(insert(DeskMember).values(member_id=member_id, sponsor_id=sponsor_id))
    _write_to(member_id, name=name, address=address, sponsor_name=sponsor.name)
    _record(actor, "desk account made", member_id, name, sponsor.name)
    return member_id


def send_link_again(actor: Actor, *, sponsor_id: int, member_id: int) -> str:
    """Write once more to somebody at a desk who has no password yet, and return their name; logged.

    The link sent before ends. Raises NotFound, and Conflict for somebody who has a password or left.
    """
    ensure_role(actor, "admin")
    sponsor = _get_sponsor(sponsor_id)
    found: Any = db.session.execute(
        locked(
            select(
                Member.id,
                shown_name(Member).label("name"),
                Member.email,
                Member.is_active,
                Member.password_hash,
            )
            .join(DeskMember, DeskMember.member_id == Member.id)
            .where(Member.id == member_id, DeskMember.sponsor_id == sponsor_id)
        )
    ).first()
    if found is None:
        raise NotFound()
    if found.password_hash is not None or not found.is_active:
        raise Conflict(f"{found.name} has chosen a password already, or may not sign in any more.")
    _write_to(member_id, name=found.name, address=found.email, sponsor_name=sponsor.name)
    _record(actor, "desk account written to again", member_id, found.name, sponsor.name)
    return str(found.name)


def count_code(desk_member: "Viewer") -> bool:
    """Count a code that was typed at a desk and return whether it may be looked up."""
    return throttle.count_guess("voucher code", str(desk_member.id))


def forgive_codes(desk_member: "Viewer") -> None:
    """Forget the codes that were typed wrong, by somebody who typed a right one."""
    throttle.forgive_guesses("voucher code", str(desk_member.id))


def record_export(desk_member: "Viewer", *, sponsor: Any, month: Month, count: int) -> None:
    """Note that a desk took the list of its used vouchers as a file."""
    ensure_role(desk_member, SPONSOR)
    record(
        desk_member,
        "used vouchers exported",
        subject_type="sponsor",
        subject_id=sponsor.id,
        subject_label=sponsor.name,
        details={"month": month.key, "vouchers": count},
    )


def _get_sponsor(sponsor_id: int) -> Any:
    row = db.session.execute(select(Sponsor.id, Sponsor.name).where(Sponsor.id == sponsor_id)).first()
    if row is None:
        raise NotFound()
    return row


def _write_to(member_id: int, *, name: str, address: str, sponsor_name: str) -> None:
    reset_id, token = make_first_link(member_id=member_id, email=address)
    enqueue_desk_account(reset_id=reset_id, to=address, name=name, sponsor_name=sponsor_name, token=token)


def _record(actor: Any, action: str, member_id: int, name: str, sponsor_name: str) -> None:
    record(
        actor,
        action,
        subject_type="member",
        subject_id=member_id,
        subject_label=name,
        details={"sponsor": sponsor_name},
    )
