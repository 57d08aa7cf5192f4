"""Writing challenges and moving them from stage to stage."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.audit.models import AuditEntry
from talking_together.challenges.models import Challenge, ChallengeGroup, ChallengeOrganisation
from talking_together.challenges.stages import STAGES, stage_of
from talking_together.core import clock
from talking_together.core.formatting import challenge_path, local_input
from talking_together.extensions import db
from tests.factories import (
    make_challenge,
    make_group,
    make_idea,
    make_member,
    make_moderator,
    make_organisation,
)
from tests.support.client import Client, Page

NEW = "/moderation/challenges/new"


@pytest.fixture
def moderator(client: Client) -> Member:
    """Return a moderator who is signed in."""
    member = make_moderator()
    client.sign_in(member)
    return member


def written(**values: Any) -> dict[str, Any]:
    """Return what a moderator types for a whole challenge."""
    soon = clock.now() + timedelta(days=2)
    return {
        "title": "What would help us work as one team?",
        "summary": "Nurses and social workers often visit the same street.",
        "brief": "We want to hear about **small** things.",
        "audience": "everyone",
        "opens_at": local_input(soon),
        "closes_at": local_input(soon + timedelta(days=21)),
        "voting_closes_at": local_input(soon + timedelta(days=28)),
        **values,
    }


def only_challenge() -> Challenge:
    """Return the only challenge there is."""
    return db.session.scalars(select(Challenge)).one()


def log() -> list[tuple[str, str]]:
    """Return the actions and reasons of the audit log."""
    return [tuple(row) for row in db.session.execute(select(AuditEntry.action, AuditEntry.reason))]


def errors(page: Page) -> list[str]:
    """Return the messages by the fields of a page."""
    return [each.text.removeprefix("Error: ") for each in page.query(".nhsuk-error-message")]


def address(challenge: Challenge, act: str = "") -> str:
    """Return where a moderator manages a challenge or carries out an act on it."""
    return f"/moderation/challenges/{challenge.id}" + (f"/{act}" if act else "")


def test_a_challenge_goes_its_whole_way(
    client: Client, moderator: Member, hold_clock: Callable[[datetime], None]
) -> None:
    start = datetime(2026, 11, 2, 12, tzinfo=UTC)
    hold_clock(start)
    page = client.get(NEW).form().submit(status=303, statements=13, **written()).follow()
    challenge = only_challenge()
    assert page.heading == challenge.title
    assert "Only moderators can see this draft." in page.text
    assert "Once you schedule it, it opens by itself on Wednesday 4 November at midday." in page.text
    assert challenge.brief_html == "<p>We want to hear about <strong>small</strong> things.</p>\n"
    preview = client.get(address(challenge, "preview"))
    assert "Share your idea" in preview.text
    assert not preview.query('main a[href$="/ideas/new"]')
    assert "This is a preview" in preview.text

    page = page.form(address(challenge, "schedule")).submit(status=303, statements=8).follow()
    assert "It opens by itself on Wednesday 4 November at midday." in page.text
    hold_clock(start + timedelta(days=2))
    assert stage_of(only_challenge(), clock.now()) == "open"
    hold_clock(start + timedelta(days=3))
    close = client.get(address(challenge)).form(address(challenge, "close"))
    page = close.submit(status=303, reason="Enough ideas", statements=8).follow()
    assert "It is closed for ideas. People can still vote and comment." in page.text
    page = page.form(address(challenge, "close")).submit(status=303).follow()
    assert "It is closed. Nobody can add" in page.text
    page = page.form(address(challenge, "answered")).submit(status=303).follow()
    page = page.form(address(challenge, "archive")).submit(status=303, reason="Done").follow()
    assert "Change the challenge" not in page.text
    page = page.form(address(challenge, "bring-back")).submit(status=303).follow()
    page = page.form(address(challenge, "not-answered")).submit(status=303).follow()
    assert stage_of(only_challenge(), clock.now()) == "in review"
    assert log() == [
        ("challenge written", ""),
        ("challenge scheduled", ""),
        ("challenge closed for ideas", "Enough ideas"),
        ("challenge closed for votes", ""),
        ("challenge marked as answered", ""),
        ("challenge archived", "Done"),
        ("challenge brought back", ""),
        ("challenge back in review", ""),
    ]


# act: the stages it starts from, and the stage it ends in
ACTS = {
    "open": ({"draft", "scheduled"}, "open"),
    "schedule": ({"draft"}, "scheduled"),
    "back-to-draft": ({"scheduled", "open"}, "draft"),
    "resume": ({"paused"}, "open"),
    "close": ({"open", "voting only", "paused"}, "in review"),
    "answered": ({"in review"}, "answered"),
    "not-answered": ({"answered"}, "in review"),
    "archive": ({"draft", "in review", "answered"}, "archived"),
    "bring-back": ({"archived"}, "answered"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("stage", STAGES)
def test_an_act_is_done_or_refused_with_why(client: Client, moderator: Member, stage: str, act: str) -> None:
    challenge = make_challenge(stage)
    starts_from, ends_in = ACTS[act]
    assert bool(client.get(address(challenge)).query(f'form[action$="/{act}"]')) == (stage in starts_from)
    if stage in starts_from:
        client.post(address(challenge, act), {"reason": "Because"}, status=303)
        assert stage_of(only_challenge(), clock.now()) == ends_in
        assert [reason for _, reason in log()] == ["Because"]
    else:
        page = client.post(address(challenge, act), status=409)
        assert page.query(".notice--error")[0].text
        assert stage_of(only_challenge(), clock.now()) == stage
        assert log() == []


def test_staff_can_do_none_of_it(client: Client) -> None:
    challenge = make_challenge("draft")
    client.sign_in(make_member())
    client.get(NEW, status=403)
    client.post(NEW, written(), status=403)
    client.get(address(challenge), status=403)
    client.get(address(challenge, "preview"), status=403)
    for act in ACTS:
        client.post(address(challenge, act), status=403)


def test_what_a_challenge_lacks_keeps_it_from_opening(client: Client, moderator: Member) -> None:
    client.get(NEW).form().submit(status=303, title="What now?", summary="", brief="", audience="everyone")
    challenge = only_challenge()
    page = client.get(address(challenge))
    assert not page.query('form[action$="/open"]')
    for words in ("No short summary yet", "No brief yet", "No closing time yet"):
        assert words in page.text
    page = client.post(address(challenge, "open"), status=409)
    assert "It cannot open yet. No short summary yet. No brief yet. No closing time yet." in page.text
    assert log() == [("challenge written", "")]


def test_a_draft_whose_opening_time_has_passed_can_be_opened_but_not_scheduled(
    client: Client, moderator: Member
) -> None:
    challenge = make_challenge("draft", opens_at=clock.now() - timedelta(days=1))
    page = client.post(address(challenge, "schedule"), status=409)
    assert "The opening time has passed" in page.text
    client.post(address(challenge, "open"), status=303)
    assert stage_of(only_challenge(), clock.now()) == "open"


def test_a_challenge_that_has_any_idea_cannot_be_a_draft_again(client: Client, moderator: Member) -> None:
    challenge = make_challenge("open")
    make_idea(challenge, status="draft")
    page = client.post(address(challenge, "back-to-draft"), status=409)
    assert "Someone has already written an idea here" in page.text
    assert stage_of(only_challenge(), clock.now()) == "open"


BAD = {
    "no title": ({"title": " "}, "Enter the question"),
    "long title": ({"title": "x" * 151}, "Question must be 150 characters or fewer"),
    "control characters": ({"title": "What\x07 now?"}, "Remove the control characters: we cannot show them"),
    "turned text": (
        {"title": "What \u202enow?"},
        "Remove the hidden characters that change the direction of text",
    ),
    "long summary": ({"summary": "x" * 301}, "Short summary must be 300 characters or fewer"),
    "long brief": ({"brief": "x" * 20_001}, "Brief must be 20,000 characters or fewer"),
    "no audience": ({"audience": ""}, "Choose who it is for"),
    "unknown audience": ({"audience": "nobody"}, None),
    "nobody chosen": ({"audience": "chosen"}, "Choose at least one organisation or group"),
    "unknown organisation": ({"audience": "chosen", "organisations": ["999"]}, None),
    "organisation in words": ({"audience": "chosen", "organisations": ["all"]}, None),
    "past opening": ({"opens_at": "2020-01-01T09:00"}, "The opening time must be in the future"),
    "closes first": ({"closes_at": lambda: local_input(clock.now() + timedelta(days=1))},
                     "The closing time must be after the opening time"),
    "no closing but voting": ({"closes_at": ""}, "Set when ideas close before you set when voting ends"),
    "no time": ({"closes_at": "tomorrow"}, "Enter a day and a time, such as 28/11/2026 and 17:00"),
    "year one": ({"closes_at": "0001-01-01T00:00"}, "The closing time must be in the future"),
    "last year": ({"closes_at": "9999-12-31T23:59"}, "The closing time must be within the next five years"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_accepted_is_said_by_its_field_and_the_text_kept(
    client: Client, moderator: Member, name: str
) -> None:
    changes, message = BAD[name]
    changes = {field: value() if callable(value) else value for field, value in changes.items()}
    page = client.get(NEW).form().submit(status=400, **written(**changes))
    assert len(errors(page)) == 1
    assert message is None or errors(page) == [message]
    kept = page.form().fields
    if "title" not in changes:
        assert kept["title"] == written()["title"]
    if "brief" not in changes:
        assert kept["brief"].strip() == written()["brief"]
    assert db.session.scalars(select(Challenge)).all() == []

    challenge = make_challenge("draft")
    page = client.get(address(challenge)).form(address(challenge)).submit(status=400, **written(**changes))
    assert len(errors(page)) == 1
    assert log() == []


def test_the_audience_is_kept_counted_and_changed(client: Client, moderator: Member) -> None:
    inside, outside, group = make_organisation(), make_organisation(), make_group()
    for _ in range(3):
        make_member(inside)
    make_member(outside, groups=[group])
    make_member(inside, groups=[group])
    make_member(inside, is_active=False)
    chosen = {"audience": "chosen", "organisations": [str(inside.id)], "groups": [str(group.id)]}
    page = client.get(NEW).form().submit(status=303, **written(**chosen)).follow()
    assert "About 5 people can see this once it is open" in page.text
    challenge = only_challenge()
    assert db.session.scalars(select(ChallengeOrganisation.organisation_id)).all() == [inside.id]
    assert db.session.scalars(select(ChallengeGroup.group_id)).all() == [group.id]

    edit = page.form(address(challenge))
    assert edit.fields["organisations"] == str(inside.id)
    page = edit.submit(status=303, organisations=[str(outside.id)], groups=[], statements=18).follow()
    assert "About 1 person can see this" in page.text
    page = page.form(address(challenge)).submit(status=303, audience="everyone").follow()
    assert "About 6 people can see this" in page.text
    assert db.session.scalars(select(ChallengeOrganisation.organisation_id)).all() == []


def test_the_second_of_two_saves_at_once_is_told_and_keeps_its_text(
    client: Client, moderator: Member
) -> None:
    challenge = make_challenge("open")
    first, second = (client.get(address(challenge)).form(address(challenge)) for _ in range(2))
    first.submit(status=303, title="What did the first moderator ask?")
    page = second.submit(status=409, title="What did the second moderator ask?")
    assert "Someone else changed this challenge while you were writing" in page.text
    assert "What did the first moderator ask?" in page.text
    assert only_challenge().title == "What did the first moderator ask?"
    form = page.form(address(challenge))
    assert form.fields["title"] == "What did the second moderator ask?"
    form.submit(status=303)
    assert only_challenge().title == "What did the second moderator ask?"


def test_an_idea_that_comes_in_meanwhile_is_no_other_version(client: Client, moderator: Member) -> None:
    challenge = make_challenge("open")
    form = client.get(address(challenge)).form(address(challenge))
    make_idea(challenge)
    form.submit(status=303, title="What would help?")


def test_an_open_challenge_keeps_its_words_and_its_opening_time(client: Client, moderator: Member) -> None:
    challenge = make_challenge("open")
    opened = challenge.opens_at
    form = client.get(address(challenge)).form(address(challenge))
    assert "opens_at" not in form.fields
    assert errors(form.submit(status=400, summary="")) == [
        "Enter a short summary: people can see this challenge"
    ]
    assert errors(form.submit(status=400, closes_at="")) == [
        "A challenge that has opened needs a closing time"
    ]
    later = clock.now() + timedelta(days=30)
    form.submit(status=303, closes_at=local_input(later), opens_at=local_input(later))
    changed = only_challenge()
    assert changed.opens_at == opened
    assert local_input(changed.closes_at) == local_input(later)
    [details] = db.session.scalars(select(AuditEntry.details)).all()
    assert set(details) == {"closes at"}


@pytest.mark.parametrize("stage", ["in review", "answered"])
def test_what_has_closed_keeps_its_dates_and_what_is_archived_everything(
    client: Client, moderator: Member, stage: str
) -> None:
    challenge = make_challenge(stage)
    closed = challenge.closes_at
    form = client.get(address(challenge)).form(address(challenge))
    assert "closes_at" not in form.fields
    form.submit(status=303, title="What helped?", closes_at=local_input(clock.now() + timedelta(days=3)))
    assert only_challenge().closes_at == closed
    client.post(address(challenge, "archive"), status=303)
    version = only_challenge().updated_at.isoformat()
    client.post(address(challenge), written(version=version), status=409)


@pytest.mark.parametrize(
    ("wall", "moment", "note"),
    [
        (
            "2027-03-28T01:30",
            datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
            "1:30am does not exist. We took it as 2:30am",
        ),
        ("2026-10-25T01:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "We took the first of the two"),
        ("2026-10-26T01:30", datetime(2026, 10, 26, 1, 30, tzinfo=UTC), None),
    ],
)
def test_a_time_in_the_change_of_the_clocks_is_resolved_and_said(
    client: Client,
    moderator: Member,
    hold_clock: Callable[[datetime], None],
    wall: str,
    moment: datetime,
    note: str | None,
) -> None:
    hold_clock(datetime(2026, 10, 1, 12, tzinfo=UTC))
    dates = {"opens_at": "", "closes_at": wall, "voting_closes_at": ""}
    page = client.get(NEW).form().submit(status=303, **written(**dates)).follow()
    assert only_challenge().closes_at == moment
    assert (note or "The clocks") in page.text if note else "The clocks" not in page.text


def test_managing_and_previewing_take_few_statements(client: Client, moderator: Member) -> None:
    challenge = make_challenge("draft")
    for _ in range(10):
        make_organisation()
    client.get(address(challenge), statements=5)
    client.get(address(challenge, "preview"), statements=2)
    challenge = make_challenge("open")
    assert client.send("GET", address(challenge, "preview")).location == challenge_path(challenge)


def test_only_the_acts_there_are_have_addresses(client: Client, moderator: Member) -> None:
    challenge = make_challenge("draft")
    client.post(address(challenge, "delete"), status=404)
    client.get(address(challenge, "open"), status=405)
    client.post(address(challenge, "open"), {"reason": "x" * 301}, status=400)
    client.post("/moderation/challenges/999/open", status=404)
