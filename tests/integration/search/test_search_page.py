"""The page that finds things: by their words, of what one may see, the best first."""

import random
import string
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from talking_together.accounts.models import Member
from talking_together.challenges.models import ChallengeTheme
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.ideas.models import IdeaTag
from talking_together.search.filters import Filters
from talking_together.search.queries import choices_for, results_for
from talking_together.search.similar import similar_ideas
from talking_together.search.words import words_asked
from tests.factories import (
    make_challenge,
    make_comment,
    make_idea,
    make_member,
    make_moderator,
    make_organisation,
    viewer_of,
)
from tests.factories.rows import saved
from tests.support.client import Client, Page
from tests.support.hostile_words import HOSTILE
from tests.support.plans import plans_of

MOST_STATEMENTS = 4


def titles(page: Page) -> list[str]:
    return [each.text for each in page.query(".hit .card__title a")]


def found(client: Client, words: str, **query: object) -> list[str]:
    return titles(client.get("/search", query={"q": words, **query}, statements=MOST_STATEMENTS + 1))


@pytest.fixture
def member(client: Client) -> Member:
    """Return a member of staff who is signed in."""
    signed_in = make_member()
    client.sign_in(signed_in)
    return signed_in


def test_each_kind_is_found_by_its_words(client: Client, member: Member) -> None:
    challenge = make_challenge(
        title="How do we share physiotherapists?", summary="Rotas clash", brief_source="Waiting lists grow"
    )
    idea = make_idea(challenge, title="One calendar", body_source="Everyone sees the **rota** of the team")
    saved(IdeaTag(idea_id=idea.id, tag="planning"))
    make_comment(idea, body_source="Our hydrotherapy pool has had one for years")
    for words, title in {
        "physiotherapists": challenge.title,
        "physio": challenge.title,
        "waiting list": challenge.title,
        "team": idea.title,
        "calendars": idea.title,
        "planning": idea.title,
        "hydrotherapy": idea.title,
    }.items():
        assert found(client, words) == [title], words
    assert found(client, "clash") == [challenge.title]


def test_every_form_of_a_word_finds_it(client: Client, member: Member) -> None:
    make_idea(
        title="Discharging people in the morning",
        body_source="It was a nurse's wish: café visits for A&E, and/or follow-up",
    )
    for words in (
        "discharge",
        "discharges",
        "discharged",
        "nurses",
        "nurse's",
        "cafe",
        "CAFÉ",
        "a&e",
        "A & E",
        "follow-up",
        "follow up",
        "morning discharge",
    ):
        assert found(client, words) == ["Discharging people in the morning"], words
    assert found(client, "midwife") == []


@pytest.mark.parametrize("word", ["IT", "GP", "it", "who"])
def test_a_short_word_is_a_word(client: Client, member: Member, word: str) -> None:
    make_idea(title=f"More {word} support", body_source="Beds")
    make_idea(title="More support", body_source="Beds")
    assert found(client, word, kind="idea") == [f"More {word} support"]


def test_what_one_may_not_see_is_not_found(client: Client, member: Member) -> None:
    word = "hedgehog"
    for status in ("draft", "waiting for approval", "merged", "withdrawn", "hidden"):
        idea = make_idea(title=f"A {word} that is {status}", status=status)
        make_comment(idea, body_source=f"Another {word}")
    outside = make_challenge(title=f"A {word} for others", organisations=[make_organisation()])
    make_comment(make_idea(outside, title=f"A {word} of others"), body_source=word)
    make_challenge("draft", title=f"A {word} to come")
    make_comment(make_idea(title="Seen"), body_source=f"A removed {word}", deleted_at=clock.now())
    assert found(client, word) == []
    client.sign_in(make_moderator())
    assert sorted(found(client, word)) == [
        f"A {word} for others",
        f"A {word} of others",
        f"A {word} of others",
        f"A {word} to come",
    ]


def test_ones_own_draft_is_found_by_oneself_alone(client: Client, member: Member) -> None:
    make_idea(author=member, title="My hedgehog", status="draft")
    assert found(client, "hedgehog") == ["My hedgehog"]
    client.sign_in(make_member())
    assert found(client, "hedgehog") == []


def test_a_title_counts_more_than_a_text(client: Client, member: Member) -> None:
    make_comment(make_idea(title="Third", body_source="Beds"), body_source="Parking is dear")
    make_idea(title="Second", body_source="Free parking for all")
    make_idea(title="Parking first", body_source="Beds")
    assert found(client, "parking") == ["Parking first", "Second", "Third"]


