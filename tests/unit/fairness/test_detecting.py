"""Where honest use ends and a sign begins, without a database."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from talking_together.core.errors import Conflict, NotAllowed
from talking_together.fairness import policies, thresholds
from talking_together.fairness.detecting.bursts import joined
from talking_together.fairness.detecting.duplicates import alike
from talking_together.fairness.detecting.joins import Joined, densest, favourite
from talking_together.fairness.detecting.rings import distinct, ring_around, share_within, ties_of
from talking_together.fairness.detecting.tally import Received, Tally, Writers
from talking_together.fairness.kinds import KINDS
from talking_together.fairness.words import HOW, KIND_WORDS

START = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def test_each_threshold_says_why_it_is_so_and_each_kind_has_its_words() -> None:
    assert set(thresholds.REASONS) == {name for name in vars(thresholds) if name.isupper()} - {"REASONS"}
    assert set(KIND_WORDS) == set(KINDS)
    assert len(HOW) == len(KINDS)


# Of three members each gives so many thumbs to the two others, and so many elsewhere.
@pytest.mark.parametrize(
    ("each", "elsewhere", "is_ring"),
    [
        (4, 0, True),
        (4, 3, True),
        # Seven in ten is the border; an honest ward stays below it.
        (7, 6, True),
        (4, 4, False),
        (3, 9, False),
        # Too few thumbs to say anything.
        (2, 0, False),
    ],
)
def test_a_ring_gives_most_of_its_thumbs_to_itself(each: int, elsewhere: int, is_ring: bool) -> None:
    members = (1, 2, 3)
    tally = Tally(
        {
            member: {**{other: each for other in members if other != member}, 100 + member: elsewhere}
            for member in members
        }
    )
    ties = ties_of(tally)
    found = ring_around(1, ties, tally) if ties else None
    assert (found == frozenset(members)) is is_ring


def test_who_votes_elsewhere_and_whom_nobody_votes_for_leave_a_ring() -> None:
    ring = {member: {other: 3 for other in range(1, 6) if other != member} for member in range(1, 6)}
    # A popular colleague is voted for by all of them, and votes for everybody.
    for given in ring.values():
        given[9] = 3
    ring[9] = {**dict.fromkeys(range(1, 6), 3), **dict.fromkeys(range(20, 50), 1)}
    # A fan gives them thumbs and gets none.
    ring[8] = dict.fromkeys(range(1, 6), 4)
    tally = Tally(ring)
    assert ring_around(1, ties_of(tally), tally) == frozenset(range(1, 6))
    assert ring_around(9, ties_of(tally), tally) is None
    assert share_within(9, range(1, 6), tally) == pytest.approx(1 / 3)
    sets = [frozenset({1, 2, 3, 4}), frozenset({1, 2, 3}), frozenset({3, 8, 9})]
    assert distinct(sets) == [frozenset({1, 2, 3, 4}), frozenset({3, 8, 9})]


# Everybody gives eight thumbs to what the writers wrote together, in the order of the writers.
@pytest.mark.parametrize(
    ("pairs", "is_ring"),
    [
        # Each writes with the next one, so that no two vote for what the other is the author of.
        (((1, 2), (2, 3), (3, 1)), True),
        (((1, 2), (2, 3), (3, 4), (4, 1)), True),
        # Two colleagues write all of theirs together, and like what a third one or another pair writes.
        (((1, 2), (2, 1), (3,)), False),
        (((1, 2), (2, 1), (3, 4), (4, 3)), False),
        # Three pairs are a ring as three people are.
        (((1, 2), (2, 1), (3, 4), (4, 3), (5, 6), (6, 5)), True),
    ],
)
def test_a_thumb_for_an_idea_of_several_is_one_for_each(pairs: tuple[Any, ...], is_ring: bool) -> None:
    tally = Tally()
    members = {member for pair in pairs for member in pair}
    for voter in members:
        for author, *beside in pairs:
            if voter not in {author, *beside}:
                tally.up.setdefault(voter, {})[author] = 8
                if beside:
                    writers = Writers(author, frozenset(beside))
                    tally.together.setdefault(voter, {})[writers] = 8
    ties = ties_of(tally)
    found = ring_around(1, ties, tally) or frozenset()
    # A colleague who writes everything with the first one is not tied to them.
    assert (len(found) >= len(members) - 1) is is_ring


def test_a_thumb_for_two_of_a_set_is_counted_once() -> None:
    together = {
        Writers(1, frozenset({2})): 3,
        Writers(9, frozenset({2, 3})): 5,
        Writers(9, frozenset({8})): 1,
    }
    tally = Tally({4: {1: 4, 9: 6}}, together={4: together})
    assert tally.given_to_each(4) == {1: 4, 2: 8, 3: 5, 8: 1, 9: 6}
    assert tally.given_within(4, {1, 2, 3, 4}) == 4 + 5
    assert share_within(4, {1, 2, 3, 4}, tally) == pytest.approx(0.9)
    assert Received(100, {1: 4, 9: 6}, together).by_any({1, 2, 3}) == 4 + 5


def test_spans_that_overlap_are_one() -> None:
    at = [START + timedelta(seconds=seconds) for seconds in (0, 4, 8, 60, 70)]
    assert joined([(at[0], at[1]), (at[1], at[2]), (at[3], at[4])]) == [(at[0], at[2]), (at[3], at[4])]


def test_the_densest_half_hour_of_joins_is_found() -> None:
    minutes = (0, 50, 51, 52, 79, 81, 200)
    people = [Joined(START + timedelta(minutes=minute), id) for id, minute in enumerate(minutes)]
    assert [each.member_id for each in densest(people, timedelta(minutes=30))] == [1, 2, 3, 4]


def test_the_author_for_whom_most_vote_is_found_among_those_who_voted_at_all() -> None:
    tally = Tally({1: {7: 3, 8: 1}, 2: {7: 2}, 3: {7: 1}, 4: {8: 4}})
    assert favourite(tally) == (7, [1, 2], 5, 6)
    assert favourite(Tally())[0] is None


def idea(id: int, title: str, excerpt: str) -> Any:
    return SimpleNamespace(id=id, title=title, excerpt=excerpt)


TEXT = "Racks at the main entrance fill by eight, and people lock bicycles to the railings."


@pytest.mark.parametrize(
    ("title", "text", "same"),
    [
        ("Bicycle parking at the main entrance", TEXT, True),
        ("More bicycle parking at the main entrance, please", TEXT.replace("people", "colleagues"), True),
        ("Bicycle parking at the main entrance", "A shower and lockers for whoever comes by bicycle.", False),
        ("Quiet hours at night", TEXT, False),
    ],
)
def test_own_ideas_are_alike_where_title_and_text_are(title: str, text: str, same: bool) -> None:
    ideas = [
        idea(1, "Bicycle parking at the main entrance", TEXT),
        idea(2, title, text),
        idea(3, "Hot meals at night", "The canteen closes at six, and vending machines hold crisps."),
    ]
    assert [[each.id for each in group] for group in alike(ideas)] == ([[1, 2]] if same else [])


def test_nobody_settles_a_sign_about_themselves_nor_one_that_is_settled() -> None:
    moderator, staff = SimpleNamespace(id=1, is_moderator=True), SimpleNamespace(id=2, is_moderator=False)
    policies.ensure_can_settle(moderator, {3, 4})
    for person, members in ((moderator, {1, 3}), (staff, {3})):
        with pytest.raises(NotAllowed):
            policies.ensure_can_settle(person, members)
    policies.ensure_open("open")
    for state, has_voided in (("voided", True), ("set aside", False), ("open", True)):
        policies.ensure_can_undo(state, has_voided=has_voided)
    with pytest.raises(Conflict):
        policies.ensure_open("set aside")
    with pytest.raises(Conflict):
        policies.ensure_can_undo("open", has_voided=False)
