"""The values that the orders of ideas stand on."""

import itertools
import math
from datetime import UTC, date, datetime, timedelta

import pytest

from talking_together.ideas import ranking

PUBLISHED = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


# Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17
# (1998), table I, Wilson score without continuity correction: 81/263, 15/148, 0/20, 1/29.
@pytest.mark.parametrize(
    ("up", "votes", "lower"),
    [(81, 263, 0.2553), (15, 148, 0.0624), (0, 20, 0.0000), (1, 29, 0.0061)],
)
def test_wilson_agrees_with_the_published_table(up: int, votes: int, lower: float) -> None:
    assert ranking.wilson_lower_bound(up, votes - up) == pytest.approx(lower, abs=5e-5)


def test_wilson_solves_the_equation_it_is_defined_by() -> None:
    for up, down in [(1, 0), (3, 1), (64, 3), (500, 500), (10_000, 1)]:
        bound, votes = ranking.wilson_lower_bound(up, down), up + down
        distance = up / votes - bound
        assert distance == pytest.approx(ranking.Z * math.sqrt(bound * (1 - bound) / votes))


def test_no_votes_and_only_thumbs_down_rank_lowest() -> None:
    assert ranking.wilson_lower_bound(0, 0) == 0.0
    assert ranking.wilson_lower_bound(0, 7) == 0.0


def test_many_votes_beat_few_at_the_same_share() -> None:
    assert ranking.wilson_lower_bound(90, 10) > ranking.wilson_lower_bound(9, 1)


def test_an_idea_that_nobody_touched_ranks_by_when_it_was_published() -> None:
    earlier = ranking.trending_of(1.0, PUBLISHED)
    assert ranking.trending_of(1.0, PUBLISHED + ranking.HALF_LIFE) == pytest.approx(earlier + 1)


def test_trending_orders_as_decayed_activity_seen_from_any_later_moment() -> None:
    ideas = []
    for start, votes in [(0, [0.5, 1]), (2, [2.1]), (5, []), (1, [6, 6.5, 6.6]), (0, [0.1] * 9)]:
        published = PUBLISHED + timedelta(days=start)
        ideas.append((published, [PUBLISHED + timedelta(days=day) for day in votes]))

    def decayed(idea: tuple[datetime, list[datetime]], seen: datetime) -> float:
        published, votes = idea
        return sum(0.5 ** ((seen - at) / ranking.HALF_LIFE) for at in [published, *votes])

    def stored(idea: tuple[datetime, list[datetime]]) -> float:
        published, votes = idea
        activity = 1.0
        for at in votes:
            activity = ranking.activity_after(
                activity, added=ranking.activity_term(ranking.UP_VOTE_WEIGHT, at, published)
            )
        return ranking.trending_of(activity, published)

    for days in (7, 30, 90):
        seen = PUBLISHED + timedelta(days=days)
        assert sorted(ideas, key=stored) == sorted(ideas, key=lambda idea: decayed(idea, seen))


def test_taking_back_what_was_added_leaves_the_activity_as_it_was() -> None:
    late = ranking.activity_term(2.0, PUBLISHED + timedelta(days=119), PUBLISHED)
    early = ranking.activity_term(1.0, PUBLISHED + timedelta(hours=3), PUBLISHED)
    activity = ranking.activity_after(ranking.activity_after(1.0, added=early), added=late)
    activity = ranking.activity_after(activity, removed=late)
    assert activity == pytest.approx(1 + early, abs=1e-3)
    assert ranking.activity_after(activity, removed=early + 1) == 1.0


def test_activity_years_after_publication_neither_overflows_nor_drowns_the_rest() -> None:
    term = ranking.activity_term(2.0, PUBLISHED + timedelta(days=20_000), PUBLISHED)
    assert term == 2.0**41
    assert ranking.trending_of(1.0 + term, PUBLISHED) > ranking.trending_of(1.0, PUBLISHED)


def test_shuffle_keys_are_unique_positive_and_fit_the_column() -> None:
    ids = [*range(1, 20_000), 2**31 - 1, 2**31, 2**32 + 1, 2**61]
    keys = {ranking.shuffle_key_of(idea_id) for idea_id in ids}
    assert len(keys) == len(ids)
    assert min(keys) > 0
    assert max(keys) < ranking.KEY_SPACE


def test_shuffle_keys_of_neighbours_spread_over_the_whole_ring() -> None:
    keys = sorted(ranking.shuffle_key_of(idea_id) for idea_id in range(1, 101))
    gaps = [after - before for before, after in itertools.pairwise(keys)]
    assert max(gaps) < 3 * ranking.KEY_SPACE / 100


def test_the_rotation_differs_by_person_and_by_day_and_holds_within_a_day() -> None:
    monday, tuesday = date(2026, 11, 2), date(2026, 11, 3)
    assert ranking.rotation_of(7, monday) == ranking.rotation_of(7, monday)
    assert ranking.rotation_of(7, monday) != ranking.rotation_of(7, tuesday)
    assert ranking.rotation_of(7, monday) != ranking.rotation_of(8, monday)
    rotations = sorted(ranking.rotation_of(member, monday) for member in range(400))
    assert rotations[0] < ranking.KEY_SPACE / 50
    assert rotations[-1] > ranking.KEY_SPACE * 49 / 50
