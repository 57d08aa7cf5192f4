"""The orders of a list: every idea once, in the order that its values say, by its index."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert, text, update

from talking_together.challenges.models import Challenge, ChallengeTheme
from talking_together.core import clock
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.ideas import ranking
from talking_together.ideas.models import Idea
from talking_together.ideas.orders import ORDERS
from talking_together.ideas.queries import ideas_in, unanswered
from tests.factories import make_challenge, make_idea, make_member, make_moderator, viewer_of
from tests.factories.rows import saved

INDEXES = {
    "shuffled": "ix_ideas_shuffled",
    "trending": "ix_ideas_trending",
    "top": "ix_ideas_top",
    "new": "ix_ideas_new",
    "discussed": "ix_ideas_discussed",
    "needs-votes": "ix_ideas_needs_votes",
}


def many_ideas(challenge: Challenge, count: int) -> list[dict[str, Any]]:
    """Add ideas with many equal values among them; every ninth is withdrawn."""
    chance, author = random.Random(7), make_member()  # noqa: S311  the same ideas every time
    first = 10_000 + challenge.id * 10_000
    rows = []
    for idea_id in range(first, first + count):
        up, down = chance.choice([(0, 0), (0, 0), (1, 0), (1, 1), (3, 0), (chance.randrange(40), 2)])
        published = clock.now() - timedelta(hours=chance.randrange(200))
        activity = chance.choice([1.0, 1.0, 2.5, 9.0])
        rows.append(
            {
                "id": idea_id,
                "challenge_id": challenge.id,
                "author_id": author.id,
                "title": f"Idea {idea_id}",
                "body_source": "Words",
                "body_html": "<p>Words</p>",
                "excerpt": "Words",
                "status": "withdrawn" if idea_id % 9 == 0 else "new",
                "listed": idea_id % 9 != 0,
                "created_at": published,
                "published_at": published,
                "up_count": up,
                "down_count": down,
                "votes_count": up + down,
                "comments_count": chance.randrange(4),
                "wilson": ranking.wilson_lower_bound(up, down),
                "activity": activity,
                "trending": ranking.trending_of(activity, published),
                "shuffle_key": ranking.shuffle_key_of(idea_id),
            }
        )
    db.session.execute(insert(Idea), rows)
    db.session.commit()
    return rows


def all_pages(viewer: Any, challenge: Challenge, order: str, size: int) -> list[int]:
    """Return the ids of every page in turn."""
    seen, after = [], None
    while True:
        page = ideas_in(viewer, challenge, order=order, after=after, size=size, at=clock.now())
        assert 0 < len(page.rows) <= size
        seen += [card.id for card in page.rows]
        after = page.next_cursor
        if after is None:
            return seen


def expected(rows: list[dict[str, Any]], order: str, member_id: int) -> list[int]:
    """Return the listed ids in the order's own sense, worked out in plain Python."""
    rotation = ranking.rotation_of(member_id, clock.today())
    columns = {"trending": "trending", "top": "wilson", "new": "published_at", "discussed": "comments_count"}
    listed = [row for row in rows if row["listed"]]
    if order == "needs-votes":
        listed.sort(
            key=lambda row: (
                row["votes_count"],
                row["shuffle_key"] < rotation,
                row["shuffle_key"],
            )
        )
    elif order == "shuffled":
        listed.sort(key=lambda row: (row["shuffle_key"] < rotation, row["shuffle_key"]))
    else:
        listed.sort(key=lambda row: (row[columns[order]], row["id"]), reverse=True)
    return [row["id"] for row in listed]


@pytest.mark.parametrize("order", ORDERS)
def test_pages_hold_every_listed_idea_once_in_order(app: Flask, order: str) -> None:
    challenge, viewer = make_challenge("open"), viewer_of(make_member())
    rows = many_ideas(challenge, 260)
    many_ideas(make_challenge("open"), 40)
    for size in (20, 7):
        assert all_pages(viewer, challenge, order, size) == expected(rows, order, viewer.id)


