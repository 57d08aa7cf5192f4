"""`flask verify`, against what it must find."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.comments.models import Comment
from talking_together.core.commits import in_transaction
from talking_together.devtools.verify import verify
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.votes.services import cast_vote
from tests.factories import make_comment, make_idea, make_member, viewer_of


def run(app: Flask) -> Any:
    # What the test holds open would keep the command waiting on PostgreSQL.
    db.session.commit()
    return app.test_cli_runner().invoke(verify)


def vote(thing: Idea | Comment, value: int) -> None:
    kind = "ideas" if isinstance(thing, Idea) else "comments"
    voter = viewer_of(make_member())
    in_transaction(lambda: cast_vote(voter, kind=kind, id=thing.id, value=value))


def test_a_site_whose_votes_came_through_the_service_has_no_drift(app: Flask) -> None:
    ideas = [make_idea() for _ in range(3)]
    for idea in ideas[:2]:
        for value in (1, 1, -1, 0):
            vote(idea, value)
    result = run(app)
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Nothing differs")


@pytest.mark.parametrize(
    ("table", "values", "label"),
    [
        (Idea, {"up_count": 7, "votes_count": 7}, "up_count, down_count"),
        (Idea, {"wilson": 0.5}, "wilson"),
        (Idea, {"trending": Idea.trending + 0.02}, "trending"),
        (Idea, {"comments_count": 9}, "comments_count"),
        (Idea, {"shuffle_key": 4}, "shuffle_key"),
        (Challenge, {"ideas_count": 9}, "ideas_count"),
        (Member, {"points": Member.points + 1}, "points"),
        (Comment, {"down_count": 2}, "up_count, down_count"),
    ],
)
def test_each_kept_value_that_is_wrong_is_named(
    app: Flask, table: Any, values: dict[str, Any], label: str
) -> None:
    idea = make_idea()
    if table is Comment:
        make_comment(idea)
    db.session.execute(update(table).values(values).execution_options(synchronize_session=False))
    result = run(app)
    assert result.exit_code == 1
    assert f"{label}: kept" in result.output


def test_what_floating_point_leaves_is_no_drift(app: Flask) -> None:
    make_idea()
    db.session.execute(update(Idea).values(trending=Idea.trending + 0.005, wilson=Idea.wilson + 1e-10))
    assert run(app).exit_code == 0
