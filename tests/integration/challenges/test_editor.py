"""What an editor's form holds beside words and dates: sponsor, prompts, themes, moderators, options."""

from typing import Any

import pytest
from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.audit.models import AuditEntry
from talking_together.challenges.models import (
    Challenge,
    ChallengeModerator,
    ChallengePrompt,
    ChallengeTheme,
)
from talking_together.core.formatting import challenge_path
from talking_together.drafts.queries import find_draft
from talking_together.drafts.services import keep_draft
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from tests.factories import make_challenge, make_comment, make_idea, make_member, make_moderator, make_vote
from tests.factories.rows import saved
from tests.support.client import Client, Form, Page


@pytest.fixture
def moderator(client: Client) -> Member:
    """Return a moderator who is signed in."""
    member = make_moderator()
    client.sign_in(member)
    return member


def address(challenge: Challenge) -> str:
    """Return where a moderator manages a challenge."""
    return f"/moderation/challenges/{challenge.id}"


def editor(client: Client, challenge: Challenge) -> Form:
    """Return the form of a challenge."""
    return client.get(address(challenge)).form(address(challenge))


def themes(challenge: Challenge) -> dict[int, str]:
    """Return the themes of a challenge by their ids."""
    rows = db.session.execute(
        select(ChallengeTheme.id, ChallengeTheme.name).where(ChallengeTheme.challenge_id == challenge.id)
    )
    return {row.id: row.name for row in rows}


def prompts(challenge: Challenge) -> dict[int, tuple[int, str]]:
    """Return the prompts of a challenge, id and words, by their places."""
    rows = db.session.execute(
        select(ChallengePrompt.place, ChallengePrompt.id, ChallengePrompt.words).where(
            ChallengePrompt.challenge_id == challenge.id
        )
    )
    return {row.place: (row.id, row.words) for row in rows}


def errors(page: Page) -> list[str]:
    """Return the messages by the fields of a page."""
    return [each.text.removeprefix("Error: ") for each in page.query(".nhsuk-error-message")]


def last_details() -> dict[str, Any]:
    """Return what the newest entry of the audit log says."""
    found: dict[str, Any] | None = db.session.scalar(
        select(AuditEntry.details).order_by(AuditEntry.id.desc()).limit(1)
    )
    assert found is not None
    return found


def test_everything_is_kept_and_stands_in_the_form_again(client: Client, moderator: Member) -> None:
    challenge = make_challenge("draft")
    other = make_moderator()
    sent = {
        "sponsor_name": "Amina Yusuf",
        "sponsor_role": "Chief Nurse",
        "prompt_1": "Who would it help?",
        "prompt_3": "What would it need?",
        "themes-0-name": "Discharge",
        "themes-2-name": "Medicines",
        "moderators": [str(other.id), str(moderator.id)],
        "counts_shown": "once voted",
        "needs_approval": "y",
        "answer_votes": "12",
        "answer_days": "10",
    }
    form = editor(client, challenge)
    assert form.fields["allows_down_votes"] == "y"
    # A box that is not ticked is not sent.
    page = form.submit(status=303, **{**sent, "allows_down_votes": []}).follow()
    fields = page.form(address(challenge)).fields
    assert "allows_down_votes" not in fields
    for name in ("sponsor_name", "sponsor_role", "prompt_1", "prompt_3", "counts_shown", "answer_votes"):
        assert fields[name] == sent[name]
    assert (fields["themes-0-name"], fields["themes-1-name"]) == ("Discharge", "Medicines")
    assert set(fields["moderators"]) == {str(other.id), str(moderator.id)}
    assert fields["prompt_2"] == ""
    stored = db.session.scalars(select(Challenge)).one()
    assert (stored.answer_votes, stored.answer_days, stored.needs_approval) == (12, 10, True)
    assert not stored.allows_down_votes
    details = last_details()
    assert details["prompts"] == {"from": [], "to": ["Who would it help?", "What would it need?"]}
    assert details["themes"] == {"from": [], "to": ["Discharge", "Medicines"]}
    # Saving it as it stands changes nothing.
    page = page.form(address(challenge)).submit(status=303).follow()
    assert last_details() == {}
    # Nor does a number stay that was taken out.
    page = page.form(address(challenge)).submit(status=303, answer_votes="").follow()
    assert page.form(address(challenge)).fields["answer_votes"] == ""
    assert last_details() == {"answer votes": {"from": 12, "to": None}}


def test_who_writes_a_challenge_looks_after_it_unless_they_choose_others(
    client: Client, moderator: Member
) -> None:
    make_member(), make_moderator(is_active=False)
    form = client.get("/moderation/challenges/new").form()
    assert form.fields["moderators"] == str(moderator.id)
    form.submit(status=303, title="What now?")
    assert db.session.scalars(select(ChallengeModerator.member_id)).all() == [moderator.id]


