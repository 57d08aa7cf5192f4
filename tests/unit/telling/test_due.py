"""When what a member was told goes out by email."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from talking_together.notifications.groups import AT_ONCE, DAILY, GROUPS, NEVER
from talking_together.telling.due import APART, MOST_A_DAY, STALE, count_after, next_morning, plan_of

# A quarter past two in the afternoon, in winter.
AT = datetime(2026, 11, 25, 14, 15, tzinfo=UTC)
EIGHT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


@dataclass
class Row:
    id: int = 1
    kind: str = "status of your idea"
    at: datetime = AT - timedelta(minutes=5)
    is_seen: bool = True
    read_at: datetime | None = None


@dataclass
class Mailing:
    last_at: datetime | None = None
    count_of_day: int = 0


def chosen(email: str) -> dict[str, str]:
    return dict.fromkeys(GROUPS, email)


def outcome(row: Row, email: str, mailing: Mailing | None = None, at: datetime = AT) -> Any:
    plan = plan_of([row], chosen=chosen(email), mailing=mailing or Mailing(), at=at)
    if plan.send:
        return "sent"
    return plan.later[row.id] if plan.later else "left out"


@pytest.mark.parametrize(
    ("row", "email", "expected"),
    [
        (Row(), AT_ONCE, "sent"),
        (Row(at=AT - timedelta(seconds=90)), AT_ONCE, AT + timedelta(seconds=30)),
        (Row(), DAILY, EIGHT),
        (Row(at=AT - timedelta(hours=7)), DAILY, "sent"),
        (Row(), NEVER, "left out"),
        (Row(read_at=AT), AT_ONCE, "left out"),
        (Row(read_at=AT), DAILY, "left out"),
        (Row(is_seen=False), AT_ONCE, "left out"),
        (Row(at=AT - STALE - timedelta(minutes=1)), AT_ONCE, "left out"),
    ],
)
def test_a_row_goes_out_as_its_member_chose(row: Row, email: str, expected: Any) -> None:
    assert outcome(row, email) == expected


@pytest.mark.parametrize(
    ("mailing", "expected"),
    [
        (Mailing(AT - timedelta(minutes=4), 1), AT + timedelta(minutes=6)),
        (Mailing(AT - APART, 1), "sent"),
        (Mailing(AT - timedelta(hours=2), MOST_A_DAY - 1), "sent"),
        (Mailing(AT - timedelta(hours=2), MOST_A_DAY), EIGHT),
        (Mailing(AT - timedelta(days=1), MOST_A_DAY), "sent"),
    ],
)
def test_emails_to_one_member_are_apart_and_not_too_many_a_day(mailing: Mailing, expected: Any) -> None:
    assert outcome(Row(), AT_ONCE, mailing) == expected


def test_what_is_due_goes_together_and_the_rest_waits() -> None:
    rows = [
        Row(1, "status of your idea"),
        Row(2, "comment on an idea you follow"),
        Row(3, "mention"),
        Row(4, "challenge paused", read_at=AT),
    ]
    emails = {**chosen(AT_ONCE), "followed talk": DAILY}
    plan = plan_of(rows, chosen=emails, mailing=Mailing(), at=AT)
    assert ([row.id for row in plan.send], plan.later, plan.left_out) == ([1, 3], {2: EIGHT}, [4])


@pytest.mark.parametrize(
    ("moment", "morning"),
    [
        (datetime(2026, 7, 1, 6, 59, tzinfo=UTC), datetime(2026, 7, 1, 7, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 7, 0, tzinfo=UTC), datetime(2026, 7, 2, 7, 0, tzinfo=UTC)),
        (datetime(2026, 10, 24, 12, 0, tzinfo=UTC), datetime(2026, 10, 25, 8, 0, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), datetime(2027, 1, 1, 8, 0, tzinfo=UTC)),
    ],
)
def test_the_morning_is_at_eight_in_london(moment: datetime, morning: datetime) -> None:
    assert next_morning(moment) == morning


def test_the_count_begins_anew_each_day() -> None:
    assert count_after(Mailing(), AT) == 1
    assert count_after(Mailing(AT - timedelta(hours=1), 3), AT) == 4
    assert count_after(Mailing(AT - timedelta(days=1), 3), AT) == 1