def test_what_was_found_is_marked_and_the_rest_is_escaped(client: Client, member: Member) -> None:
    make_idea(
        title="<b>Parking</b> & more",
        body_source="We **park** [here](https://example.org) <script>alert(1)</script>",
    )
    page = client.get("/search", query={"q": "parking"})
    assert [each.text for each in page.query(".hit mark")] == ["Parking", "park"]
    assert titles(page) == ["<b>Parking</b> & more"]
    assert page.query(".hit .card__text")[0].text == "We park here <script>alert(1)</script>"


def test_filters_narrow_what_is_found(client: Client, member: Member) -> None:
    theirs, ours = make_organisation(), make_organisation()
    challenge = make_challenge()
    theme = saved(ChallengeTheme(challenge_id=challenge.id, name="Getting about"))
    idea = make_idea(
        challenge,
        make_member(theirs),
        title="Parking in a theme",
        theme_id=theme.id,
        status="shortlisted",
        body_source="-",
    )
    saved(IdeaTag(idea_id=idea.id, tag="cars"))
    make_comment(idea, make_member(ours), body_source="Parking too")
    month = clock.now() - timedelta(days=20)
    make_idea(author=make_member(ours), title="Parking elsewhere", published_at=month, body_source="-")
    all_of_them = sorted(["Parking in a theme", "Parking in a theme", "Parking elsewhere"])
    assert sorted(found(client, "parking")) == all_of_them
    for query, expected in (
        ({"kind": "comment"}, ["Parking in a theme"]),
        ({"kind": "idea"}, ["Parking elsewhere", "Parking in a theme"]),
        ({"kind": "challenge"}, []),
        ({"kind": "challenge", "tag": "cars"}, []),
        ({"challenge": challenge.id}, ["Parking in a theme"] * 2),
        ({"theme": theme.id}, ["Parking in a theme"] * 2),
        ({"tag": "Cars"}, ["Parking in a theme"] * 2),
        ({"status": "shortlisted"}, ["Parking in a theme"] * 2),
        ({"status": "new"}, ["Parking elsewhere"]),
        ({"organisation": theirs.id}, ["Parking in a theme"]),
        ({"organisation": ours.id, "kind": "idea"}, ["Parking elsewhere"]),
        ({"since": "week", "kind": "idea"}, ["Parking in a theme"]),
        ({"since": "month"}, all_of_them),
        ({"kind": "nonsense", "challenge": "x", "theme": "9" * 30, "since": "'"}, all_of_them),
        ({"status": "draft", "organisation": "-1"}, all_of_them),
    ):  # fmt: skip
        assert sorted(found(client, "parking", **query)) == sorted(expected), query


def test_a_tag_of_an_idea_leads_to_the_ideas_that_have_it(client: Client, member: Member) -> None:
    ideas = [make_idea(), make_idea(title="Out of hours"), make_idea()]
    for idea in ideas[:2]:
        saved(IdeaTag(idea_id=idea.id, tag="out of hours"))
    link = client.get(f"/ideas/{ideas[0].id}", status=301).follow().query(".tags a")[0]["href"]
    assert sorted(titles(client.get(link))) == sorted(idea.title for idea in ideas[:2])
    assert "Enter a word or two" in client.get("/search", query={"tag": "out of hours"}).text


def test_what_it_was_narrowed_to_is_said_above_what_was_found(client: Client, member: Member) -> None:
    idea = make_idea(make_challenge(), title="Parking at night", status="shortlisted")
    for tag in ("late shifts", "cars"):
        saved(IdeaTag(idea_id=idea.id, tag=tag))
    page = client.get(
        "/search", query={"q": "parking", "kind": "idea", "status": "shortlisted", "tag": "cars"}
    )
    only = page.query(".search-form__all")[0]
    assert only.text == "Only: Ideas, Shortlisted, tagged “cars”. Show everything"
    assert only.query("a")[0]["href"] == "/search?q=parking"
    tags = page.query(".hit__tags")[0].text.removeprefix("Tags: ").split(", ")
    assert sorted(tags) == ["cars", "late shifts"], "a tag of two words reads as one"
    assert not page.query(".search-form details[open]"), "what was found comes before the choices"
    assert client.get("/search", query={"q": "zebra", "kind": "idea"}).query(".search-form details[open]")
    assert not client.get("/search", query={"q": "parking"}).query(".search-form__all")


def test_a_former_colleague_is_not_found_by_their_organisation(client: Client, member: Member) -> None:
    organisation = make_organisation()
    make_idea(author=make_member(organisation, shown_as_former=True), title="Parking")
    assert found(client, "parking", organisation=organisation.id) == []
    assert found(client, "parking") == ["Parking"]


