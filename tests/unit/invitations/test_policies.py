"""What may be done with an invitation, state by state."""

from datetime import UTC, datetime, timedelta

import pytest

from talking_together.invitations.models import INVITATION_STATES
from talking_together.invitations.policies import can_join, can_revoke, can_send_again, has_expired

AT = datetime(2025, 11, 24, 12, tzinfo=UTC)

# state: may join, may be sent again, may be revoked
TABLE = {
    "draft": (False, False, False),
    "queued": (True, False, True),
    "sending": (True, False, True),
    "sent": (True, True, True),
    "joined": (False, False, False),
    "outcome unknown": (True, True, True),
    "failed": (True, True, True),
    "bounced": (True, True, True),
    "declined": (True, False, True),
    "revoked": (False, False, False),
    "expired": (False, False, False),
    "already a member": (False, False, False),
    "suppressed": (False, False, False),
}


def test_the_table_holds_every_state() -> None:
    assert set(TABLE) == set(INVITATION_STATES)


@pytest.mark.parametrize("state", TABLE)
def test_each_state_allows_what_the_table_says(state: str) -> None:
    assert (can_join(state, None, AT), can_send_again(state), can_revoke(state)) == TABLE[state]


def test_the_end_of_an_invitation_is_exclusive() -> None:
    assert can_join("sent", AT + timedelta(microseconds=1), AT)
    assert not can_join("sent", AT, AT)


@pytest.mark.parametrize("state", TABLE)
def test_only_what_could_still_be_used_expires(state: str) -> None:
    over = has_expired(state, AT, AT)
    assert over == (can_join(state, None, AT) or state == "expired")
    assert has_expired(state, AT + timedelta(microseconds=1), AT) == (state == "expired")
    assert has_expired(state, None, AT) == (state == "expired")
