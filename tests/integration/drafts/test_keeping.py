"""Keeping what is typed, throwing it away, and how much of it is kept."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.core import clock
from talking_together.core.errors import InvalidInput, NotFound
from talking_together.drafts import services
from talking_together.drafts.models import KeptDraft
from talking_together.drafts.queries import find_draft
from talking_together.drafts.sweeps import KEPT_FOR, clear_drafts
from talking_together.extensions import db
from tests.factories import make_member
from tests.support.client import Client

KEY = "challenge:12"
NOON = datetime(2026, 11, 27, 14, 2, tzinfo=UTC)


def count() -> int | None:
    """Return how many drafts are kept, of everybody."""
    return db.session.scalar(select(func.count()).select_from(KeptDraft))


def test_a_form_is_kept_while_it_is_typed_and_the_last_one_stands(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    member = make_member()
    client.sign_in(member)
    hold_clock(NOON)
    page = client.post(f"/drafts/{KEY}", {"title": "One", "groups": ["1", "2"]}, status=200, statements=3)
    assert page.html.strip() == "<span>Kept as a draft at 2:02pm</span>"
    client.post(f"/drafts/{KEY}", {"title": "Two"}, status=200)
    draft = find_draft(member, KEY)
    assert draft is not None
    assert (draft.fields, draft.saved_at) == ({"title": ["Two"]}, NOON)
    assert count() == 1


def test_a_draft_is_its_members_alone(client: Client) -> None:
    member, other = make_member(), make_member()
    services.keep_draft(member, key=KEY, fields={"title": ["Mine"]})
    db.session.commit()
    assert find_draft(other, KEY) is None
    client.sign_in(other)
    client.post(f"/drafts/{KEY}/discard")
    assert find_draft(member, KEY) is not None


def test_discarding_goes_back_to_the_form_and_nowhere_else(client: Client) -> None:
    member = make_member()
    services.keep_draft(member, key=KEY, fields={"title": ["Mine"]})
    db.session.commit()
    client.sign_in(member)
    assert client.post(f"/drafts/{KEY}/discard", {"next": "/ideas/new"}).location == "/ideas/new"
    assert find_draft(member, KEY) is None
    assert client.post(f"/drafts/{KEY}/discard", {"next": "https://elsewhere.example/"}).location == "/"


def test_tokens_and_passwords_are_never_kept(app: Flask) -> None:
    member = make_member()
    services.keep_draft(
        member, key=KEY, fields={"csrf_token": ["t"], "password": ["p"], "title": ["A\0 list"], "body": [""]}
    )
    draft = find_draft(member, KEY)
    assert draft is not None
    assert draft.fields == {"title": ["A list"], "body": [""]}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"title": [""]},
        {"body": ["x" * (services.MOST_CHARACTERS + 1)]},
        {f"field{number}": ["x"] for number in range(services.MOST_FIELDS + 1)},
    ],
    ids=["nothing", "empty", "too long", "too many"],
)
def test_what_cannot_be_kept_is_refused(app: Flask, fields: dict[str, list[str]]) -> None:
    with pytest.raises(InvalidInput):
        services.keep_draft(make_member(), key=KEY, fields=fields)
    assert count() == 0


def test_a_key_that_names_no_form_is_not_found(client: Client) -> None:
    client.sign_in(make_member())
    client.post("/drafts/anything", {"title": "One"}, status=404)
    client.post("/drafts/anything/discard", status=404)
    with pytest.raises(NotFound):
        services.keep_draft(make_member(), key="no key", fields={"title": ["One"]})


def test_the_oldest_drafts_of_a_member_make_room(app: Flask, hold_clock: Callable[[datetime], None]) -> None:
    member, other = make_member(), make_member()
    services.keep_draft(other, key=KEY, fields={"title": ["Theirs"]})
    for number in range(1, services.MOST_DRAFTS + 3):
        hold_clock(NOON + timedelta(minutes=number))
        services.keep_draft(member, key=f"idea:{number}", fields={"title": [str(number)]})
    assert count() == services.MOST_DRAFTS + 1
    assert find_draft(member, "idea:2") is None
    assert find_draft(member, "idea:3") is not None
    assert find_draft(other, KEY) is not None


def test_a_draft_is_forgotten_after_its_time(app: Flask, hold_clock: Callable[[datetime], None]) -> None:
    member = make_member()
    hold_clock(NOON)
    services.keep_draft(member, key="idea:1", fields={"title": ["Old"]})
    hold_clock(NOON + timedelta(microseconds=1))
    services.keep_draft(member, key="idea:2", fields={"title": ["Newer"]})
    db.session.commit()
    hold_clock(NOON + KEPT_FOR)
    assert clear_drafts() == 1
    assert find_draft(member, "idea:1") is None
    assert find_draft(member, "idea:2") is not None
    assert clock.now() == NOON + KEPT_FOR
