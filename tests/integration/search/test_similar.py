"""Ideas that are alike are found by their words, among those of one challenge that one may see."""

import pytest
from flask import Flask

from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.search.similar import ideas_like, similar_ideas
from tests.factories import make_challenge, make_idea, make_member, make_organisation, viewer_of
from tests.support.statements import recorded_statements

TITLES = (
    "Free parking for night staff",
    "Let night staff park for free beside the ward",
    "A quiet room to rest in after a long shift",
    "Share one calendar with the physiotherapists",
    "Order medicines to take home the day before",
    "More bicycle stands near the main entrance",
)


def titles_of(alike: list) -> list[str]:
    return [each.idea.title for each in alike]


def test_the_most_alike_come_first(app: Flask) -> None:
    challenge = make_challenge()
    for title in TITLES:
        make_idea(challenge, title=title)
    viewer = viewer_of(make_member())
    found = similar_ideas(viewer, challenge.id, title="Parking free of charge for staff at night")
    assert titles_of(found) == [TITLES[0], TITLES[1]]
    assert found[0].is_very
    assert titles_of(similar_ideas(viewer, challenge.id, title="Ordering a medicine the day before")) == [
        TITLES[4]
    ]
    assert titles_of(similar_ideas(viewer, challenge.id, title="A calendar for physiotherapy")) == [TITLES[3]]


@pytest.mark.parametrize(
    "title", ["", "   ", "the", "?!", "\x00", "'; DROP TABLE ideas", "🙂", "NEAR(a b)", '"']
)
def test_what_says_nothing_is_like_nothing(app: Flask, title: str) -> None:
    challenge = make_challenge()
    make_idea(challenge, title=TITLES[0])
    assert similar_ideas(viewer_of(make_member()), challenge.id, title=title) == []


def test_only_listed_ideas_of_the_challenge_that_one_may_see_are_found(app: Flask) -> None:
    challenge, hidden_from_me = make_challenge(), make_challenge(organisations=[make_organisation()])
    for status in ("draft", "waiting for approval", "merged", "withdrawn", "hidden"):
        make_idea(challenge, title=TITLES[0], status=status)
    make_idea(make_challenge(), title=TITLES[0])
    make_idea(hidden_from_me, title=TITLES[0])
    viewer = viewer_of(make_member())
    assert similar_ideas(viewer, challenge.id, title=TITLES[0]) == []
    assert similar_ideas(viewer, hidden_from_me.id, title=TITLES[0]) == []
    make_idea(challenge, title=TITLES[0], status="shortlisted")
    assert titles_of(similar_ideas(viewer, challenge.id, title=TITLES[0])) == [TITLES[0]]


def test_an_idea_is_not_like_itself(app: Flask) -> None:
    challenge = make_challenge()
    first, second = (make_idea(challenge, title=title, excerpt="") for title in TITLES[:2])
    viewer = viewer_of(make_member())
    assert titles_of(ideas_like(viewer, first.id)) == [second.title]
    with pytest.raises(NotFound):
        ideas_like(viewer, make_idea(make_challenge(organisations=[make_organisation()])).id)


def test_a_common_word_hides_no_telling_ones(app: Flask) -> None:
    """Most ideas have two of the words; the one that has all of them comes first."""
    challenge = make_challenge()
    author = make_member()
    for number in range(120):
        make_idea(challenge, author, title=f"Night staff want a better room {number}", excerpt="")
    wanted = make_idea(challenge, author, title="Night staff want a warmer kitchen", excerpt="")
    for number in range(120):
        make_idea(challenge, author, title=f"Staff at night like tea {number}", excerpt="")
    found = similar_ideas(viewer_of(make_member()), challenge.id, title="Night staff want a kitchen")
    assert found[0].idea.id == wanted.id


def test_the_statements_are_the_same_however_many_ideas_there_are(app: Flask) -> None:
    challenge, viewer = make_challenge(), viewer_of(make_member())
    counts = []
    for _ in range(2):
        make_idea(challenge, title=TITLES[0])
        db.session.commit()
        with recorded_statements(app) as statements:
            assert similar_ideas(viewer, challenge.id, title=TITLES[0])
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 3


def test_the_viewers_own_vote_comes_with_each(app: Flask) -> None:
    author = make_member()
    idea = make_idea(author=author, title=TITLES[0])
    for member, why in ((author, "You cannot vote on your own idea."), (make_member(), "")):
        (found,) = similar_ideas(viewer_of(member), idea.challenge_id, title=TITLES[0])
        assert (found.idea.why_not, found.idea.is_mine) == (why, member is author)
