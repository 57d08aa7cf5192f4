"""What may be done with a phase, state by state, and how a plan is checked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from talking_together.core.errors import InvalidInput
from talking_together.invitations.models import PHASE_STATES
from talking_together.invitations.phases.plan import Plan, check_plan, faults_of
from talking_together.invitations.phases.policies import MOVES, PhaseMoved, acts_of, can_act, state_after

AT = datetime(2025, 11, 24, 12, tzinfo=UTC)

# state, why it is paused: what a person may do
BY_HAND = {
    ("draft", ""): ["schedule", "start"],
    ("scheduled", ""): ["start", "unschedule"],
    ("sending", ""): ["pause", "stop"],
    ("paused", "admin"): ["resume", "stop"],
    ("paused", "mail server"): ["pause", "stop"],
    ("sent", ""): ["stop"],
    ("stopped", ""): [],
}
# state, why it is paused: what the worker may do
BY_ITSELF = {
    ("draft", ""): [],
    ("scheduled", ""): ["begin", "finish"],
    ("sending", ""): ["finish", "lose"],
    ("paused", "admin"): [],
    ("paused", "mail server"): ["find"],
    ("sent", ""): [],
    ("stopped", ""): [],
}


def test_the_tables_hold_every_state() -> None:
    assert {state for state, _ in BY_HAND} == {state for state, _ in BY_ITSELF} == set(PHASE_STATES)


@pytest.mark.parametrize(("state", "cause"), BY_HAND)
def test_each_state_allows_what_the_tables_say(state: str, cause: str) -> None:
    assert sorted(acts_of(state, cause)) == BY_HAND[state, cause]
    own = [act for act in ("begin", "find", "finish", "lose") if can_act(state, cause, act)]
    assert own == BY_ITSELF[state, cause]


@pytest.mark.parametrize(("state", "cause"), BY_HAND)
def test_what_is_not_allowed_says_where_the_phase_stands(state: str, cause: str) -> None:
    for act in {act for _, act in MOVES} - set(BY_HAND[state, cause]) - set(BY_ITSELF[state, cause]):
        with pytest.raises(PhaseMoved, match="This phase "):
            state_after(state, cause, act)


PLAN = Plan("Champions", "Join {site_name}", "Dear {first_name}", list_id=1)


def test_a_plan_with_its_defaults_is_fit() -> None:
    check_plan(PLAN, AT)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": "{surname}"}, "subject"),
        ({"message": "About {challenge}"}, "message"),
        ({"reminder_subject": "{"}, "reminder_subject"),
        ({"reminder_message": "{link}"}, "reminder_message"),
        ({"from_name": "Priya\r\nBcc: x@y.example"}, "from_name"),
        ({"from_name": "x" * 101}, "from_name"),
        ({"reply_to": "nobody"}, "reply_to"),
        ({"reply_to": "a@b.example, c@d.example"}, "reply_to"),
        ({"expires_days": 14}, "expires_days"),
        ({"expires_days": 366}, "expires_days"),
        ({"starts_at": AT}, "starts_at"),
        ({"starts_at": AT + timedelta(days=366)}, "starts_at"),
        ({"hourly_rate": 0}, "hourly_rate"),
        ({"hourly_rate": 100_001}, "hourly_rate"),
        ({"sending_from": 18, "sending_until": 8}, "sending_until"),
        ({"sending_from": 8, "sending_until": 8}, "sending_until"),
        ({"first_reminder_days": 0}, "first_reminder_days"),
        ({"first_reminder_days": 181}, "first_reminder_days"),
        ({"first_reminder_days": 7, "second_reminder_days": -1}, "second_reminder_days"),
        ({"second_reminder_days": 7}, "first_reminder_days"),
    ],
)
def test_what_is_wrong_with_a_plan_names_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        check_plan(replace(PLAN, **changes), AT)
    assert error.value.field == field


def test_every_fault_of_a_plan_is_told() -> None:
    bad = replace(
        PLAN, message="{surname}", reply_to="nobody", expires_days=7, hourly_rate=0, sending_until=8
    )
    told = [fault.field for fault in faults_of(bad, AT)]
    assert told == ["message", "reply_to", "expires_days", "hourly_rate", "sending_until"]


def test_what_the_chosen_source_does_not_use_is_not_kept() -> None:
    both = replace(PLAN, organisation_ids=(1,), group_ids=(2,), not_joined_from=3)
    assert both.values()["organisation_ids"] == both.values()["group_ids"] == []
    assert both.values()["not_joined_from"] is None
    choice = replace(both, source="choice").values()
    assert (choice["list_id"], choice["organisation_ids"], choice["not_joined_from"]) == (None, [1], 3)
