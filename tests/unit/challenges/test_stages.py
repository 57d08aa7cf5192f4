"""The stage of a challenge, as a table of dates, decisions and moments."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from talking_together.challenges import policies, stages
from talking_together.core.errors import Conflict, NotAllowed

OPENS = datetime(2026, 11, 2, 9, tzinfo=UTC)
CLOSES = datetime(2026, 11, 27, 17, tzinfo=UTC)
VOTING_CLOSES = datetime(2026, 12, 4, 17, tzinfo=UTC)
LATER = datetime(2026, 12, 20, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def challenge(**values: Any) -> SimpleNamespace:
    """Return a published challenge with all its dates, but for the values."""
    return SimpleNamespace(
        **{
            "is_published": True,
            "opens_at": OPENS,
            "closes_at": CLOSES,
            "voting_closes_at": VOTING_CLOSES,
            "answered_at": None,
            "archived_at": None,
            "paused_at": None,
            **values,
        }
    )


@pytest.mark.parametrize(
    ("values", "at", "stage"),
    [
        ({}, OPENS - MICROSECOND, "scheduled"),
        ({}, OPENS, "open"),
        ({}, CLOSES - MICROSECOND, "open"),
        ({}, CLOSES, "voting only"),
        ({}, VOTING_CLOSES - MICROSECOND, "voting only"),
        ({}, VOTING_CLOSES, "in review"),
        ({"voting_closes_at": None}, CLOSES - MICROSECOND, "open"),
        ({"voting_closes_at": None}, CLOSES, "in review"),
        ({"closes_at": None, "voting_closes_at": None}, LATER, "open"),
        ({"is_published": False}, OPENS, "draft"),
        ({"is_published": False, "opens_at": None}, OPENS, "draft"),
        ({"paused_at": OPENS}, OPENS, "paused"),
        ({"paused_at": OPENS}, CLOSES - MICROSECOND, "paused"),
        ({"paused_at": OPENS}, VOTING_CLOSES - MICROSECOND, "paused"),
        ({"paused_at": OPENS}, VOTING_CLOSES, "in review"),
        ({"paused_at": OPENS, "voting_closes_at": None}, CLOSES, "in review"),
        ({"paused_at": OPENS, "closes_at": None, "voting_closes_at": None}, LATER, "paused"),
        ({"paused_at": OPENS, "answered_at": VOTING_CLOSES}, LATER, "answered"),
        ({"paused_at": OPENS, "archived_at": LATER}, LATER, "archived"),
        ({"answered_at": VOTING_CLOSES}, LATER, "answered"),
        ({"answered_at": VOTING_CLOSES, "archived_at": LATER}, LATER, "archived"),
        ({"is_published": False, "archived_at": OPENS}, LATER, "archived"),
    ],
)
def test_the_stage_follows_from_dates_and_decisions(values: dict[str, Any], at: datetime, stage: str) -> None:
    assert stages.stage_of(challenge(**values), at) == stage


# stage: ideas, comments, votes, changes of one's own, decisions
ALLOWED = {
    "draft": (False, False, False, False, False),
    "scheduled": (False, False, False, False, False),
    "open": (True, True, True, True, True),
    "voting only": (False, True, True, True, True),
    "paused": (False, False, False, False, True),
    "in review": (False, False, False, False, True),
    "answered": (False, False, False, False, True),
    "archived": (False, False, False, False, False),
}
IN_STAGE: dict[str, tuple[dict[str, Any], datetime]] = {
    "draft": ({"is_published": False}, OPENS),
    "scheduled": ({}, OPENS - MICROSECOND),
    "open": ({}, OPENS),
    "voting only": ({}, CLOSES),
    "paused": ({"paused_at": OPENS}, OPENS),
    "in review": ({}, VOTING_CLOSES),
    "answered": ({"answered_at": VOTING_CLOSES}, LATER),
    "archived": ({"archived_at": LATER}, LATER),
}
ENSURES = (
    policies.ensure_takes_ideas,
    policies.ensure_takes_comments,
    policies.ensure_takes_votes,
    policies.ensure_takes_changes,
    policies.ensure_takes_decisions,
)


@pytest.mark.parametrize("stage", stages.STAGES)
def test_each_stage_allows_what_the_table_says(stage: str) -> None:
    values, at = IN_STAGE[stage]
    found = challenge(**values)
    assert stages.stage_of(found, at) == stage
    for ensure, allowed in zip(ENSURES, ALLOWED[stage], strict=True):
        if allowed:
            ensure(found, at)
        else:
            with pytest.raises(policies.ChallengeClosed) as refusal:
                ensure(found, at)
            assert refusal.value.message


# act: the stages it starts from
ACTS = {
    "open": {"draft", "scheduled"},
    "schedule": {"draft"},
    "back to draft": {"scheduled", "open"},
    "extend": {"open", "voting only", "paused"},
    "pause": {"open", "voting only"},
    "resume": {"paused"},
    "close": {"open", "voting only", "paused"},
    "mark as answered": {"in review"},
    "take back answered": {"answered"},
    "reopen": {"voting only", "in review", "answered"},
    "archive": {"draft", "in review", "answered"},
    "bring back": {"archived"},
    "edit": set(stages.STAGES) - {"archived"},
    "clone": set(stages.STAGES),
    "change dates": {"draft", "scheduled", "open", "voting only", "paused"},
}


@pytest.mark.parametrize("act", stages.ACTS)
@pytest.mark.parametrize("stage", stages.STAGES)
def test_an_act_starts_from_the_stages_of_the_table_only(act: str, stage: str) -> None:
    values, at = IN_STAGE[stage]
    assert policies.can(act, challenge(**values), at) == (stage in ACTS[act])
    if stage not in ACTS[act]:
        with pytest.raises(Conflict) as refusal:
            policies.ensure_can(act, challenge(**values), at)
        assert refusal.value.message


def test_staff_cannot_manage_challenges() -> None:
    policies.ensure_can_manage(SimpleNamespace(is_moderator=True))
    with pytest.raises(NotAllowed):
        policies.ensure_can_manage(SimpleNamespace(is_moderator=False))


@pytest.mark.parametrize(
    ("at", "soon"),
    [
        (CLOSES - timedelta(days=7) - MICROSECOND, False),
        (CLOSES - timedelta(days=7), True),
        (CLOSES, True),  # voting only, for another week
        (VOTING_CLOSES, False),
        (OPENS - MICROSECOND, False),
    ],
)
def test_the_last_week_of_a_stage_is_closing_soon(at: datetime, soon: bool) -> None:
    assert stages.is_closing_soon(challenge(), at) is soon


@pytest.mark.parametrize(
    ("at", "new"),
    [
        (OPENS - MICROSECOND, False),
        (OPENS, True),
        (OPENS + timedelta(days=3), True),
        (OPENS + timedelta(days=3) + MICROSECOND, False),
    ],
)
def test_a_challenge_is_new_for_three_days(at: datetime, new: bool) -> None:
    assert stages.is_new(challenge(), at) is new


@pytest.mark.parametrize(
    ("values", "at", "progress"),
    [
        ({}, OPENS, 0),
        ({}, OPENS + (VOTING_CLOSES - OPENS) / 2, 50),
        ({}, VOTING_CLOSES - MICROSECOND, 99),
        ({}, VOTING_CLOSES, None),
        ({"closes_at": None, "voting_closes_at": None}, LATER, None),
    ],
)
def test_progress_is_the_share_of_time_that_has_passed(
    values: dict[str, Any], at: datetime, progress: int | None
) -> None:
    assert stages.progress_of(challenge(**values), at) == progress
