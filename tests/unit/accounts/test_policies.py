"""Who may do what to whose account, as a table."""

import pytest

from talking_together.accounts import policies
from talking_together.accounts.viewers import Viewer
from talking_together.core.errors import NotAllowed


def viewer(role: str, *, is_active: bool = True) -> Viewer:
    return Viewer(
        id=1,
        name="Robin Ashworth",
        email="robin@riverside.example",
        role=role,
        is_active=is_active,
        points=0,
        unread_count=0,
        theme="system",
        organisation_id=None,
        organisation_short_name=None,
    )


@pytest.mark.parametrize(
    ("role", "is_active", "member_id", "change_role", "deactivate", "reactivate"),
    [
        ("admin", True, 2, True, True, True),
        ("admin", True, 1, True, False, True),
        ("admin", False, 2, False, False, False),
        ("moderator", True, 2, False, False, False),
        ("moderator", True, 1, False, False, False),
        ("staff", True, 2, False, False, False),
        ("staff", True, 1, False, False, False),
    ],
)
def test_only_an_active_admin_changes_accounts_and_never_ends_their_own(
    role: str, is_active: bool, member_id: int, change_role: bool, deactivate: bool, reactivate: bool
) -> None:
    who = viewer(role, is_active=is_active)
    assert policies.can_change_role(who) is change_role
    assert policies.can_deactivate(who, member_id) is deactivate
    assert policies.can_reactivate(who) is reactivate


@pytest.mark.parametrize(
    "ensure",
    [
        policies.ensure_can_change_role,
        policies.ensure_can_reactivate,
        lambda who: policies.ensure_can_deactivate(who, 2),
    ],
)
def test_what_is_not_allowed_is_refused_in_words(ensure: object) -> None:
    with pytest.raises(NotAllowed, match="Only an admin"):
        ensure(viewer("moderator"))  # type: ignore[operator]
    ensure(viewer("admin"))  # type: ignore[operator]


def test_deactivating_oneself_is_refused_in_other_words() -> None:
    with pytest.raises(NotAllowed, match="You cannot deactivate yourself"):
        policies.ensure_can_deactivate(viewer("admin"), 1)
