"""What the demo and the large load draw."""

from datetime import UTC, datetime, timedelta

from talking_together.core import clock
from talking_together.devtools import load_words
from talking_together.devtools.demo_draw import Voter, draw_votes

SINCE = datetime(2026, 3, 2, 9, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=10)
VOTERS = [Voter(f"person.{number}", SINCE, UNTIL) for number in range(50)]


def _drawn(name: str = "an idea") -> list[tuple[str, int, datetime]]:
    votes = draw_votes(name, VOTERS, reach=0.4, appeal=0.75)
    return [(vote.key, vote.value, vote.at) for vote in votes]


def test_the_same_votes_are_drawn_each_time() -> None:
    assert _drawn() == _drawn()
    assert _drawn() != _drawn("another idea")


def test_reach_and_appeal_say_how_many_vote_and_how() -> None:
    votes = _drawn()
    assert len(votes) == len({key for key, _, _ in votes}) == 20
    assert sum(value == 1 for _, value, _ in votes) == 15


def test_votes_fall_within_what_each_voter_could() -> None:
    assert all(SINCE < at < UNTIL for _, _, at in _drawn())
    assert all(6 <= clock.to_london(at).hour <= 22 for _, _, at in _drawn())


def test_who_could_never_vote_does_not() -> None:
    gone = [Voter("gone", UNTIL, SINCE)]
    assert list(draw_votes("an idea", gone, reach=1.0, appeal=1.0)) == []


def test_two_thousand_members_have_different_names() -> None:
    assert len(set(load_words.names(2_000))) == 2_000
