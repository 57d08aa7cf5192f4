"""Writes of sponsors, by admins."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update

from talking_together.audit.services import record
from talking_together.core import clock
from talking_together.core.access import Actor, ensure_role
from talking_together.core.database import locked
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.core.images import MadePicture
from talking_together.extensions import db
from talking_together.rewards.models import Reward, Sponsor
from talking_together.rewards.pictures import discard_picture, keep_picture
from talking_together.rewards.sponsors.links import checked_link
from talking_together.rewards.sponsors.queries import is_name_taken

NAME_TAKEN = "There is a sponsor of that name already"


@dataclass(frozen=True, slots=True)
class SponsorContent:
    """What an admin says of a sponsor; `logo` None leaves the one there is, `without_logo` takes it away."""

    name: str
    words: str = ""
    link: str = ""
    logo: MadePicture | None = None
    without_logo: bool = False


def add_sponsor(actor: Actor | None, *, content: SponsorContent) -> int:
    """Add a sponsor and return the id; InvalidInput names the field that stands in the way."""
    if actor is not None:
        ensure_role(actor, "admin")
    _refuse_taken_name(content.name, None)
    logo_id = keep_picture(content.logo, alternative_text="") if content.logo else None
    sponsor_id: int = db.session.execute(
        insert(Sponsor)
        .values(**_columns(content), logo_id=logo_id, is_active=True, created_at=clock.now())
        .returning(Sponsor.id)
    ).scalar_one()
    _log(actor, "sponsor added", sponsor_id, content.name)
    return sponsor_id


def change_sponsor(actor: Actor, *, sponsor_id: int, content: SponsorContent) -> None:
    """Change a sponsor; vouchers that were given keep the name that they were given under."""
    ensure_role(actor, "admin")
    before = _locked_sponsor(sponsor_id)
    _refuse_taken_name(content.name, sponsor_id)
    values = _columns(content)
    old_logo_id = None
    if content.logo or content.without_logo:
        old_logo_id = before.logo_id
        values["logo_id"] = keep_picture(content.logo, alternative_text="") if content.logo else None
    db.session.execute(update(Sponsor).where(Sponsor.id == sponsor_id).values(**values))
    discard_picture(old_logo_id)
    _log(actor, "sponsor changed", sponsor_id, content.name, _changes(before, values))


def switch_off_sponsor(actor: Actor, *, sponsor_id: int) -> None:
    """Let a sponsor give nothing new; vouchers that were given can still be used at the desk."""
    ensure_role(actor, "admin")
    sponsor = _locked_sponsor(sponsor_id)
    published = db.session.scalar(
        select(func.count()).where(Reward.sponsor_id == sponsor_id, Reward.state == "published")
    )
    if published:
        raise Conflict(f"Close the rewards of {sponsor.name} first: {published} can still be had.")
    _switch(actor, sponsor, is_active=False)


def switch_on_sponsor(actor: Actor, *, sponsor_id: int) -> None:
    """Let a sponsor give again."""
    ensure_role(actor, "admin")
    _switch(actor, _locked_sponsor(sponsor_id), is_active=True)


def _switch(actor: Actor, sponsor: Any, *, is_active: bool) -> None:
    words = "on" if is_active else "off"
    if sponsor.is_active == is_active:
        raise Conflict(f"{sponsor.name} is switched {words} already.")
    db.session.execute(update(Sponsor).where(Sponsor.id == sponsor.id).values(is_active=is_active))
    _log(actor, f"sponsor switched {words}", sponsor.id, sponsor.name)


def _locked_sponsor(sponsor_id: int) -> Any:
    row = db.session.execute(locked(select(Sponsor.__table__).where(Sponsor.id == sponsor_id))).first()
    if row is None:
        raise NotFound()
    return row


def _columns(content: SponsorContent) -> dict[str, Any]:
    return {
        "name": content.name,
        # Pages show it as one paragraph, however it was typed.
        "words": " ".join(content.words.split()),
        "link": checked_link(content.link),
    }


def _refuse_taken_name(name: str, own_id: int | None) -> None:
    if is_name_taken(name, own_id):
        raise InvalidInput(NAME_TAKEN, field="name")


def _changes(before: Any, values: dict[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {
        name: {"from": getattr(before, name), "to": values[name]}
        for name in ("name", "words", "link")
        if getattr(before, name) != values[name]
    }
    if "logo_id" in values:
        changes["logo"] = "replaced" if values["logo_id"] else "taken away"
    return changes


def _log(
    actor: Actor | None, action: str, sponsor_id: int, name: str, details: dict[str, Any] | None = None
) -> None:
    record(actor, action, subject_type="sponsor", subject_id=sponsor_id, subject_label=name, details=details)
