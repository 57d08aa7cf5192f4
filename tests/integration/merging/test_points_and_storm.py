"""Points of votes that moved, merges at the same moment, and a storm of both."""

import random

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.core.commits import in_transaction
from talking_together.core.errors import Conflict, TalkingTogetherError
from talking_together.devtools.verify import differences as drift
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.merging.models import Merge
from talking_together.merging.services import merge_ideas, undo_merge
from talking_together.points.models import PointEntry
from talking_together.votes.services import cast_vote
from tests.factories import make_challenge, make_idea, make_member, make_moderator, viewer_of
from tests.factories.merging import make_pair
from tests.support.merge_people import Person, make_site_of_ideas
from tests.support.merge_rows import expected_after
from tests.support.merge_storm import snapshot_within, storm
from tests.support.merging import merge, undo, vote, votes_on
from tests.support.parallel import run_together
from tests.support.snapshots import differences, snapshot


def points_of(*members: Member) -> list[int]:
    """Return the balances, having checked that each is the sum of its entries."""
    assert list(drift()) == []
    return [db.session.scalar(select(Member.points).where(Member.id == member.id)) or 0 for member in members]


def actors() -> tuple[Idea, Idea, Member, Member, Member]:
    kept, gone = make_pair()
    authors = [db.session.get_one(Member, idea.author_id) for idea in (kept, gone)]
    return kept, gone, make_member(), authors[0], authors[1]


def test_a_merge_and_its_undoing_move_no_points(app: Flask) -> None:
    kept, gone, voter, *authors = actors()
    vote(voter, kept, 1)
    vote(voter, gone, 1)
    vote(make_member(), gone, 1)
    entries = db.session.scalar(select(func.count()).select_from(PointEntry))
    before = points_of(voter, *authors)
    (made,) = merge(kept, gone)
    assert points_of(voter, *authors) == before
    undo(made.id)
    assert points_of(voter, *authors) == before
    assert db.session.scalar(select(func.count()).select_from(PointEntry)) == entries


# The vote before the merge, those after it on the kept idea -> points of the voter, of the kept
# idea's author, of the merged one's.
@pytest.mark.parametrize(
    ("before", "after", "points"),
    [
        (1, (), (1, 0, 2)),
        # Withdrawing takes back what the vote earned where it stood.
        (1, (0,), (0, 0, 0)),
        (-1, (0,), (0, 0, 0)),
        (1, (-1,), (1, 0, 0)),
        # A thumb that is new on the kept idea is shared by those who wrote it.
        (-1, (1,), (1, 1, 1)),
        (1, (-1, 1), (1, 1, 1)),
        # Cast anew it is another vote, and earns once.
        (1, (0, 1), (1, 1, 1)),
        (1, (0, 1, 0, 1), (0, 0, 0)),
    ],
)
def test_a_moved_vote_earns_and_loses_once(
    app: Flask, before: int, after: tuple[int, ...], points: tuple[int, int, int]
) -> None:
    kept, gone, voter, of_kept, of_gone = actors()
    vote(voter, gone, before)
    merge(kept, gone)
    for value in after:
        vote(voter, kept, value)
    assert tuple(points_of(voter, of_kept, of_gone)) == points


def test_a_vote_that_moved_twice_loses_what_it_earned_first(app: Flask) -> None:
    challenge = make_challenge()
    first, second, third = (make_idea(challenge) for _ in range(3))
    voter, author = make_member(), db.session.get_one(Member, first.author_id)
    vote(voter, first, 1)
    merge(second, first)
    merge(third, second)
    assert points_of(voter, author) == [1, 2]
    vote(voter, third, 0)
    assert points_of(voter, author) == [0, 0]


def test_after_undoing_each_vote_earns_and_loses_for_its_own_idea(app: Flask) -> None:
    kept, gone, voter, of_kept, of_gone = actors()
    vote(voter, gone, -1)
    (made,) = merge(kept, gone)
    vote(voter, kept, 1)
    undo(made.id)
    assert votes_on(gone) == {voter.id: -1}
    assert points_of(voter, of_kept, of_gone) == [1, 1, 1]
    vote(voter, gone, 0)
    assert points_of(voter, of_kept, of_gone) == [0, 1, 1]
    vote(voter, kept, 0)
    assert points_of(voter, of_kept, of_gone) == [0, 0, 0]