def test_pages_show_every_hit_once_whatever_is_written_meanwhile(client: Client, member: Member) -> None:
    challenge, author = make_challenge(), make_member()
    for number in range(50):
        make_idea(
            challenge, author, title=f"Parking {number} {'parking ' * (number % 4)}", body_source="Beds"
        )
    seen, path = [], "/search?q=parking"
    while path:
        page = client.get(path, statements=MOST_STATEMENTS)
        seen += titles(page)
        make_idea(challenge, author, title="Car parks", body_source="Somewhere else to walk from")
        links = page.query(".pager a[rel=next]")
        path = links[0]["href"] if links else ""
    before = [title for title in seen if title.startswith("Parking")]
    assert len(before) == len(set(before)) == 50


def test_nothing_found_offers_words_that_are_near(client: Client, member: Member) -> None:
    make_idea(title="Physiotherapy at weekends")
    make_idea(make_challenge(organisations=[make_organisation()]), title="Fysiotherapie elsewhere")
    page = client.get("/search", query={"q": "fysiotherapy"}, statements=MOST_STATEMENTS)
    assert "Nothing found for “fysiotherapy”" in page.text
    links = [link for link in page.query(".empty a") if "q=physiotherapy" in link["href"]]
    assert len(links) == 1
    assert "fysiotherapie" not in page.text.lower()
    assert titles(client.get(links[0]["href"])) == ["Physiotherapy at weekends"]


def test_some_of_the_words_are_better_than_nothing(client: Client, member: Member) -> None:
    make_idea(title="Parking at night", body_source="Beds")
    page = client.get("/search", query={"q": "parking hedgehogs"}, statements=MOST_STATEMENTS + 1)
    assert titles(page) == ["Parking at night"]
    assert "Nothing has all of these words" in page.text


@pytest.mark.parametrize("words", HOSTILE, ids=ascii)
def test_whatever_is_typed_is_answered_quickly(client: Client, member: Member, words: str) -> None:
    make_comment(make_idea(title="Parking 100% free", body_source="Under_score it's"), body_source="x")
    began = time.perf_counter()
    page = client.get("/search", query={"q": words}, statements=MOST_STATEMENTS + 1)
    assert page.heading == "Search"
    assert time.perf_counter() - began < 5


def test_whatever_is_drawn_by_chance_is_answered(client: Client, member: Member) -> None:
    make_idea(title="Parking for all", body_source="Beds")
    chance = random.Random(4)  # noqa: S311  the same every time
    signs = string.punctuation * 3 + "  abpark\t\n\x00\x1f\u00e9\u0301\u4f60\u202e🙂" + "ANDORNOT"
    for _ in range(150):
        words = "".join(chance.choice(signs) for _ in range(chance.randrange(1, 40)))
        client.get("/search", query={"q": words})


def test_percent_and_underscore_are_themselves(client: Client, member: Member) -> None:
    make_idea(title="Parking for all", body_source="Beds")
    for words in ("%", "_", "p%g", "p_rking", "parki__"):
        assert found(client, words) == [], words


def test_an_address_that_makes_no_sense_finds_no_page(client: Client, member: Member) -> None:
    for after in ("x", "W10", "WzEsMl0", "!" * 10, "a" * 1000):
        client.get("/search", query={"q": "parking", "after": after}, status=404)


def test_a_search_and_likeness_are_asked_of_the_index(app: Flask, database_kind: str) -> None:
    author, challenge = make_member(), make_challenge()
    for number in range(30):
        make_idea(challenge, author, title=f"Parking {number}", body_source="Beds " * 200)
    if database_kind == "postgresql":
        # Thirty rows are read faster than any index of them.
        db.session.execute(text("ANALYZE"))
        db.session.execute(text("SET enable_seqscan = off"))
    viewer, filters, now = viewer_of(author), Filters(), clock.now()
    choices = choices_for(viewer, filters)
    plans = plans_of(
        lambda: results_for(viewer, words_asked("parking"), filters=filters, choices=choices, at=now)
    )
    if database_kind == "sqlite":
        assert plans[0].count("SCAN search_documents VIRTUAL TABLE INDEX") == 3
    else:
        assert plans[0].count("Bitmap Index Scan on ix_search_documents_words") == 3
    plans = plans_of(lambda: similar_ideas(viewer, challenge.id, title="Parking"))
    index = "search_likeness VIRTUAL TABLE INDEX" if database_kind == "sqlite" else "ix_search_likeness_"
    assert all(index in plan for plan in plans[:-1]), plans
