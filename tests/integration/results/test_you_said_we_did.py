"""What was done about ideas, on one page for the whole partnership."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert, text, update

from talking_together.challenges.models import ChallengeTheme
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.ideas.models import Idea, IdeaCoAuthor, IdeaDecision
from talking_together.results.acted import acted_on, beginning_of_counting
from tests.factories import (
    make_challenge,
    make_idea,
    make_member,
    make_moderator,
    make_organisation,
    viewer_of,
)
from tests.factories.files import make_picture
from tests.factories.rows import saved
from tests.support.client import Client

NOON = datetime(2026, 6, 4, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _held(hold_clock: Callable[[datetime], None]) -> None:
    hold_clock(NOON)


def acted(status: str = "done", *, days_ago: int = 1, response: str = "It is here.", **values: Any) -> Idea:
    """Return an idea that a moderator moved to the status with a response."""
    idea = make_idea(status=status, **values)
    decide(idea, status, days_ago=days_ago, response=response)
    return idea


def decide(idea: Idea, to: str, *, days_ago: int = 1, response: str = "It is here.", **values: Any) -> None:
    saved(
        IdeaDecision(
            idea_id=idea.id,
            from_status="new",
            to_status=to,
            response_source=response,
            response_html=f"<p>{response}</p>",
            decided_by=make_moderator().id,
            at=clock.now() - timedelta(days=days_ago),
            **values,
        )
    )


def titles(client: Client, **query: Any) -> list[str]:
    page = client.get("/you-said-we-did", query=query, statements=5)
    return [each.text for each in page.query(".you-said h3")]


def test_it_shows_what_was_said_and_what_was_done_the_latest_first(client: Client) -> None:
    author = make_member(make_organisation(name="Mill Lane", short_name="Mill"))
    acted("in progress", days_ago=9, title="A shared list", response="It has begun.")
    acted("done", days_ago=2, title="Earlier buses", response="They run at 7.", author=author)
    acted("planned", title="Not yet")
    make_idea(title="Only said")
    page = client.sign_in(make_member()).get("/you-said-we-did", statements=5)
    assert [each.text for each in page.query(".you-said h3")] == ["Earlier buses", "A shared list"]
    assert "1 idea done since January, 1 in progress" in page.text
    first = page.query(".you-said__item")[0].text
    for words in (author.name, "Mill", "They run at 7.", "Done", "Tuesday 2 June"):
        assert words in first, words


def test_nothing_done_yet_says_what_will_be_here(client: Client) -> None:
    page = client.sign_in(make_member()).get("/you-said-we-did", statements=5)
    assert "The first thing done will be here" in page.text
    assert not page.query("main form[method=get]")


def test_only_the_latest_decision_that_stands_counts(client: Client) -> None:
    twice = acted("done", days_ago=5, title="Twice", response="At first.")
    decide(twice, "done", days_ago=3, response="Then this.")
    decide(twice, "done", days_ago=1, response="Undone.", undone_at=clock.now())
    back = acted("done", days_ago=5, title="Back")
    decide(back, "in progress", days_ago=2, response="Not quite.")
    back.status = "in progress"
    hidden = acted("done", title="Hidden since")
    hidden.status, hidden.listed = "hidden", False
    db.session.commit()
    page = client.sign_in(make_member()).get("/you-said-we-did")
    assert [each.text for each in page.query(".you-said h3")] == ["Back", "Twice"]
    assert "Then this." in page.text
    assert "At first." not in page.text
    assert "Undone." not in page.text


def test_it_tells_of_no_challenge_that_the_viewer_may_not_see(client: Client) -> None:
    ours = make_organisation(name="Ours")
    challenge = make_challenge(organisations=[ours])
    theme = saved(ChallengeTheme(challenge_id=challenge.id, name="Secret"))
    acted("done", title="For us alone", challenge=challenge, theme_id=theme.id)
    page = client.sign_in(make_member()).get("/you-said-we-did")
    assert "For us alone" not in page.text
    assert "Secret" not in page.text
    assert "The first thing done will be here" in page.text
    assert titles(client.sign_in(make_member(ours))) == ["For us alone"]
    assert titles(client.sign_in(make_moderator())) == ["For us alone"]


def test_it_is_narrowed_by_organisation_theme_and_status(client: Client) -> None:
    council, charity = make_organisation(name="Council"), make_organisation(name="Charity")
    first, second = make_challenge(), make_challenge()
    # A theme is known by its name, in whichever challenge.
    buses = saved(ChallengeTheme(challenge_id=first.id, name="Buses"))
    again = saved(ChallengeTheme(challenge_id=second.id, name="Buses"))
    acted("done", days_ago=1, title="A", challenge=first, author=make_member(council), theme_id=buses.id)
    acted(
        "in progress", days_ago=2, title="B", challenge=second, author=make_member(charity), theme_id=again.id
    )
    acted("done", days_ago=3, title="C", challenge=second, author=make_member(charity))
    client.sign_in(make_member())
    assert titles(client) == ["A", "B", "C"]
    assert titles(client, organisation=charity.id) == ["B", "C"]
    assert titles(client, theme="Buses") == ["A", "B"]
    assert titles(client, status="done") == ["A", "C"]
    assert titles(client, organisation=charity.id, theme="Buses", status="in progress") == ["B"]
    assert titles(client, theme="Trains") == []
    page = client.get("/you-said-we-did")
    chosen = page.query("select[name=organisation] option")
    assert [each.text for each in chosen] == ["All", "Charity", "Council"]
    assert [each.text for each in page.query("select[name=theme] option")] == ["All", "Buses"]
    client.get("/you-said-we-did", query={"status": "new"}, status=404)
    assert titles(client, organisation="x") == ["A", "B", "C"]


def test_a_former_colleague_is_not_given_away_by_a_filter(client: Client) -> None:
    council = make_organisation(name="Council")
    author = make_member(council)
    acted("done", title="Left behind", author=author)
    author.is_active, author.shown_as_former = False, True
    db.session.commit()
    client.sign_in(make_member())
    page = client.get("/you-said-we-did")
    assert "A former colleague" in page.text
    assert "Council" not in page.text
    assert titles(client, organisation=council.id) == []


def test_a_small_picture_of_the_idea_stands_beside_it_unless_the_answer_shows_one(client: Client) -> None:
    author = make_member()
    idea = acted("done", title="With a picture", author=author)
    picture = make_picture(author, idea_id=idea.id, alternative_text="The new board")
    second = make_picture(author, idea_id=idea.id, alternative_text="A second one")
    idea.body_html = "".join(f'<p><img src="/files/{each.id}/{each.key}"></p>' for each in (picture, second))
    db.session.commit()
    page = client.sign_in(make_member()).get("/you-said-we-did")
    shown = page.query(".you-said__picture")
    assert [(each["alt"], each["src"]) for each in shown] == [
        ("The new board", f"/files/{picture.id}/{picture.key}/small")
    ]
    db.session.execute(update(IdeaDecision).values(response_html='<p><img src="/files/1/x" alt="Ours"></p>'))
    db.session.commit()
    assert not client.get("/you-said-we-did").query(".you-said__picture")


def test_those_who_wrote_it_with_its_author_are_named(client: Client) -> None:
    idea, friend = acted(), make_member(name="Rowan Ashdown")
    saved(IdeaCoAuthor(idea_id=idea.id, member_id=friend.id, state="accepted", asked_at=clock.now()))
    idea.co_authors_count = 1
    db.session.commit()
    page = client.sign_in(make_member()).get("/you-said-we-did", statements=5)
    assert friend.name in page.query(f"#idea-{idea.id} .you-said__said")[0].text
    friend.is_active, friend.shown_as_former = False, True
    db.session.commit()
    assert friend.name not in client.get("/you-said-we-did").text


def test_pages_go_on_where_they_ended(app: Flask) -> None:
    viewer = viewer_of(make_member())
    ideas = many(57)
    found, after = [], None
    while True:
        page = acted_on(viewer, after=after, size=10)
        found += [each.id for each in page.rows]
        after = page.next_cursor
        if after is None:
            break
    # The ones decided last come first; of one moment, the one written down last.
    assert found == list(reversed(ideas))


def many(count: int) -> list[int]:
    """Write so many ideas that were done, three at each moment; return their ids in that order."""
    challenge, author = make_challenge(), make_member()
    ideas = [make_idea(challenge, author, status="done").id for _ in range(min(count, 60))]
    db.session.execute(
        insert(IdeaDecision),
        [
            {
                "idea_id": id,
                "from_status": "new",
                "to_status": "done",
                "at": clock.now() - timedelta(days=60) + timedelta(hours=place // 3),
            }
            for place, id in enumerate(ideas)
        ],
    )
    db.session.commit()
    return ideas


def test_it_is_read_along_its_index(app: Flask) -> None:
    many(60)
    other = make_idea()
    db.session.execute(
        insert(IdeaDecision),
        [
            {"idea_id": other.id, "from_status": "new", "to_status": "under review", "at": clock.now()}
            for _ in range(3_000)
        ],
    )
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    caught: list[tuple[str, Any]] = []

    def catch(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "idea_decisions" in statement:
            caught.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", catch)
    acted_on(viewer_of(make_member()))
    event.remove(db.engine, "before_cursor_execute", catch)
    ((statement, parameters),) = caught
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    plan = db.session.connection().exec_driver_sql(explain + statement, parameters)
    assert "ix_idea_decisions_acted" in "\n".join(str(row[-1]) for row in plan)


@pytest.mark.parametrize(
    ("at", "begins", "words"),
    [
        (datetime(2026, 6, 4, 12, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), "since January,"),
        (datetime(2026, 2, 4, 12, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC), "since January 2025,"),
    ],
)
def test_numbers_begin_in_a_january_that_is_a_while_ago(
    client: Client, hold_clock: Callable[[datetime], None], at: datetime, begins: datetime, words: str
) -> None:
    hold_clock(at)
    assert beginning_of_counting() == begins
    acted("in progress", days_ago=1)
    assert words in client.sign_in(make_member()).get("/you-said-we-did").text


def test_a_picture_that_its_author_took_out_of_the_idea_is_not_shown(client: Client) -> None:
    idea = acted(response="It is here.")
    gone, stays = make_picture(idea_id=idea.id), make_picture(idea_id=idea.id)
    idea.body_html = f'<p><img src="/files/{stays.id}/{stays.key}" alt="A board"></p>'
    db.session.commit()
    page = client.sign_in(make_member()).get("/you-said-we-did")
    shown = [picture["src"] for picture in page.query(".you-said__picture")]
    assert shown == [f"/files/{stays.id}/{stays.key}/small"]
    assert gone.key not in page.response.text