def test_one_pair_merged_by_many_at_once_is_merged_once(app: Flask) -> None:
    kept, gone = make_pair()
    viewers = [viewer_of(make_moderator()) for _ in range(6)]

    def merging(place: int) -> object:
        one, other = (kept.id, gone.id) if place % 2 else (gone.id, kept.id)
        viewer = viewers[place]
        return lambda: in_transaction(
            lambda: merge_ideas(viewer, survivor_id=one, merged_ids=[other], reason="Same")
        )

    jobs = [merging(place) for place in range(6)]
    results = run_together(app, jobs)  # type: ignore[arg-type]
    assert sorted(isinstance(result, Conflict) for result in results) == [False, *[True] * 5]
    (merge_id,) = db.session.scalars(select(Merge.id))
    undoing = [
        lambda viewer=viewer: in_transaction(lambda: undo_merge(viewer, merge_id=merge_id, reason="No"))
        for viewer in viewers
    ]
    results = run_together(app, undoing)
    assert sorted(isinstance(result, Conflict) for result in results) == [False, *[True] * 5]
    assert list(drift()) == []


def test_votes_cast_while_ideas_are_merged_are_counted_or_refused(app: Flask) -> None:
    kept, gone = make_pair()
    voters = [viewer_of(make_member()) for _ in range(12)]
    moderator, kept_id, gone_id = viewer_of(make_moderator()), kept.id, gone.id

    def voting(viewer: object, idea_id: int) -> object:
        return lambda: in_transaction(
            lambda: cast_vote(viewer, kind="ideas", id=idea_id, value=1)  # type: ignore[arg-type]
        )

    jobs = [voting(viewer, (kept_id, gone_id)[place % 2]) for place, viewer in enumerate(voters)]
    jobs.insert(
        6,
        lambda: in_transaction(
            lambda: merge_ideas(moderator, survivor_id=kept_id, merged_ids=[gone_id], reason="Same")
        ),
    )
    results = run_together(app, jobs)  # type: ignore[arg-type]
    counted = sum(getattr(result, "my_vote", 0) for result in results)
    refused = sum(isinstance(result, Conflict) for result in results)
    assert counted + refused == 12
    assert len(votes_on(kept)) == counted
    assert votes_on(gone) == {}
    assert list(drift()) == []


def test_a_storm_of_votes_and_comments_around_merges_leaves_every_row_as_expected(app: Flask) -> None:
    outcome = storm(app, merges=10, ideas=10, people=12, connections=3)
    assert (outcome.errors, outcome.deadlocks, outcome.differing, outcome.drift) == ([], 0, [], [])
    assert outcome.merges == 10
    assert outcome.acts > 0


@pytest.mark.parametrize("seed", range(3))
def test_whatever_people_and_moderators_do_undoing_all_merges_leaves_what_people_did(
    app: Flask, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    site = make_site_of_ideas(ideas=6, people=8, seed=seed, acts=60)
    moderator = viewer_of(make_moderator())
    person = Person(site, site.people, chance)
    before, standing = snapshot(), []
    for _ in range(60):
        chosen = chance.random()
        try:
            if chosen < 0.2:
                survivor_id, *merged_ids = chance.sample(site.idea_ids, chance.choice((2, 2, 3)))
                standing += [
                    made.id
                    for made in in_transaction(
                        lambda one=survivor_id, others=merged_ids: merge_ideas(
                            moderator, survivor_id=one, merged_ids=others, reason="Alike"
                        )
                    )
                ]
            elif chosen < 0.35 and standing:
                _undo_one(moderator, standing, chance)
            else:
                person.act()
                continue
        except TalkingTogetherError:
            continue
        assert list(drift()) == []
    while standing:
        try:
            _undo_one(moderator, standing, chance)
        except TalkingTogetherError:
            continue
    expected = expected_after(before, person.done)
    assert differences(expected, snapshot_within(expected)) == []
    assert list(drift()) == []


def _undo_one(moderator: object, standing: list[int], chance: random.Random) -> None:
    merge_id = chance.choice(standing)
    in_transaction(lambda: undo_merge(moderator, merge_id=merge_id, reason="No"))  # type: ignore[arg-type]
    standing.remove(merge_id)
