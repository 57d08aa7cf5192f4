"""Drafts that save themselves: one draft a form, no tab overwrites another, nothing is lost."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge, ChallengeOrganisation
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.drafts.models import KeptDraft
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.ideas.services import submit_idea
from tests.factories import PASSWORD, make_challenge, make_idea, make_member, make_organisation, viewer_of
from tests.factories.challenges import make_prompt
from tests.support.client import Client, Form, Page
from tests.support.parallel import run_together

TITLE, BODY = "A taxi list on every ward", "People wait for transport they could book."


def only_idea() -> Idea:
    """Return the only idea there is, as the database has it now."""
    return db.session.scalars(select(Idea)).one()


def new_form(client: Client, challenge: Challenge) -> Form:
    """Return the form of a new idea."""
    return client.get(f"/challenges/{challenge.id}/ideas/new").form()


def save_itself(client: Client, form: Form, address: str = "", *, status: int = 200, **fields: str) -> Page:
    """Send the form as the script does while it is typed into."""
    address = address or form["data-autosave"]
    return client.post(address, {**form.fields, **fields}, status=status, htmx=True)


def test_a_new_idea_saves_itself_into_one_draft_and_says_where(client: Client) -> None:
    challenge = make_challenge("open")
    prompt = make_prompt(challenge)
    form = new_form(client.sign_in(make_member()), challenge)
    answer = save_itself(client, form, title=TITLE, body="", statements=6)
    idea = only_idea()
    place = answer.query("span")[0]
    assert (place["data-address"], place["data-autosave"]) == (
        f"/ideas/{idea.id}/edit",
        f"/ideas/{idea.id}/autosave",
    )
    assert "Saved at" in answer.html
    assert (idea.status, idea.title) == ("draft", TITLE)
    # The answer to the first save was lost: the same form is sent again.
    save_itself(client, form, title=TITLE, body=BODY, tags="beds, <oo", **{f"answer_{prompt.id}": "Us"})
    idea = only_idea()
    assert (idea.body_source, idea.answers[0]["source"]) == (BODY, "Us")
    # It arrived: the form goes on at the draft's own address, and its saves are never at odds.
    for words in ("One more", "And more", "And more"):
        save_itself(client, form, place["data-autosave"], title=TITLE, body=words)
    assert only_idea().body_source == "And more"
    done = client.post(
        f"/ideas/{idea.id}/edit", {**form.fields, "title": TITLE, "body": BODY, "action": "publish"}
    )
    assert only_idea().status == "new"
    assert "+20 points" in done.follow().text


def test_publishing_from_the_form_makes_the_draft_the_idea_and_twice_makes_no_second(client: Client) -> None:
    challenge = make_challenge("open")
    form = new_form(client.sign_in(make_member()), challenge)
    save_itself(client, form, title=TITLE, body="Half a thought")
    first = form.submit(title=TITLE, body=BODY, action="publish")
    again = form.submit(title=TITLE, body=BODY, action="publish")
    assert first.location == again.location
    assert (only_idea().status, only_idea().body_source) == ("new", BODY)
    changed = form.submit(status=409, title=TITLE, body="Other words", action="publish")
    assert "You have published this idea already" in changed.text
    assert changed.form().fields["body"].strip() == "Other words"
    save_itself(client, form, title=TITLE, body="Other words", status=409)
    assert only_idea().body_source == BODY


def test_nothing_typed_makes_no_draft(client: Client) -> None:
    form = new_form(client.sign_in(make_member()), make_challenge("open"))
    save_itself(client, form, title=" ", body="", status=400)
    assert db.session.scalars(select(Idea)).all() == []


def test_two_tabs_on_one_draft_do_not_overwrite_each_other_in_silence(client: Client) -> None:
    member = make_member()
    idea = make_idea(make_challenge("open"), member, status="draft")
    client.sign_in(member)
    first = client.get(f"/ideas/{idea.id}/edit").form(f"/ideas/{idea.id}/edit")
    second = client.get(f"/ideas/{idea.id}/edit").form(f"/ideas/{idea.id}/edit")
    save_itself(client, first, body="From the first tab")
    refused = save_itself(client, second, body="From the second tab", status=409)
    assert "changed in another tab" in refused.html
    save_itself(client, first, body="From the first tab, on and on")
    page = second.submit(status=409, body="From the second tab", action="draft")
    assert page.query("main form")[0].get("data-autosave") is None
    assert page.form(f"/ideas/{idea.id}/edit").fields["body"].strip() == "From the second tab"
    assert only_idea().body_source == "From the first tab, on and on"
    page.form(f"/ideas/{idea.id}/edit").submit(action="draft")
    assert only_idea().body_source == "From the second tab"
    save_itself(client, first, body="The first tab again", status=409)


def test_first_saves_at_one_moment_make_one_draft(app: Flask, client: Client) -> None:
    member, challenge = make_member(), make_challenge("open")
    viewer, key = viewer_of(member), "k" * 24

    def save() -> Any:
        return in_transaction(
            lambda: submit_idea(
                viewer, challenge_id=challenge.id, title=TITLE, body=BODY, publish=False, form_key=key
            )
        )

    results = run_together(app, [save] * 4)
    assert {result.id for result in results} == {only_idea().id}


def test_the_key_of_a_form_goes_on_with_no_draft_of_another_challenge(client: Client) -> None:
    client.sign_in(make_member())
    first, other = make_challenge("open"), make_challenge("open")
    typed = {"title": TITLE, "body": BODY, "form_key": "a-key-of-one-form"}
    client.post(f"/challenges/{first.id}/ideas/autosave", typed, status=200)
    client.post(f"/challenges/{other.id}/ideas/new", {**typed, "action": "publish"}, status=404)
    assert (only_idea().challenge_id, only_idea().status) == (first.id, "draft")


def test_a_published_idea_keeps_what_is_typed_aside_until_it_is_saved(client: Client) -> None:
    member = make_member()
    idea = make_idea(make_challenge("open"), member)
    form = client.sign_in(member).get(f"/ideas/{idea.id}/edit").form()
    assert form["data-autosave"] == f"/drafts/idea-edit:{idea.id}"
    save_itself(client, form, body="Half of a change")
    assert only_idea().body_source != "Half of a change"
    page = client.get(f"/ideas/{idea.id}/edit")
    assert "You have unsaved changes" in page.text
    page = client.get(f"/ideas/{idea.id}/edit", query={"draft": f"idea-edit:{idea.id}"})
    edit = page.form(f"/ideas/{idea.id}/edit")
    assert edit.fields["body"].strip() == "Half of a change"
    edit.submit()
    assert only_idea().body_source == "Half of a change"
    assert db.session.scalars(select(KeptDraft)).all() == []
    save_itself(client, form, f"/ideas/{idea.id}/autosave", body="Not like this", status=409)
    assert only_idea().body_source == "Half of a change"


def test_a_session_that_ended_gives_everything_back_to_be_sent(client: Client) -> None:
    member, challenge = make_member(), make_challenge("open")
    prompt = make_prompt(challenge)
    form = new_form(client.sign_in(member), challenge)
    save_itself(client, form, title=TITLE, body="Half a thought")
    client.sign_out()
    save_itself(client, form, title=TITLE, body=BODY, status=401)
    answer = {f"answer_{prompt.id}": "Porters"}
    page = form.submit(status=401, title=TITLE, body=BODY, tags="beds", action="publish", **answer)
    page = page.form("/sign-in").submit(status=200, email=member.email, password=PASSWORD)
    assert page.heading == "Your text is safe"
    sent = page.form(f"/challenges/{challenge.id}/ideas/new").submit(status=303)
    idea = only_idea()
    assert sent.location.startswith(f"/ideas/{idea.id}-")
    assert (idea.status, idea.body_source, idea.answers[0]["source"]) == ("new", BODY, "Porters")


def archive(challenge: Challenge) -> None:
    """Move the challenge to the archive."""
    challenge.archived_at = clock.now()


def close(challenge: Challenge) -> None:
    """Close the challenge."""
    challenge.closes_at = clock.now()


def pause(challenge: Challenge) -> None:
    """Pause the challenge."""
    challenge.paused_at = clock.now()


@pytest.mark.parametrize("end", [close, archive, pause])
@pytest.mark.parametrize("draft_first", [False, True])
def test_what_was_written_stays_when_the_challenge_stops_meanwhile(
    client: Client, end: Callable[[Challenge], None], draft_first: bool
) -> None:
    challenge = make_challenge("open")
    form = new_form(client.sign_in(make_member()), challenge)
    path = f"/challenges/{challenge.id}/ideas/new"
    if draft_first:
        place = save_itself(client, form, title=TITLE, body="Half").query("span")[0]
        path = place["data-address"]
    end(challenge)
    db.session.commit()
    answer = client.post(path, {**form.fields, "title": TITLE, "body": BODY, "action": "publish"})
    idea = only_idea()
    assert (idea.status, idea.body_source) == ("draft", BODY)
    page = answer.follow()
    assert page.path == f"/ideas/{idea.id}/edit"
    assert "We kept what you wrote as a draft" in page.text
    assert "/publish" not in page.html
    save_itself(client, page.form(f"/ideas/{idea.id}/edit"), body="Still mine to change")
    assert only_idea().body_source == "Still mine to change"


def test_a_challenge_that_is_no_longer_for_the_writer_gives_the_text_back(client: Client) -> None:
    member, challenge = make_member(), make_challenge("open")
    form = new_form(client.sign_in(member), challenge)
    idea = make_idea(challenge, member, status="draft")
    edit = client.get(f"/ideas/{idea.id}/edit").form(f"/ideas/{idea.id}/edit")
    challenge.audience = "chosen"
    db.session.add(ChallengeOrganisation(challenge_id=challenge.id, organisation_id=make_organisation().id))
    db.session.commit()
    for sent in (form, edit):
        page = sent.submit(status=404, title=TITLE, body=BODY, action="publish")
        kept = [area.text for area in page.query("main textarea")]
        assert kept == [TITLE, BODY]
    save_itself(client, form, title=TITLE, body=BODY, status=404)
    assert only_idea().id == idea.id


def test_a_draft_of_somebody_else_takes_no_saves(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    author: Member = make_member()
    idea = make_idea(make_challenge("open"), author, status="draft")
    form = client.sign_in(author).get(f"/ideas/{idea.id}/edit").form(f"/ideas/{idea.id}/edit")
    client.sign_in(make_member())
    save_itself(client, form, body="Theirs", csrf_token=client.token(), status=404)
    assert only_idea().body_source != "Theirs"