def test_a_prompt_keeps_its_place_and_who_answered_it_knows_it(client: Client, moderator: Member) -> None:
    challenge = make_challenge("open")
    editor(client, challenge).submit(status=303, prompt_1="Who?", prompt_2="What?", prompt_4="When?")
    before = prompts(challenge)
    assert {place: words for place, (_, words) in before.items()} == {1: "Who?", 2: "What?", 4: "When?"}
    editor(client, challenge).submit(status=303, prompt_1="", prompt_2="What exactly?", prompt_5="How?")
    after = prompts(challenge)
    assert {place: words for place, (_, words) in after.items()} == {
        2: "What exactly?",
        4: "When?",
        5: "How?",
    }
    assert (after[2][0], after[4]) == (before[2][0], before[4])


def test_a_theme_keeps_its_ideas_under_another_name_and_frees_them_when_it_goes(
    client: Client, moderator: Member
) -> None:
    challenge = make_challenge("open")
    first = saved(ChallengeTheme(challenge_id=challenge.id, name="Beds"))
    second = saved(ChallengeTheme(challenge_id=challenge.id, name="Transport"))
    kept, freed = make_idea(challenge, theme_id=first.id), make_idea(challenge, theme_id=second.id)
    page = client.get(address(challenge))
    assert "1 idea" in page.query("#themes-0-name-hint")[0].text
    assert "Empty a box to take its theme away: ideas filed under it are then under none." in page.text
    # Names change places in one save.
    page.form(address(challenge)).submit(
        status=303, **{"themes-0-name": "Transport", "themes-1-name": "Beds"}
    )
    assert themes(challenge) == {first.id: "Transport", second.id: "Beds"}
    editor(client, challenge).submit(
        status=303, **{"themes-0-name": "Wards", "themes-1-name": "", "themes-2-name": "Rides"}
    )
    found = themes(challenge)
    assert found.pop(first.id) == "Wards"
    assert list(found.values()) == ["Rides"]
    themes_of_ideas = dict(
        db.session.execute(select(Idea.id, Idea.theme_id).execution_options(populate_existing=True)).all()
    )
    assert themes_of_ideas == {kept.id: first.id, freed.id: None}


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "the same prompt": ({"prompt_1": "Who?", "prompt_3": "who?"}, "You ask the same thing twice"),
    "the same theme": (
        {"themes-0-name": "Beds", "themes-1-name": "BEDS"},
        "Two themes have the same name",
    ),
    "a long prompt": ({"prompt_5": "x" * 151}, "Prompt 5 must be 150 characters or fewer"),
    "a long theme": ({"themes-0-name": "x" * 61}, "Theme must be 60 characters or fewer"),
    "a role of nobody": ({"sponsor_role": "Chief Nurse"}, "Enter who has this role"),
    "no whole number": ({"answer_votes": "many"}, "Enter a whole number from 1 to 10,000"),
    "too few votes": ({"answer_votes": "0"}, "Enter a whole number from 1 to 10,000"),
    "a number beyond all": ({"answer_votes": "9" * 30}, "Enter a whole number from 1 to 10,000"),
    "too many days": ({"answer_days": "366"}, "Enter a whole number from 1 to 365"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_is_said_by_its_field_and_the_rest_kept(
    client: Client, moderator: Member, name: str
) -> None:
    changes, message = BAD[name]
    challenge = make_challenge("open")
    page = editor(client, challenge).submit(status=400, **{"summary": "Typed just now", **changes})
    assert errors(page) == [message]
    assert page.form(address(challenge)).fields["summary"].strip() == "Typed just now"
    assert (prompts(challenge), themes(challenge)) == ({}, {})


def test_only_moderators_can_look_after_a_challenge(client: Client, moderator: Member) -> None:
    challenge = make_challenge("open")
    page = editor(client, challenge).submit(status=400, moderators=[str(make_member().id)])
    assert len(errors(page)) == 1
    assert db.session.scalars(select(ChallengeModerator.member_id)).all() == []


def test_a_theme_of_another_challenge_is_not_taken(client: Client, moderator: Member) -> None:
    challenge, other = make_challenge("open"), make_challenge("open")
    theirs = saved(ChallengeTheme(challenge_id=other.id, name="Beds"))
    page = editor(client, challenge).submit(
        status=400, **{"themes-0-id": str(theirs.id), "themes-0-name": "Ours"}
    )
    assert errors(page) == ["One of these themes is not there any more. Name it anew"]
    assert themes(other) == {theirs.id: "Beds"}


@pytest.mark.parametrize(
    "change", [{"counts_shown": "once closed"}, {"allows_down_votes": []}], ids=["counts", "thumbs down"]
)
@pytest.mark.parametrize("on", ["an idea", "a comment"])
def test_what_people_voted_under_stays(
    client: Client, moderator: Member, change: dict[str, Any], on: str
) -> None:
    challenge = make_challenge("open")
    before_votes = editor(client, challenge)
    before_votes.submit(status=303, **change)
    before_votes = editor(client, challenge)
    idea = make_idea(challenge)
    make_vote(idea if on == "an idea" else make_comment(idea), make_member())
    page = before_votes.submit(status=400, counts_shown="always", allows_down_votes="y")
    assert len(errors(page)) == 0
    assert "cannot be changed any more" in page.query(".nhsuk-error-summary")[0].text
    # The form says what holds, and saves everything else.
    assert "People have voted, so these stay as they are" in page.text
    editor(client, challenge).submit(status=303, title="What would help now?")
    stored = db.session.scalars(select(Challenge).execution_options(populate_existing=True)).one()
    assert stored.title == "What would help now?"
    assert (stored.counts_shown == "once closed") == ("counts_shown" in change)
    assert stored.allows_down_votes == ("counts_shown" in change)


def test_a_kept_draft_is_offered_used_and_gone_once_saved(client: Client, moderator: Member) -> None:
    challenge = make_challenge("open")
    key = f"challenge:{challenge.id}"
    fields = {**editor(client, challenge).fields, "title": "As it was typed", "themes-0-name": "Beds"}
    keep_draft(
        moderator,
        key=key,
        fields={name: value if isinstance(value, list) else [value] for name, value in fields.items()},
    )
    db.session.commit()
    page = client.get(address(challenge), statements=5)
    assert "You have unsaved changes from" in page.text
    assert page.form(address(challenge)).fields["title"] == challenge.title
    page = client.get(page.query('[data-draft-offer] a[href*="draft="]')[0]["href"])
    form = page.form(address(challenge))
    assert (form.fields["title"], form.fields["themes-0-name"]) == ("As it was typed", "Beds")
    page = form.submit(status=303).follow()
    assert page.heading == "As it was typed"
    assert find_draft(moderator, key) is None
    assert list(themes(challenge).values()) == ["Beds"]


def test_a_draft_from_before_another_save_meets_it(client: Client, moderator: Member) -> None:
    challenge = make_challenge("open")
    form = editor(client, challenge)
    keep_draft(
        moderator,
        key=f"challenge:{challenge.id}",
        fields={
            name: value if isinstance(value, list) else [value]
            for name, value in {**form.fields, "title": "Typed first"}.items()
        },
    )
    db.session.commit()
    client.sign_in(make_moderator())
    editor(client, challenge).submit(status=303, title="Saved first")
    client.sign_in(moderator)
    page = client.get(address(challenge) + f"?draft=challenge:{challenge.id}")
    page = page.form(address(challenge)).submit(status=409)
    assert "Someone else changed this challenge while you were writing" in page.text
    assert "Saved first" in page.text
    assert page.form(address(challenge)).fields["title"] == "Typed first"


def test_a_new_challenge_is_kept_too(client: Client, moderator: Member) -> None:
    keep_draft(moderator, key="challenge:new", fields={"title": ["Half a question"]})
    db.session.commit()
    page = client.get("/moderation/challenges/new?draft=challenge:new")
    page.form("/moderation/challenges/new").submit(status=303)
    assert db.session.scalars(select(Challenge.title)).all() == ["Half a question"]
    assert find_draft(moderator, "challenge:new") is None


def test_a_copy_has_the_words_and_ways_but_not_the_dates_and_ideas(client: Client, moderator: Member) -> None:
    challenge = make_challenge("answered", sponsor_name="Amina Yusuf", counts_shown="once voted")
    make_idea(challenge)
    editor(client, challenge).submit(
        status=303, prompt_2="Who?", moderators=[str(moderator.id)], **{"themes-0-name": "Beds"}
    )
    page = client.get(address(challenge)).form(address(challenge) + "/clone").submit(status=303).follow()
    copy = db.session.scalars(select(Challenge).order_by(Challenge.id.desc())).first()
    assert copy is not None
    assert (copy.id, copy.title) != (challenge.id, challenge.title)
    assert page.heading == f"Copy of {challenge.title}"
    assert page.query(f'main a[href="{address(challenge)}"]')[0].text == challenge.title
    assert (copy.summary, copy.brief_html) == (challenge.summary, challenge.brief_html)
    assert (copy.sponsor_name, copy.counts_shown) == ("Amina Yusuf", "once voted")
    assert (copy.opens_at, copy.closes_at, copy.is_published, copy.ideas_count) == (None, None, False, 0)
    assert {place: words for place, (_, words) in prompts(copy).items()} == {2: "Who?"}
    assert list(themes(copy).values()) == ["Beds"]
    assert themes(copy).keys().isdisjoint(themes(challenge))
    client.sign_in(make_member())
    client.get(challenge_path(copy), status=404)
    client.post(address(challenge) + "/clone", status=403)


ADVICE = ("No sponsor yet", "Nobody looks after it")


def test_advice_stands_beside_what_is_needed_and_keeps_nothing_from_opening(
    client: Client, moderator: Member
) -> None:
    challenge = make_challenge("draft")
    page = client.get(address(challenge))
    assert all(words in page.query(".missing")[0].text for words in ADVICE)
    for link in page.query(".missing a"):
        assert page.query(link["href"])
    page.form(address(challenge) + "/open").submit(status=303)
    assert not client.get(address(challenge)).query(".missing")
