"""Who may vote on a comment or thank for it, and what they are told otherwise."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from talking_together.comments import policies
from talking_together.core.errors import Conflict, NotAllowed

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ME = SimpleNamespace(id=1, is_moderator=False)


def challenge(*, closes_in: int = 1) -> Any:
    """Return the dates of a challenge that opened ten hours ago."""
    return SimpleNamespace(
        is_published=True,
        opens_at=NOW - timedelta(hours=10),
        closes_at=NOW + timedelta(hours=closes_in),
        voting_closes_at=None,
        answered_at=None,
        archived_at=None,
        paused_at=None,
    )


@pytest.mark.parametrize(
    ("author_id", "deleted_at", "idea_status", "closes_in", "refusal"),
    [
        (2, None, "new", 1, None),
        (None, None, "shortlisted", 1, None),
        (1, None, "new", 1, NotAllowed),
        (2, NOW, "new", 1, Conflict),
        (2, None, "withdrawn", 1, Conflict),
        (2, None, "hidden", 1, Conflict),
        (2, None, "new", 0, Conflict),
        (2, None, "new", -1, Conflict),
    ],
)
def test_a_vote_on_a_comment_is_allowed_by_one_rule(
    author_id: int | None,
    deleted_at: datetime | None,
    idea_status: str,
    closes_in: int,
    refusal: type[Exception] | None,
) -> None:
    comment = SimpleNamespace(author_id=author_id, deleted_at=deleted_at)
    asked: Any = (ME, comment, idea_status, challenge(closes_in=closes_in), NOW)

    assert policies.can_vote(*asked) is (refusal is None)
    if refusal:
        with pytest.raises(refusal):
            policies.ensure_can_vote(*asked)


@pytest.mark.parametrize(
    ("author_id", "idea_author_id", "my_part", "beside", "allowed"),
    [
        (2, 1, None, False, True),
        (2, 3, "accepted", False, True),
        (2, 3, "credited", False, True),
        (None, 1, None, False, True),
        (2, 3, "invited", False, False),
        (2, 3, None, False, False),
        (2, None, None, False, False),
        (1, 1, None, False, False),
        (2, 1, None, True, False),
        (3, 3, "accepted", False, False),
    ],
)
def test_thanks_come_from_who_wrote_the_idea_and_go_to_others(
    author_id: int | None, idea_author_id: int | None, my_part: str | None, beside: bool, allowed: bool
) -> None:
    comment = SimpleNamespace(author_id=author_id, deleted_at=None)
    idea = SimpleNamespace(author_id=idea_author_id, status="new", my_part=my_part)
    asked: Any = (ME, comment, idea, challenge(), NOW)
    assert policies.can_thank(*asked, beside=beside) is allowed