def test_the_order_of_needs_votes_differs_by_person(app: Flask) -> None:
    challenge = make_challenge("open")
    many_ideas(challenge, 120)
    firsts = {tuple(all_pages(viewer_of(make_member()), challenge, "needs-votes", 100)[:5]) for _ in range(6)}
    assert len(firsts) > 1


def test_reading_on_past_midnight_stays_in_the_same_order(app: Flask) -> None:
    challenge, viewer = make_challenge("open"), viewer_of(make_member())
    rows = many_ideas(challenge, 60)
    wanted = expected(rows, "needs-votes", viewer.id)
    now = clock.now()
    first = ideas_in(viewer, challenge, order="needs-votes", at=now)
    with clock.held_at(now + timedelta(days=1)):
        second = ideas_in(viewer, challenge, order="needs-votes", after=first.next_cursor, at=now)
    assert [card.id for card in [*first.rows, *second.rows]] == wanted[:40]


def plan_of(read: Callable[[], Any]) -> str:
    """Return how the database carries out the one statement that the function reads with."""
    caught: list[tuple[str, Any]] = []

    def catch(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            caught.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", catch)
    read()
    event.remove(db.engine, "before_cursor_execute", catch)
    assert len(caught) == 1
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    plan = db.session.connection().exec_driver_sql(explain + caught[0][0], caught[0][1])
    return "\n".join(str(row[-1]) for row in plan)


@pytest.mark.parametrize("order", ORDERS)
def test_a_page_is_one_statement_that_uses_the_order_s_index(app: Flask, order: str) -> None:
    challenge, viewer = make_challenge("open"), viewer_of(make_member())
    many_ideas(challenge, 900)
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    page = ideas_in(viewer, challenge, order=order, at=clock.now())
    after = page.next_cursor
    plan = plan_of(lambda: ideas_in(viewer, challenge, order=order, after=after, at=clock.now()))
    assert INDEXES[order] in plan


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("every", [2, 300], ids=["a common theme", "a rare theme"])
def test_a_page_of_a_theme_uses_an_index(app: Flask, order: str, every: int) -> None:
    challenge, viewer = make_challenge("open"), viewer_of(make_member())
    theme = saved(ChallengeTheme(challenge_id=challenge.id, name="Beds"))
    many_ideas(challenge, 900)
    filed = Idea.challenge_id == challenge.id, Idea.id % every == 0
    db.session.execute(update(Idea).where(*filed).values(theme_id=theme.id))
    db.session.execute(text("ANALYZE"))
    db.session.commit()

    def read() -> Any:
        return ideas_in(viewer, challenge, order=order, theme_id=theme.id, at=clock.now())

    plan = plan_of(read)
    # Down the order of the challenge, or through the ideas of the theme.
    assert INDEXES[order] in plan or "ix_ideas_theme" in plan


def test_what_waits_for_moderators_is_read_along_an_index(app: Flask) -> None:
    challenge, moderator = make_challenge("open"), viewer_of(make_moderator())
    many_ideas(challenge, 900)
    db.session.execute(text("ANALYZE"))
    db.session.commit()

    plan = plan_of(lambda: unanswered(moderator, size=10))

    assert "ix_ideas_unanswered" in plan
    assert "ORDER BY" not in plan
    assert "Sort" not in plan.replace("Incremental Sort", "")


@pytest.mark.parametrize("after", ["x", "W10", "WzFd", "WyJhIiwxXQ", "WzFlOTk5LDFd", "é"])
@pytest.mark.parametrize("order", ORDERS)
def test_a_cursor_that_is_not_ours_is_not_found(app: Flask, order: str, after: str) -> None:
    challenge, viewer = make_challenge("open"), viewer_of(make_member())
    make_idea(challenge)
    with pytest.raises(NotFound):
        ideas_in(viewer, challenge, order=order, after=after, at=clock.now())
