"""What a challenge's options say about votes, as tables."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from talking_together.challenges import voting
from talking_together.challenges.models import COUNTS_SHOWN
from talking_together.challenges.stages import STAGES

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Reader:
    is_moderator: bool = False


@dataclass
class Challenge:
    counts_shown: str = "always"
    allows_down_votes: bool = True
    is_published: bool = True
    opens_at: datetime | None = NOW - DAY
    closes_at: datetime | None = NOW + DAY
    voting_closes_at: datetime | None = None
    answered_at: datetime | None = None
    archived_at: datetime | None = None
    paused_at: datetime | None = None


IN_STAGE = {
    "draft": {"is_published": False},
    "scheduled": {"opens_at": NOW + DAY},
    "open": {},
    "voting only": {"closes_at": NOW, "voting_closes_at": NOW + DAY},
    "paused": {"paused_at": NOW},
    "in review": {"closes_at": NOW},
    "answered": {"answered_at": NOW},
    "archived": {"archived_at": NOW},
}
SHOWN = {"in review", "answered", "archived"}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    ("counts_shown", "my_vote", "hidden_while_live"),
    [
        ("always", 0, False),
        ("always", 1, False),
        ("always", -1, False),
        ("once voted", 0, True),
        ("once voted", 1, False),
        ("once voted", -1, False),
        ("once closed", 0, True),
        ("once closed", 1, True),
        ("once closed", -1, True),
    ],
)
def test_counts_are_hidden_by_option_vote_and_stage(
    stage: str, counts_shown: str, my_vote: int, hidden_while_live: bool
) -> None:
    challenge = Challenge(counts_shown, **IN_STAGE[stage])  # type: ignore[arg-type]
    hidden = hidden_while_live and stage not in SHOWN
    counts = voting.shown_counts(Reader(), challenge, up=7, down=2, my_vote=my_vote, at=NOW)
    assert counts == ((None, None) if hidden else (7, 2))
    ranks = counts_shown != "always" and stage not in SHOWN
    assert voting.ranks_hidden(Reader(), challenge, NOW) is ranks
    assert bool(voting.when_shown(Reader(), challenge, NOW)) is ranks
    # A moderator looks after the vote, and sees it.
    moderator = Reader(is_moderator=True)
    assert voting.shown_counts(moderator, challenge, up=7, down=2, my_vote=my_vote, at=NOW) == (7, 2)
    assert not voting.ranks_hidden(moderator, challenge, NOW)


def test_every_choice_is_in_the_table() -> None:
    assert set(voting._HIDDEN_WHILE_LIVE) == set(COUNTS_SHOWN)
    assert set(IN_STAGE) == set(STAGES)


@pytest.mark.parametrize(
    ("allows", "value", "taken"),
    [
        (True, 1, True),
        (True, 0, True),
        (True, -1, True),
        (False, 1, True),
        (False, 0, True),
        (False, -1, False),
    ],
)
def test_a_thumb_down_is_taken_where_the_challenge_allows_it(allows: bool, value: int, taken: bool) -> None:
    challenge = Challenge(allows_down_votes=allows)
    if taken:
        voting.ensure_takes(challenge, value)
    else:
        with pytest.raises(voting.DownVotesOff, match="thumbs up only"):
            voting.ensure_takes(challenge, value)


@pytest.mark.parametrize(
    ("allows", "my_vote", "shown"),
    [(True, 0, True), (True, 1, True), (False, 0, False), (False, 1, False), (False, -1, True)],
)
def test_a_thumb_down_from_before_is_shown_to_who_cast_it(allows: bool, my_vote: int, shown: bool) -> None:
    assert voting.shows_thumb_down(Challenge(allows_down_votes=allows), my_vote=my_vote) is shown
