"""Answers: two moderators at once, the duty to answer, how a challenge counts them, and notes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from talking_together.challenges.models import Challenge, ChallengeModerator
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.devtools.verify import differences
from talking_together.extensions import db
from talking_together.ideas import services, sweeps
from talking_together.ideas.decisions import AnsweredMeanwhile, change_status
from talking_together.ideas.models import Idea, IdeaCoAuthor, IdeaDecision, IdeaNote
from talking_together.notifications.models import Notification
from tests.factories import make_admin, make_challenge, make_idea, make_member, make_moderator, viewer_of
from tests.factories.rows import saved
from tests.support.client import Client
from tests.support.parallel import run_together

NOW = datetime.fromisoformat("2026-11-25T12:00:00+00:00")


def drift() -> list[str]:
    """Return what `flask verify` would complain of."""
    db.session.commit()
    return list(differences())


def test_the_second_of_two_moderators_reads_the_first_before_saving(client: Client) -> None:
    first, second = make_moderator(name="Ada First"), make_moderator()
    idea = make_idea(make_challenge("in review"))
    path = client.sign_in(second).get(f"/ideas/{idea.id}", status=301).location
    form = client.get(path).form(f"/ideas/{idea.id}/status")
    in_transaction(
        lambda: change_status(
            viewer_of(first), idea_id=idea.id, status="planned", response="From *spring* on."
        )
    )
    mine = {**form.fields, "status": "not now", "response": "There is no money this year."}
    page = client.post(form.action, mine, status=409)
    assert "Ada First answered first: planned" in page.text
    assert "From spring on." in page.query("[aria-labelledby=overtaken-heading]")[0].text
    again = page.form(f"/ideas/{idea.id}/status")
    assert again.fields["response"] == "There is no money this year."
    assert again.fields["status"] == "not now"
    assert db.session.scalars(select(Idea.status)).one() == "planned"
    shown = client.post(again.action, again.fields).follow()
    assert "There is no money this year." in shown.text
    assert db.session.scalars(select(Idea.status)).one() == "not now"


def test_the_same_status_can_follow_with_other_words(client: Client) -> None:
    idea = make_idea(make_challenge("in review"))
    moderator = make_moderator()
    for words in ("We start in May.", "We start in June."):
        decided = {"status": "planned", "response": words}
        page = client.sign_in(moderator).post(f"/ideas/{idea.id}/status", decided).follow()
    assert "We start in June." in page.query(".card--response")[0].text
    assert drift() == []


def test_of_many_who_answer_at_the_same_moment_one_is_first(app: Flask) -> None:
    moderators = [viewer_of(make_moderator()) for _ in range(4)]
    idea = make_idea(make_challenge("in review"))

    def answer(moderator: Any) -> Any:
        return in_transaction(
            lambda: change_status(
                moderator, idea_id=idea.id, status="planned", response=f"By {moderator.id}", seen=0
            )
        )

    results = run_together(app, [lambda each=each: answer(each) for each in moderators])
    overtaken = [result for result in results if isinstance(result, AnsweredMeanwhile)]
    assert len(overtaken) == len(moderators) - 1, results
    decision = db.session.scalars(select(IdeaDecision)).one()
    assert all("planned" in str(error) for error in overtaken)
    assert db.session.scalars(select(Challenge.answered_count)).one() == 1
    assert decision.response_source == f"By {decision.decided_by}"
    assert drift() == []


def test_a_role_is_shown_as_it_was_when_the_answer_was_given(client: Client) -> None:
    admin, idea = make_admin(), make_idea(make_challenge("in review"))
    change_status(viewer_of(admin), idea_id=idea.id, status="planned", response="We will.")
    admin.role = "staff"
    saved(admin)
    page = client.sign_in(make_member()).get(f"/ideas/{idea.id}", status=301).follow(statements=5)
    assert page.query(".card--response .tag")[0].text == "Admin"


def test_a_challenge_counts_the_first_answers_of_what_it_shows(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOW)
    author, moderator = make_member(), viewer_of(make_moderator())
    challenge = make_challenge("open")
    ideas = [make_idea(challenge, author, published_at=NOW - timedelta(days=days)) for days in (2, 4, 10, 30)]
    one, two, three, _ = (idea.id for idea in ideas)

    def kept() -> tuple[int, int | None]:
        db.session.commit()
        assert list(differences()) == []
        row = db.session.execute(select(Challenge.answered_count, Challenge.answer_median_hours)).one()
        return (row[0], row[1])

    assert kept() == (0, None)
    change_status(moderator, idea_id=one, status="shortlisted", response="We like it.")
    assert kept() == (0, None)
    change_status(moderator, idea_id=one, status="planned", response="We will.")
    assert kept() == (1, 48)
    change_status(moderator, idea_id=two, status="not now", response="If there were money.")
    assert kept() == (2, 72)
    change_status(moderator, idea_id=three, status="done", response="Done.")
    assert kept() == (3, 96)
    change_status(moderator, idea_id=one, status="shortlisted")
    assert kept() == (3, 96)
    change_status(moderator, idea_id=two, status="hidden", response="It names somebody.")
    assert kept() == (2, 144)
    services.withdraw_idea(viewer_of(author), idea_id=one)
    assert kept() == (1, 240)
    services.restore_idea(viewer_of(author), idea_id=one)
    change_status(moderator, idea_id=two, status="new")
    assert kept() == (3, 96)


@pytest.mark.parametrize(
    ("answered", "hours", "ideas", "words"),
    [
        (0, None, 0, ""),
        (0, None, 1, "The idea has not been answered yet"),
        (0, None, 48, "None of the 48 ideas has been answered yet"),
        (1, 0, 1, "The idea was answered within an hour"),
        (1, 5, 48, "1 of 48 ideas answered, within 6 hours"),
        (34, 210, 48, "34 of 48 ideas answered, half within 9 days"),
        (48, 216, 48, "All 48 ideas answered, half within 9 days"),
        (2, 24, 48, "2 of 48 ideas answered, half within a day"),
    ],
)
def test_a_challenge_says_how_many_ideas_were_answered(
    client: Client, answered: int, hours: int | None, ideas: int, words: str
) -> None:
    challenge = make_challenge("open", answered_count=answered, answer_median_hours=hours, ideas_count=ideas)
    path = client.sign_in(make_member()).get(f"/challenges/{challenge.id}", status=301).location
    section = client.get(path).query("#ideas")[0]
    assert words in section.text
    assert words or "answered" not in section.text


def test_an_idea_that_reaches_the_thumbs_up_is_owed_an_answer_once(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOW)
    author, owner = make_moderator(), make_moderator()
    challenge = make_challenge("open", author_id=author.id, answer_votes=3, answer_days=5)
    reached = make_idea(challenge, up_count=3)
    make_idea(challenge, up_count=2, down_count=5)
    make_idea(challenge, up_count=9, answered_at=NOW, status="planned")
    make_idea(make_challenge("open"), up_count=9)
    make_idea(make_challenge("archived", answer_votes=1), up_count=9)
    saved(ChallengeModerator(challenge_id=challenge.id, member_id=owner.id))
    assert [sweeps.give_answers_owed() for _ in range(2)] == [1, 0]
    db.session.expire_all()
    idea = db.session.get(Idea, reached.id)
    assert (idea.answer_owner_id, idea.answer_due_at) == (owner.id, NOW + timedelta(days=5, hours=5))
    told = db.session.scalars(select(Notification)).one()
    assert (told.member_id, told.kind, told.idea_id) == (owner.id, "answer owed", reached.id)


@pytest.mark.parametrize(
    ("moderates", "author", "expected"),
    [
        (["moderator", "staff"], "moderator", "first"),
        (["staff"], "moderator", "author"),
        (["left"], "admin", "author"),
        ([], "staff", None),
    ],
)
def test_who_owes_an_answer_looks_after_the_challenge_or_wrote_it(
    app: Flask, moderates: list[str], author: str, expected: str | None
) -> None:
    def somebody(role: str) -> Any:
        if role == "left":
            return make_moderator(is_active=False)
        return make_member(role=role)

    people = [somebody(role) for role in moderates]
    wrote = somebody(author)
    challenge = make_challenge("open", author_id=wrote.id, answer_votes=1)
    for each in people:
        saved(ChallengeModerator(challenge_id=challenge.id, member_id=each.id))
    make_idea(challenge, up_count=1)
    assert sweeps.give_answers_owed() == 1
    wanted = {"first": people[0].id if people else None, "author": wrote.id, None: None}[expected]
    assert db.session.scalars(select(Idea.answer_owner_id)).one() == wanted


def test_who_is_late_is_reminded_once_for_each_date(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOW)
    owner = make_moderator()
    idea = make_idea(make_challenge("in review"), answer_due_at=NOW, answer_owner_id=owner.id)
    make_idea(make_challenge("in review"), answer_due_at=NOW + timedelta(hours=1), answer_owner_id=owner.id)
    make_idea(make_challenge("archived"), answer_due_at=NOW, answer_owner_id=owner.id)
    make_idea(make_challenge("in review"), answer_due_at=NOW)
    make_idea(make_challenge("in review"), answer_due_at=NOW, answer_owner_id=owner.id, status="withdrawn")
    assert [sweeps.tell_of_overdue_answers() for _ in range(2)] == [1, 0]
    db.session.execute(
        update(Idea)
        .where(Idea.id == idea.id)
        .values(answer_due_at=NOW - timedelta(minutes=1), overdue_told_at=None)
    )
    db.session.commit()
    assert sweeps.tell_of_overdue_answers() == 1
    kinds = db.session.execute(select(Notification.kind, Notification.idea_id)).all()
    assert [tuple(row) for row in kinds] == [("answer overdue", idea.id)] * 2


def test_a_moderator_asks_for_an_answer_by_hand(client: Client) -> None:
    moderator, owner = make_moderator(), make_moderator(name="Bo Owner")
    idea = make_idea(make_challenge("open", author_id=owner.id, answer_days=7))
    path = client.sign_in(moderator).get(f"/ideas/{idea.id}", status=301).location
    form = client.get(path).form(f"/ideas/{idea.id}/answer-by")
    assert form.fields["owner"] == str(owner.id)
    assert form.fields["due"] == (clock.today() + timedelta(days=7)).isoformat()
    page = form.submit().follow()
    assert "Bo Owner is to answer by" in page.text
    assert "An answer is promised by" in client.sign_in(make_member()).get(path).text
    assert db.session.scalars(select(Notification.member_id)).all() == [owner.id]
    client.sign_in(moderator)
    same = client.get(path).form(f"/ideas/{idea.id}/answer-by").submit(status=409)
    assert "It is so already." in same.text
    assert "Choose the day" in client.post(f"/ideas/{idea.id}/answer-by", {"owner": ""}, status=400).text
    overview = client.sign_in(owner).get("/moderation")
    assert "You, by" in overview.query("[aria-labelledby=owed-heading]")[0].text


def test_notes_are_for_moderators_who_did_not_write_the_idea(client: Client) -> None:
    author, co_author = make_moderator(), make_moderator()
    idea = make_idea(make_challenge("open"), author, co_authors_count=1)
    saved(IdeaCoAuthor(idea_id=idea.id, member_id=co_author.id, state="accepted", asked_at=clock.now()))
    path = client.sign_in(make_moderator()).get(f"/ideas/{idea.id}", status=301).location
    form = client.get(path).form(f"/ideas/{idea.id}/notes")
    assert "Write the note" in form.submit(status=400).text
    shown = form.submit(note="Estates know of it.\n<b>Ask</b> them.").follow()
    assert "Estates know of it. <b>Ask</b> them." in shown.text
    assert "1 note, for moderators only" in shown.text
    assert "Estates" in client.sign_in(make_moderator()).get(path).text
    note = db.session.scalars(select(IdeaNote)).one()
    client.post(f"/moderation/notes/{note.id}/remove", status=404)
    for reader in (author, co_author, make_member()):
        page = client.sign_in(reader).get(path)
        assert "Estates" not in page.html
        assert "for moderators only" not in page.html
    for writer in (author, co_author):
        client.sign_in(writer).post(f"/ideas/{idea.id}/notes", {"note": "Me too"}, status=403)
        client.post(f"/moderation/notes/{note.id}/remove", status=404)
        assert "1 note" not in client.get("/moderation/board").text
    client.sign_in(make_member()).get(path)
    assert db.session.scalars(select(Notification)).all() == []


def test_one_removes_ones_own_note(client: Client) -> None:
    idea = make_idea(make_challenge("open"))
    client.sign_in(make_moderator()).post(f"/ideas/{idea.id}/notes", {"note": "A thought"})
    note = db.session.scalars(select(IdeaNote)).one()
    client.post(f"/moderation/notes/{note.id}/remove")
    assert db.session.scalars(select(IdeaNote)).all() == []


def test_an_answer_is_kept_while_it_is_typed_and_forgotten_once_it_is_given(client: Client) -> None:
    idea = make_idea(make_challenge("open"))
    path = client.sign_in(make_moderator()).get(f"/ideas/{idea.id}", status=301).location
    form = client.get(path).form(f"/ideas/{idea.id}/status")
    kept = {**form.fields, "status": "planned", "response": "Half an answer"}
    client.post(f"/drafts/response:{idea.id}", kept, status=200)
    assert "You have unsaved changes" in client.get(path).text
    again = client.get(f"{path}?draft=response:{idea.id}").form(f"/ideas/{idea.id}/status")
    assert (again.fields["status"], again.fields["response"]) == ("planned", "Half an answer")
    shown = client.post(again.action, again.fields).follow()
    assert "You have unsaved changes" not in shown.text
    assert "Half an answer" in shown.query(".card--response")[0].text
