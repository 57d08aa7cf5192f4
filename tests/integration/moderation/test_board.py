"""The triage board: what it shows in which order, and what is done to many ideas at once."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from talking_together.challenges.models import Challenge, ChallengeTheme
from talking_together.core import clock
from talking_together.devtools.verify import differences
from talking_together.extensions import db
from talking_together.ideas.batches import change_statuses
from talking_together.ideas.decisions import change_status
from talking_together.ideas.models import Idea, IdeaNote, IdeaTag
from talking_together.moderation.board import ideas_on_board
from talking_together.moderation.wanted import SORTS, Wanted
from tests.factories import make_challenge, make_idea, make_member, make_moderator, viewer_of
from tests.factories.rows import saved
from tests.support.client import Client, Form, Page
from tests.support.statements import recorded_statements

BOARD = "/moderation/board"
# Stands for the id of an idea that a test makes.
ONE = "one"


def titles(page: Page) -> list[str]:
    """Return the titles on the board, from above."""
    return [link.text for link in page.query("table.board tbody th a")]


def idea(challenge: Challenge, title: str, *, days_ago: int = 1, **values: Any) -> Idea:
    """Return an idea that was shared so many days ago."""
    return make_idea(challenge, title=title, published_at=clock.now() - timedelta(days=days_ago), **values)


@pytest.fixture
def moderator(app: Flask) -> Any:
    """Return a moderator."""
    return make_moderator()


def test_each_order_is_what_it_says_across_challenges(client: Client, moderator: Any) -> None:
    first, second = make_challenge("open"), make_challenge("in review")
    now = clock.now()
    idea(first, "A", days_ago=4, up_count=1, comments_count=9, trending=5.0)
    idea(second, "B", days_ago=9, up_count=7, comments_count=1, trending=9.0, answer_due_at=now)
    idea(first, "C", days_ago=1, up_count=3, trending=7.0, answer_due_at=now - timedelta(days=2))
    idea(second, "D", days_ago=20, up_count=9, status="planned", answered_at=now, trending=8.0)
    idea(make_challenge("archived"), "Archived", up_count=50, trending=50.0)
    make_idea(first, status="draft", title="A draft")
    client.sign_in(moderator)
    expected = {
        "oldest": ["B", "A", "C"],
        "due": ["C", "B"],
        "votes": ["D", "B", "C", "A"],
        "trending": ["B", "D", "C", "A"],
        "new": ["C", "A", "B", "D"],
        "discussed": ["A", "B"],
    }
    assert expected.keys() == SORTS.keys()
    for sort, wanted in expected.items():
        shown = titles(client.get(f"{BOARD}?sort={sort}", statements=6))
        assert shown[: len(wanted)] == wanted
    one = client.get(f"{BOARD}?sort=votes&challenge={first.id}", statements=7)
    assert titles(one) == ["C", "A"]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("challenges", [1, 3, 41])
def test_pages_hold_every_idea_once(app: Flask, moderator: Any, sort: str, challenges: int) -> None:
    made = [make_challenge("open") for _ in range(challenges)]
    now = clock.now()
    for number in range(12):
        # Many with the same values, so that the tie-break shows.
        make_idea(made[number % challenges], answer_due_at=now, published_at=now, up_count=number % 2)
    seen, after = [], None
    for _ in range(10):
        page = ideas_on_board(
            viewer_of(moderator), Wanted(sort=sort), [each.id for each in made], after=after, size=5, at=now
        )
        seen += [row.id for row in page.rows]
        after = page.next_cursor
        if after is None:
            break
    assert sorted(seen) == sorted(db.session.scalars(select(Idea.id)))


def test_filters_narrow_the_board(client: Client, moderator: Any) -> None:
    challenge, owner = make_challenge("open"), make_moderator()
    theme = saved(ChallengeTheme(challenge_id=challenge.id, name="Transport"))
    past, soon = clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)
    idea(challenge, "Themed 100%_sure", theme_id=theme.id)
    late = idea(challenge, "Late", answer_due_at=past, answer_owner_id=owner.id)
    idea(challenge, "Mine", answer_due_at=soon, answer_owner_id=moderator.id)
    idea(challenge, "Nobody's", answer_due_at=soon)
    idea(challenge, "Planned", status="planned", answered_at=past)
    tagged = idea(challenge, "Tagged")
    saved(IdeaTag(idea_id=tagged.id, tag="parking"))
    idea(challenge, "Hidden", status="hidden")
    make_idea(challenge, title="Waiting", status="waiting for approval", published_at=None)
    client.sign_in(moderator)
    expected = {
        f"challenge={challenge.id}&theme={theme.id}": ["Themed 100%_sure"],
        f"owner={owner.id}": ["Late"],
        "owner=me": ["Mine"],
        "owner=nobody": ["Nobody's"],
        "overdue=1": ["Late"],
        "tag=Parking": ["Tagged"],
        "status=planned": ["Planned"],
        "status=hidden": ["Hidden"],
        "status=waiting+for+approval": ["Waiting"],
        "q=100%25_": ["Themed 100%_sure"],
        "q=plan&sort=new": ["Planned"],
        f"q={late.id}&owner={owner.id}": ["Late"],
        "q=nothing+like+it": [],
    }
    for query, wanted in expected.items():
        assert titles(client.get(f"{BOARD}?{query}")) == wanted, query
    assert "Planned" not in titles(client.get(f"{BOARD}?sort=new&unanswered=1"))


@pytest.mark.parametrize(
    "query",
    [
        "sort=sideways",
        "status=draft",
        "owner=somebody",
        "challenge=x",
        "after=nonsense",
        "theme=-1&challenge=1",
    ],
)
def test_an_address_that_means_nothing_is_not_found(client: Client, moderator: Any, query: str) -> None:
    make_idea()
    client.sign_in(moderator).get(f"{BOARD}?{query}", status=404)


def test_many_are_answered_at_once_and_the_rest_is_reported(client: Client, moderator: Any) -> None:
    challenge, other = make_challenge("open"), viewer_of(make_moderator())
    fine = [idea(challenge, f"Fine {place}") for place in range(3)]
    overtaken = idea(challenge, "Overtaken")
    client.sign_in(moderator)
    page = client.get(f"{BOARD}?sort=new")
    change_status(other, idea_id=overtaken.id, status="done", response="Done long ago.")
    form = Form(page.query("#board")[0].node, client, page.path)
    ids = [str(one.id) for one in (*fine, overtaken)]
    sent = {"ideas": ids, "act": "status", "status": "planned", "response": "We will do it."}
    shown = client.post(form.action, {**form.fields, **sent}).follow()
    assert "3 ideas changed to “planned”" in shown.text
    assert "1 idea left as before" in shown.text
    assert f"{other.name} changed it to “done” after you opened the page" in shown.text
    assert db.session.scalars(select(Idea.status).order_by(Idea.id)).all() == ["planned"] * 3 + ["done"]
    db.session.expire_all()
    assert db.session.get(Challenge, challenge.id).answered_count == 4
    undone = shown.form(shown.query("form[action$=undo]")[0]["action"]).submit().follow()
    assert "Undone" in undone.text
    assert db.session.scalars(select(Idea.status).order_by(Idea.id)).all() == ["new"] * 3 + ["done"]
    db.session.commit()
    assert list(differences()) == []


def test_a_batch_of_which_nothing_is_allowed_says_why_and_keeps_the_words(
    client: Client, moderator: Any
) -> None:
    gone = idea(make_challenge("open"), "Gone", status="withdrawn")
    shelved = idea(make_challenge("archived"), "Shelved")
    client.sign_in(moderator)
    sent = {"ideas": [gone.id, shelved.id], "act": "status", "status": "done", "response": "Kept words"}
    page = client.post(BOARD, sent, status=409)
    assert "Nothing was changed." in page.text
    assert "cannot become “done”" in page.text
    assert "only once the challenge is open" in page.text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choose at least one idea"),
        ({"act": "status", "status": "under review"}, "Choose at least one idea"),
        ({"act": "merge", "ideas": [ONE]}, "Choose at least two ideas to merge"),
        ({"act": "merge", "ideas": [ONE, *range(2, 12)]}, "Choose at most 10 ideas to merge"),
        ({"act": "status", "ideas": [ONE]}, "Choose a status"),
        ({"act": "status", "ideas": [ONE], "status": "planned"}, "Say in words why this is “planned”"),
        ({"act": "theme", "ideas": [ONE]}, "Choose a theme"),
        ({"act": "theme", "ideas": [ONE], "theme": "99"}, "Choose a theme"),
        ({"act": "theme", "ideas": [ONE], "theme": "x"}, "Choose a theme"),
        ({"act": "duty", "ideas": [ONE]}, "Choose the day"),
        ({"act": "duty", "ideas": [ONE], "due": "2020-01-01"}, "Choose a day from today on"),
        ({"act": "duty", "ideas": [ONE], "due": "soon"}, "Enter a day"),
        ({"act": "duty", "ideas": [ONE], "due": "2099-01-01"}, "within a year"),
        (
            {"act": "status", "ideas": [str(n) for n in range(1, 102)], "status": "done", "response": "x"},
            "100",
        ),
        (
            {"act": "status", "ideas": ["9" * 30, "-1", "x"], "status": "done", "response": "x"},
            "at least one",
        ),
    ],
)
def test_what_is_missing_is_said_in_words(
    client: Client, moderator: Any, sent: dict[str, Any], words: str
) -> None:
    challenge = make_challenge("open")
    saved(ChallengeTheme(challenge_id=challenge.id, name="Transport"))
    one = idea(challenge, "One")
    sent = {**sent, "ideas": [one.id if each == ONE else each for each in sent.get("ideas", [])]}
    client.sign_in(moderator)
    page = client.post(f"{BOARD}?challenge={challenge.id}", sent, status=400)
    assert words in page.text
    if one.id in sent["ideas"]:
        assert page.query("input[name=ideas][checked]")


def test_an_owner_who_does_not_moderate_is_refused(client: Client, moderator: Any) -> None:
    one = idea(make_challenge("open"), "One")
    day = (clock.today() + timedelta(days=2)).isoformat()
    client.sign_in(moderator)
    sent = {"act": "duty", "ideas": [one.id], "due": day, "owner": make_member().id}
    assert "somebody who moderates" in client.post(BOARD, sent, status=400).text


def test_a_theme_of_another_challenge_is_left_out(client: Client, moderator: Any) -> None:
    challenge = make_challenge("open")
    theme = saved(ChallengeTheme(challenge_id=challenge.id, name="Transport"))
    own, other = idea(challenge, "Own"), idea(make_challenge("open"), "Other")
    client.sign_in(moderator)
    sent = {"act": "theme", "ideas": [own.id, other.id], "theme": theme.id}
    shown = client.post(f"{BOARD}?challenge={challenge.id}", sent).follow()
    assert "belongs to another challenge" in shown.text
    assert db.session.scalars(select(Idea.theme_id).order_by(Idea.id)).all() == [theme.id, None]


def test_merging_goes_on_with_the_chosen_ideas(client: Client, moderator: Any) -> None:
    ids = [make_idea().id for _ in range(2)]
    answer = client.sign_in(moderator).post(BOARD, {"act": "merge", "ideas": ids})
    assert answer.location == f"/moderation/merges/new?ideas={ids[0]}&ideas={ids[1]}"


def test_the_cost_of_a_batch_does_not_grow_with_it(app: Flask, moderator: Any) -> None:
    challenge = make_challenge("open")
    counts = []
    for size in (2, 20):
        ids = [make_idea(challenge, moderator).id for _ in range(size)]
        with recorded_statements(app) as recorded:
            change_statuses(viewer_of(moderator), idea_ids=ids, status="planned", response="Yes.")
        counts.append(len(recorded))
        db.session.commit()
    assert counts[0] == counts[1] <= 14


def test_the_author_never_hears_of_notes_even_as_a_moderator(client: Client, moderator: Any) -> None:
    challenge = make_challenge("open")
    mine, theirs = idea(challenge, "Mine", author=moderator), idea(challenge, "Theirs")
    for each in (mine, theirs):
        saved(IdeaNote(idea_id=each.id, author_id=make_moderator().id, body="Ask estates", at=clock.now()))
    page = client.sign_in(moderator).get(BOARD)
    told = {
        row.query("th a")[0].text: "1 note" in row.query(".board__by")[0].text
        for row in page.query(".board tbody tr")
    }
    assert told == {"Mine": False, "Theirs": True}


@pytest.mark.parametrize("sort", SORTS)
def test_each_order_reads_along_an_index(app: Flask, moderator: Any, sort: str) -> None:
    challenges = [make_challenge("open") for _ in range(2)]
    for each in challenges:
        make_idea(each)
    with recorded_statements(app) as recorded:
        ideas_on_board(
            viewer_of(moderator), Wanted(sort=sort), [each.id for each in challenges], at=clock.now()
        )
    assert len([sql for sql in recorded if "FROM ideas" in sql]) == 1
    if db.engine.dialect.name == "sqlite":
        index = {
            "oldest": "ix_ideas_no_answer",
            "votes": "ix_ideas_needs_votes",
            "trending": "ix_ideas_trending",
            "new": "ix_ideas_new",
            "discussed": "ix_ideas_discussed",
            "due": "ix_ideas_owed",
        }[sort]
        assert index in plan_of(viewer_of(moderator), sort, [each.id for each in challenges])


def plan_of(moderator: Any, sort: str, ids: list[int]) -> str:
    """Return how SQLite would read the board."""
    from sqlalchemy.dialects import sqlite

    from talking_together.moderation import board

    order = board._ORDERS[sort]
    where = [*board._conditions(moderator, Wanted(sort=sort), clock.now()), *board._beyond(order, None)]
    first = board._first_ids(order, where, ids, 51)
    sql = select(first.c.id).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    return "\n".join(str(row) for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {sql}")))
