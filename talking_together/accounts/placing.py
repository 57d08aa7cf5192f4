"""Which organisation and staff groups a member belongs to, as admins set it."""

from collections.abc import Collection

from sqlalchemy import delete, insert, select, update

from talking_together.accounts import policies
from talking_together.accounts.models import Member, MemberGroup
from talking_together.accounts.viewers import Viewer
from talking_together.audit.services import record
from talking_together.core.access import SPONSOR
from talking_together.core.database import locked
from talking_together.core.errors import InvalidInput, NotFound
from talking_together.extensions import db
from talking_together.organisations.models import Organisation, StaffGroup


def place_member(actor: Viewer, *, member_id: int, organisation_id: int, group_ids: Collection[int]) -> None:
    """Put a member into an organisation and exactly these staff groups."""
    policies.ensure_can_administer_members(actor)
    member = db.session.execute(
        locked(select(Member.id, Member.name, Member.role).where(Member.id == member_id))
    ).first()
    if member is None:
        raise NotFound("There is no such member.")
    if member.role == SPONSOR:
        raise InvalidInput("Nobody at a sponsor’s desk belongs to an organisation", field="organisation_id")
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        raise InvalidInput("Choose an organisation", field="organisation_id")
    groups = db.session.execute(
        select(StaffGroup.id, StaffGroup.name).where(StaffGroup.id.in_(group_ids))
    ).all()
    if len(groups) != len(set(group_ids)):
        raise InvalidInput("Choose from the groups listed", field="group_ids")
    db.session.execute(update(Member).where(Member.id == member_id).values(organisation_id=organisation_id))
    db.session.execute(delete(MemberGroup).where(MemberGroup.member_id == member_id))
    if groups:
        db.session.execute(
            insert(MemberGroup),
            [{"member_id": member_id, "group_id": group.id} for group in groups],
        )
    record(
        actor,
        "member placed",
        subject_type="member",
        subject_id=member_id,
        subject_label=member.name,
        details={
            "organisation": organisation.name,
            "groups": sorted(group.name for group in groups),
        },
    )
