"""Who may do what to whose account."""

from typing import Any

from talking_together.accounts.viewers import Viewer
from talking_together.core.errors import NotAllowed


def can_administer_members(viewer: Viewer) -> bool:
    """Return whether the viewer may see and change other people's accounts."""
    return viewer.is_active and viewer.is_admin


def can_change_role(viewer: Viewer) -> bool:
    """Return whether the viewer may give members another role; one's own may be given up."""
    return can_administer_members(viewer)


def can_deactivate(viewer: Viewer, member_id: int) -> bool:
    """Return whether the viewer may deactivate the member: nobody does it to themself."""
    return can_administer_members(viewer) and viewer.id != member_id


def can_reactivate(viewer: Viewer) -> bool:
    """Return whether the viewer may let deactivated members in again."""
    return can_administer_members(viewer)


def can_make_password_link(viewer: Viewer, member: Any) -> bool:
    """Return whether the viewer may hand a link for a new password to the member.

    Only to staff who can sign in and whom no email reaches: everybody else asks by email, and no
    moderator or admin gets into another's account by themself.
    """
    return (
        can_administer_members(viewer)
        and viewer.id != member.id
        and member.role == "staff"
        and member.is_active
        and member.email is None
        and member.sign_in_name is not None
    )


def ensure_can_change_role(viewer: Viewer) -> None:
    """Raise NotAllowed unless the viewer may give members another role."""
    if not can_change_role(viewer):
        raise NotAllowed("Only an admin can change roles.")


def ensure_can_deactivate(viewer: Viewer, member_id: int) -> None:
    """Raise NotAllowed unless the viewer may deactivate the member."""
    if not can_administer_members(viewer):
        raise NotAllowed("Only an admin can deactivate members.")
    if not can_deactivate(viewer, member_id):
        raise NotAllowed("You cannot deactivate yourself. Ask another admin.")


def ensure_can_reactivate(viewer: Viewer) -> None:
    """Raise NotAllowed unless the viewer may let deactivated members in again."""
    if not can_reactivate(viewer):
        raise NotAllowed("Only an admin can reactivate members.")


def ensure_can_administer_members(viewer: Viewer) -> None:
    """Raise NotAllowed unless the viewer may see and change other people's accounts."""
    if not can_administer_members(viewer):
        raise NotAllowed("Only an admin can change other people’s accounts.")
