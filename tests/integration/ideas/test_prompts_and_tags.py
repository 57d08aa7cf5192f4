"""The form of an idea that its challenge shapes: prompts, themes and tags."""

import threading
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import delete, select

from talking_together.accounts.models import Member
from talking_together.challenges.models import ChallengeTheme
from talking_together.core.commits import in_transaction
from talking_together.core.errors import InvalidInput
from talking_together.extensions import db
from talking_together.ideas import filing
from talking_together.ideas.details import Details
from talking_together.ideas.form_queries import FormParts, prompts_and_themes
from talking_together.ideas.models import Idea, IdeaRevision, IdeaTag
from talking_together.ideas.services import edit_idea
from talking_together.ideas.wording import version_of
from tests.factories import make_challenge, make_idea, make_member, viewer_of
from tests.factories.challenges import make_prompt, make_theme
from tests.factories.rows import saved
from tests.support.client import Client

TITLE, BODY = "A taxi list on every ward", "People wait for transport they could book."


def only_idea() -> Idea:
    """Return the only idea there is, as the database has it now."""
    return db.session.scalars(select(Idea)).one()


def tags() -> list[str]:
    """Return every tag there is."""
    return list(db.session.scalars(select(IdeaTag.tag).order_by(IdeaTag.tag)))


def test_answers_theme_and_tags_are_stored_shown_and_can_be_changed(client: Client) -> None:
    challenge = make_challenge("open")
    whom, cost = make_prompt(challenge), make_prompt(challenge, "What does it <need>?", 2)
    theme = make_theme(challenge)
    client.sign_in(make_member())
    form = client.get(f"/challenges/{challenge.id}/ideas/new", statements=5).form()
    answers = {f"answer_{whom.id}": "Porters & **cooks**", f"answer_{cost.id}": ""}
    form.submit(title=TITLE, body=BODY, theme_id=str(theme.id), tags="Beds, night shift", **answers)
    idea = only_idea()
    assert idea.answers == [{"prompt": whom.id, "words": whom.words, "source": "Porters & **cooks**"}]
    assert f"<h2>{whom.words}</h2>\n<p>Porters &amp; <strong>cooks</strong></p>" in idea.body_html
    assert "What does it" not in idea.body_html
    assert idea.excerpt == f"{BODY} Who would it help? Porters & cooks"
    assert (idea.theme_id, tags()) == (theme.id, ["beds", "night shift"])
    page = client.get(f"/ideas/{idea.id}", status=301).follow(statements=5)
    assert "Transport" in page.text
    links = [link["href"] for link in page.query(".tags a")]
    assert links == ["/search?q=beds&tag=beds", "/search?q=night%20shift&tag=night%20shift"]
    edit = client.get(f"/ideas/{idea.id}/edit", statements=5).form()
    assert edit.fields[f"answer_{whom.id}"].strip() == "Porters & **cooks**"
    assert edit.fields["tags"] == "beds, night shift"
    assert edit.fields["theme_id"] == str(theme.id)
    edit.submit(tags="night shift, lifts", theme_id="", statements=9, **{f"answer_{whom.id}": ""})
    assert (only_idea().answers, only_idea().theme_id, tags()) == ([], None, ["lifts", "night shift"])
    kept = db.session.scalars(select(IdeaRevision)).one()
    assert kept.answers[0]["source"] == "Porters & **cooks**"


def test_the_words_of_a_prompt_are_no_markup(client: Client) -> None:
    challenge = make_challenge("open")
    prompt = make_prompt(challenge, "<script>alert(1)</script> *why*?")
    form = client.sign_in(make_member()).get(f"/challenges/{challenge.id}/ideas/new").form()
    form.submit(title=TITLE, body=BODY, **{f"answer_{prompt.id}": "Because"})
    assert "<h2>&lt;script&gt;alert(1)&lt;/script&gt; *why*?</h2>" in only_idea().body_html


