"""More time, pauses and reopening: what each act changes, tells people, and writes down."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from talking_together.accounts.models import Member
from talking_together.audit.models import AuditEntry
from talking_together.challenges.models import Challenge, ChallengeNews
from talking_together.challenges.stages import STAGES, stage_of
from talking_together.core import clock
from talking_together.core.formatting import challenge_path, local_input, moment
from talking_together.extensions import db
from tests.factories import make_challenge, make_idea, make_member, make_moderator
from tests.support.client import Client, Page

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def moderator(client: Client, hold_clock: Callable[[datetime], None]) -> Member:
    """Return a moderator who is signed in, at noon of a certain day."""
    hold_clock(NOW)
    member = make_moderator()
    client.sign_in(member)
    return member


def address(challenge: Challenge, act: str = "") -> str:
    """Return where a moderator manages a challenge or carries out an act on it."""
    return f"/moderation/challenges/{challenge.id}" + (f"/{act}" if act else "")


def only_challenge() -> Challenge:
    """Return the only challenge there is."""
    return db.session.scalars(select(Challenge).execution_options(populate_existing=True)).one()


def news() -> list[tuple[str, dict[str, Any]]]:
    """Return what followers are to be told, oldest first, without who did it."""
    rows = db.session.execute(select(ChallengeNews.kind, ChallengeNews.details).order_by(ChallengeNews.id))
    return [
        (kind, {name: value for name, value in details.items() if name != "by"}) for kind, details in rows
    ]


def done_by() -> list[int]:
    """Return by whom was done what followers are to be told, oldest first."""
    details = db.session.scalars(select(ChallengeNews.details).order_by(ChallengeNews.id))
    return [each["by"] for each in details]


def tell() -> None:
    """Mark all news as told."""
    db.session.execute(update(ChallengeNews).values(told_at=clock.now()))
    db.session.commit()


def log() -> list[tuple[str, str]]:
    """Return the actions and reasons of the audit log."""
    return [tuple(row) for row in db.session.execute(select(AuditEntry.action, AuditEntry.reason))]


def errors(page: Page) -> list[str]:
    """Return the messages by the fields of a page."""
    return [each.text.removeprefix("Error: ") for each in page.query(".nhsuk-error-message")]


def times(closes: datetime | None, voting: datetime | None = None) -> dict[str, str | None]:
    """Return closing times as the news keeps them."""
    return {
        "closes_at": closes and closes.isoformat(),
        "voting_closes_at": voting and voting.isoformat(),
    }


# Act on its own page: the stages it starts from, what it is sent, and the stage it ends in.
TIMED: dict[str, tuple[set[str], dict[str, str], str | None]] = {
    "extend": (
        {"open", "voting only", "paused"},
        {"closes_at": local_input(NOW + 20 * DAY), "voting_closes_at": local_input(NOW + 30 * DAY)},
        None,
    ),
    "pause": ({"open", "voting only"}, {}, "paused"),
    "reopen": ({"voting only", "in review", "answered"}, {"closes_at": local_input(NOW + 20 * DAY)}, "open"),
}


@pytest.mark.parametrize("act", TIMED)
@pytest.mark.parametrize("stage", STAGES)
def test_an_act_is_offered_and_done_or_refused_with_why(
    client: Client, moderator: Member, stage: str, act: str
) -> None:
    challenge = make_challenge(stage)
    starts_from, sent, ends_in = TIMED[act]
    managed = client.get(address(challenge))
    assert bool(managed.query(f'a[href$="/{act}"]')) == (stage in starts_from)
    if stage in starts_from:
        form = client.get(address(challenge, act), statements=5).form()
        form.submit(status=303, reason="Because", statements=10, **sent)
        assert stage_of(only_challenge(), NOW) == (ends_in or stage)
        assert [reason for _, reason in log()] == ["Because"]
        assert len(news()) == 1
    else:
        client.get(address(challenge, act), status=409)
        client.post(address(challenge, act), sent, status=409)
        assert stage_of(only_challenge(), NOW) == stage
        assert (log(), news()) == ([], [])


def test_staff_can_do_none_of_it(client: Client) -> None:
    challenge = make_challenge("open")
    client.sign_in(make_member())
    for act in TIMED:
        client.get(address(challenge, act), status=403)
        client.post(address(challenge, act), TIMED[act][1], status=403)


def test_more_time_starts_from_the_times_that_hold_and_is_told(client: Client, moderator: Member) -> None:
    closes, voting = NOW + 3 * DAY, NOW + 10 * DAY
    challenge = make_challenge("open", closes_at=closes, voting_closes_at=voting)
    form = client.get(address(challenge, "extend")).form()
    assert form.fields["closes_at"] == local_input(closes)
    assert form.fields["voting_closes_at"] == local_input(voting)
    form.submit(status=303, closes_at=local_input(closes + 2 * DAY))
    changed = only_challenge()
    assert (changed.closes_at, changed.voting_closes_at) == (closes + 2 * DAY, voting)
    assert news() == [
        ("dates changed", {"from": times(closes, voting), "to": times(closes + 2 * DAY, voting)})
    ]
    assert log() == [("challenge extended", "")]


def test_more_time_for_votes_alone_leaves_what_has_closed_closed(client: Client, moderator: Member) -> None:
    challenge = make_challenge("voting only")
    closed, voting = challenge.closes_at, challenge.voting_closes_at
    assert voting is not None
    form = client.get(address(challenge, "extend")).form()
    assert "closes_at" not in form.fields
    form.submit(status=303, voting_closes_at=local_input(voting + DAY), closes_at=local_input(NOW + 2 * DAY))
    assert (only_challenge().closes_at, only_challenge().voting_closes_at) == (closed, voting + DAY)
    assert stage_of(only_challenge(), NOW) == "voting only"


BAD: dict[str, tuple[str, dict[str, str], str]] = {
    "earlier": (
        "extend",
        {"closes_at": local_input(NOW + DAY)},
        f"This must be after {moment(NOW + 14 * DAY)}, which holds now. To close earlier, close it by hand.",
    ),
    "the same": ("extend", {}, "Enter a later time"),
    "voting first": (
        "extend",
        {"voting_closes_at": local_input(NOW + 14 * DAY)},
        "Voting must end after ideas close. Leave it empty if both close together.",
    ),
    "no time": ("extend", {"closes_at": "soon"}, "Enter a day and a time, such as 28/11/2026 and 17:00"),
    "no closing time": ("reopen", {}, "Enter when it closes for ideas"),
    "a past closing time": (
        "reopen",
        {"closes_at": local_input(NOW - DAY)},
        "The closing time must be in the future",
    ),
    "the present moment": (
        "reopen",
        {"closes_at": local_input(NOW)},
        "The closing time must be in the future",
    ),
    "a pause that is over": ("pause", {"until": local_input(NOW)}, "The time must be in the future"),
    "a pause for ever": (
        "pause",
        {"until": "9999-12-31T00:00"},
        "The time must be within the next five years",
    ),
    "a long message": (
        "pause",
        {"message": "x" * 301},
        "What people read on its page must be 300 characters or fewer",
    ),
    "a long reason": ("pause", {"reason": "x" * 301}, "Reason must be 300 characters or fewer"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_is_said_by_its_field_and_the_rest_kept(
    client: Client, moderator: Member, hold_clock: Callable[[datetime], None], name: str
) -> None:
    act, sent, message = BAD[name]
    challenge = make_challenge("in review" if act == "reopen" else "open")
    form = client.get(address(challenge, act)).form()
    page = form.submit(status=400, **{"reason": "Because of the holidays", **sent})
    assert errors(page) == [message]
    if "reason" not in sent:
        assert page.form().fields["reason"] == "Because of the holidays"
    assert (log(), news()) == ([], [])


def test_changes_of_dates_are_one_piece_of_news_until_it_is_told(
    client: Client, moderator: Member, hold_clock: Callable[[datetime], None]
) -> None:
    closes = NOW + 3 * DAY
    challenge = make_challenge("open", closes_at=closes)

    def change(to: datetime) -> None:
        form = client.get(address(challenge)).form(address(challenge))
        form.submit(status=303, closes_at=local_input(to), statements=18)

    change(closes + DAY)
    hold_clock(NOW + timedelta(minutes=5))
    change(closes + 2 * DAY)
    assert news() == [("dates changed", {"from": times(closes), "to": times(closes + 2 * DAY)})]
    assert done_by() == [moderator.id]
    assert db.session.scalars(select(ChallengeNews.at)).all() == [NOW + timedelta(minutes=5)]
    change(closes)
    assert news() == []
    change(closes + DAY)
    tell()
    change(closes + 3 * DAY)
    assert [details["from"] for _, details in news()] == [times(closes), times(closes + DAY)]


@pytest.mark.parametrize("stage", ["draft", "scheduled"])
def test_what_has_not_opened_has_no_news(client: Client, moderator: Member, stage: str) -> None:
    challenge = make_challenge(stage)
    form = client.get(address(challenge)).form(address(challenge))
    form.submit(status=303, closes_at=local_input(NOW + 30 * DAY))
    assert news() == []


def test_a_pause_says_so_and_takes_nothing_until_it_is_resumed(client: Client, moderator: Member) -> None:
    challenge = make_challenge("open")
    idea = make_idea(challenge)
    until = NOW + 2 * DAY
    form = client.get(address(challenge, "pause")).form()
    form.submit(status=303, message="The site <moves> house.", until=local_input(until), reason="Works")
    [(kind, details)] = news()
    assert done_by() == [moderator.id]
    assert (kind, details) == ("paused", {"words": "The site <moves> house.", "until": until.isoformat()})

    client.sign_in(make_member())
    page = client.get(challenge_path(challenge), statements=3)
    assert "This challenge is paused." in page.text
    assert f"It may go on {moment(until)}." in page.text
    assert "The site <moves> house." in page.text
    assert not page.query('a[href$="/ideas/new"].nhsuk-button')
    new = {"title": "A list", "body": "One list for all.", "action": "publish"}
    page = client.post(f"/challenges/{challenge.id}/ideas/new", new).follow()
    assert "This challenge is paused" in page.text
    assert "We kept what you wrote as a draft" in page.text
    assert "One list for all." in page.html
    client.post(f"/ideas/{idea.id}/vote", {"value": "1"}, status=409)
    client.post(f"/ideas/{idea.id}/comments", {"body": "Good"}, status=409)
    assert challenge.title in client.get("/challenges").text

    client.sign_in(moderator)
    client.get(address(challenge)).form(address(challenge, "resume")).submit(status=303)
    assert stage_of(only_challenge(), NOW) == "open"
    # Nobody had heard of the pause.
    assert news() == []
    assert [action for action, _ in log()] == ["challenge paused", "challenge resumed"]


def test_who_was_told_of_a_pause_is_told_that_it_is_over(client: Client, moderator: Member) -> None:
    challenge = make_challenge("paused")
    db.session.add(
        ChallengeNews(challenge_id=challenge.id, kind="paused", details={"by": 0}, at=NOW, told_at=NOW)
    )
    db.session.commit()
    client.post(address(challenge, "resume"))
    assert news()[1:] == [("reopened", {"to": times(challenge.closes_at), "after": "pause"})]
    assert done_by()[1:] == [moderator.id]


def test_a_pause_does_not_stop_the_clock(
    client: Client, moderator: Member, hold_clock: Callable[[datetime], None]
) -> None:
    challenge = make_challenge("paused")
    hold_clock(challenge.closes_at - timedelta(microseconds=1))
    assert stage_of(only_challenge(), clock.now()) == "paused"
    hold_clock(challenge.closes_at)
    assert stage_of(only_challenge(), clock.now()) == "in review"
    client.sign_in(moderator)
    form = client.get(address(challenge, "reopen")).form()
    form.submit(status=303, closes_at=local_input(challenge.closes_at + DAY))
    assert only_challenge().paused_at is None
    assert stage_of(only_challenge(), clock.now()) == "open"


def test_a_pause_that_is_over_by_its_own_words_only_says_that_it_is_paused(
    client: Client, moderator: Member, hold_clock: Callable[[datetime], None]
) -> None:
    challenge = make_challenge("open")
    client.get(address(challenge, "pause")).form().submit(status=303, until=local_input(NOW + DAY))
    hold_clock(NOW + DAY)
    page = client.get(challenge_path(challenge))
    assert "This challenge is paused. You can read" in page.text
    assert "It may go on" not in page.text


def test_reopening_takes_ideas_and_is_told_with_the_dates_that_hold(
    client: Client, moderator: Member
) -> None:
    challenge = make_challenge("answered")
    closes = NOW + 7 * DAY
    form = client.get(address(challenge, "reopen")).form()
    form.submit(status=303, closes_at=local_input(closes), reason="More to hear")
    assert news() == [("reopened", {"to": times(closes)})]
    form = client.get(address(challenge, "extend")).form()
    form.submit(status=303, closes_at=local_input(closes + DAY))
    assert news() == [("reopened", {"to": times(closes + DAY)})]
    assert only_challenge().answered_at is None
    details = db.session.scalars(select(AuditEntry.details).order_by(AuditEntry.id)).first()
    assert details is not None
    assert set(details) == {"closes at"}
    client.post(address(challenge, "close"))
    assert news() == []


def test_an_edit_that_opens_for_ideas_again_is_a_reopening(client: Client, moderator: Member) -> None:
    challenge = make_challenge("voting only")
    form = client.get(address(challenge)).form(address(challenge))
    form.submit(
        status=303,
        closes_at=local_input(NOW + 2 * DAY),
        voting_closes_at=local_input(NOW + 9 * DAY),
    )
    assert [kind for kind, _ in news()] == ["reopened"]
    assert stage_of(only_challenge(), NOW) == "open"