def test_an_answer_outlives_a_prompt_that_is_reworded_or_removed(client: Client) -> None:
    member, challenge = make_member(), make_challenge("open")
    whom, cost = make_prompt(challenge), make_prompt(challenge, "What does it need?", 2)
    form = client.sign_in(member).get(f"/challenges/{challenge.id}/ideas/new").form()
    form.submit(
        title=TITLE, body=BODY, **{f"answer_{whom.id}": "Porters", f"answer_{cost.id}": "A telephone"}
    )
    gone = cost.id
    whom.words = "Who gains from it?"
    db.session.delete(cost)
    db.session.commit()
    page = client.get(f"/ideas/{only_idea().id}/edit")
    assert "You answered when it read: Who would it help?" in page.text
    assert "What does it need?" in page.text
    page.form().submit(title="Another title")
    words = {answer["words"]: answer["source"] for answer in only_idea().answers}
    assert words == {"Who would it help?": "Porters", "What does it need?": "A telephone"}
    client.get(f"/ideas/{only_idea().id}/edit").form().submit(**{f"answer_{gone}": ""})
    assert [answer["source"] for answer in only_idea().answers] == ["Porters"]


def test_what_is_wrong_beside_the_text_is_said_beside_its_cause(client: Client) -> None:
    challenge, elsewhere = make_challenge("open"), make_theme(make_challenge("open"))
    prompt = make_prompt(challenge)
    client.sign_in(make_member())
    for field, value, words in (
        ("tags", "a, b, c, d, e, f", "Give at most 5 tags"),
        ("theme_id", str(elsewhere.id), "This theme is no longer there"),
        (f"answer_{prompt.id}", "Mrs X, 943 476 5919", "NHS number"),
        (f"answer_{prompt.id}", "x" * 4_001, "4,000 characters or fewer"),
        ("tags", "943 476 5919", "NHS number"),
    ):
        form = client.get(f"/challenges/{challenge.id}/ideas/new").form()
        page = form.submit(status=400, title=TITLE, body=BODY, **{field: value})
        assert page.query(f"#{field}-error"), f"{field}: {page.text}"
        assert words in page.text
        assert page.form().fields["body"].strip() == BODY
        if field != "theme_id":
            assert page.form().fields[field].strip() == value
    assert db.session.scalars(select(Idea)).all() == []


def test_tags_used_in_the_challenge_are_offered(client: Client) -> None:
    challenge = make_challenge("open")
    for tag in ("beds", "lifts"):
        saved(IdeaTag(idea_id=make_idea(challenge).id, tag=tag))
    saved(IdeaTag(idea_id=make_idea(challenge).id, tag="lifts"))
    saved(IdeaTag(idea_id=make_idea(challenge, status="draft").id, tag="unseen"))
    page = client.sign_in(make_member()).get(f"/challenges/{challenge.id}/ideas/new", statements=5)
    assert "Used here: lifts, beds" in page.text
    assert "unseen" not in page.text


def test_a_theme_that_goes_while_an_idea_is_filed_under_it_is_said_to_be_gone(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenge = make_challenge("open")
    theme, idea = make_theme(challenge), make_idea(challenge)
    theme_id, version = theme.id, version_of(idea)
    author = viewer_of(db.session.get_one(Member, idea.author_id))
    others: list[threading.Thread] = []

    def go() -> None:
        with app.app_context():
            in_transaction(lambda: db.session.execute(delete(ChallengeTheme)))

    def read_and_gone(challenge_id: int) -> FormParts:
        parts = prompts_and_themes(challenge_id)
        if not others:
            others.append(threading.Thread(target=go))
            others[0].start()
            # SQLite has one writer at a time, who is the author: there it goes afterwards.
            others[0].join(1)
        return parts

    monkeypatch.setattr(filing, "prompts_and_themes", read_and_gone)
    words = {"title": idea.title, "body": idea.body_source, "details": Details(theme_id=theme_id)}
    idea_id = idea.id
    with suppress(InvalidInput):
        in_transaction(lambda: edit_idea(author, idea_id=idea_id, version=version, **words))
    others[0].join()
    assert only_idea().theme_id is None
