"""A challenge as files for spreadsheets, read back as a spreadsheet would."""

import csv
import io
import tracemalloc
import zipfile
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import insert, select

from talking_together.audit.models import AuditEntry
from talking_together.challenges.models import Challenge, ChallengeTheme
from talking_together.comments.models import Comment
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.ideas.models import Idea, IdeaCoAuthor, IdeaDecision, IdeaRevision, IdeaTag
from talking_together.results import exports
from tests.factories import (
    make_challenge,
    make_comment,
    make_idea,
    make_member,
    make_moderator,
    make_organisation,
    make_vote,
)
from tests.factories.decisions import make_decision
from tests.factories.rows import saved
from tests.support.client import Client

Tables = dict[str, list[dict[str, Any]]]


def taken(client: Client, challenge: Challenge, format: str) -> Tables:
    """Return the tables of the file that the page's button answers with."""
    page = client.get(f"/moderation/challenges/{challenge.id}")
    forms = [
        form
        for form in page.query("form[action$='/export']")
        if format in form.node.xpath("string(input[@name='format']/@value)")
    ]
    assert len(forms) == 1
    answer = client.post(
        f"/moderation/challenges/{challenge.id}/export", {"format": format}, status=200
    ).response
    disposition = answer.headers["Content-Disposition"]
    assert "attachment" in disposition
    return _from_zip(answer.data) if format == "csv" else _from_workbook(answer.data)


def _from_zip(data: bytes) -> Tables:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline=""))
            )
            for name in archive.namelist()
        }


def _from_workbook(data: bytes) -> Tables:
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    tables: Tables = {}
    for sheet in workbook:
        headings, *rows = sheet.iter_rows()
        assert not [cell for row in rows for cell in row if cell.data_type == "f"]
        tables[sheet.title.lower()] = [
            {
                heading.value: "" if cell.value is None else str(cell.value)
                for heading, cell in zip(headings, row, strict=True)
            }
            for row in rows
        ]
    return tables


@pytest.mark.parametrize("format", exports.FORMATS)
def test_a_challenge_is_read_back_whole(client: Client, format: str) -> None:
    challenge = make_challenge("in review", title="What would help?")
    theme = saved(ChallengeTheme(challenge_id=challenge.id, name="Buses"))
    author, friend = make_member(make_organisation(short_name="Mill")), make_member()
    moderator = make_moderator()
    idea = make_idea(
        challenge,
        author,
        title="=1+1",
        body_source="Line one\nline two",
        theme_id=theme.id,
        answers=[{"prompt": 1, "words": "Who would it help?", "source": "@everyone"}],
        status="planned",
        up_count=4,
        down_count=1,
        comments_count=2,
    )
    for tag in ("winter", "bus"):
        saved(IdeaTag(idea_id=idea.id, tag=tag))
    saved(IdeaCoAuthor(idea_id=idea.id, member_id=friend.id, state="accepted", asked_at=clock.now()))
    saved(IdeaCoAuthor(idea_id=idea.id, member_id=make_member().id, state="invited", asked_at=clock.now()))
    saved(
        IdeaDecision(
            idea_id=idea.id,
            from_status="new",
            to_status="planned",
            response_source="Yes: +1",
            decided_by=moderator.id,
            at=clock.now() - timedelta(hours=2),
        )
    )
    merged = make_idea(challenge, friend, status="merged", merged_into_id=idea.id)
    hidden = make_idea(challenge, friend, status="hidden", title="Hidden one")
    make_idea(challenge, friend, status="draft", title="A draft")
    make_idea(title="Of another challenge")
    comment = make_comment(idea, friend, body_source="-2+3+cmd|' /C calc'!A0")
    reply = make_comment(idea, author, parent=comment)
    make_vote(idea, make_member())

    saved(
        IdeaRevision(
            idea_id=idea.id,
            title="@SUM(1)",
            body_source="As it was first",
            body_html="<p>As it was first</p>",
            replaced_by=friend.id,
            replaced_at=clock.now(),
        )
    )
    wordings = "earlier-wordings" if format == "csv" else "earlier wordings"

    tables = taken(client.sign_in(moderator), challenge, format)

    assert list(tables) == ["challenge", "ideas", "comments", "decisions", wordings]
    (earlier,) = tables[wordings]
    assert (earlier["Idea"], earlier["Text"]) == (str(idea.id), "As it was first")
    assert earlier["Title"] in ("'@SUM(1)", "@SUM(1)")
    assert (earlier["Changed by"], earlier["Seen by"]) == (friend.name, "Everybody")
    first, second, third = tables["ideas"]
    assert first["Idea"] == str(idea.id)
    assert first["Title"] in ("'=1+1", "=1+1")
    assert first["Text"] == "Line one\nline two"
    assert first["Answers"] == "Who would it help?\n@everyone"
    assert (first["Author"], first["Organisation"], first["With"]) == (author.name, "Mill", friend.name)
    assert (first["Theme"], first["Tags"], first["Status"]) == ("Buses", "bus; winter", "Planned")
    assert (first["Thumbs up"], first["Thumbs down"], first["Seen by"]) == ("5", "1", "Everybody")
    assert (first["Response"], first["Response by"]) == ("Yes: +1", moderator.name)
    assert first["Address"].startswith(f"{client.origin}/ideas/{idea.id}")
    assert (second["Idea"], second["Status"], second["Merged into"]) == (
        str(merged.id),
        "Merged",
        str(idea.id),
    )
    assert (third["Idea"], third["Status"], third["Seen by"]) == (
        str(hidden.id),
        "Hidden",
        "Moderators only",
    )
    said, answered = tables["comments"]
    assert (said["Comment"], said["Idea"]) == (str(comment.id), str(idea.id))
    assert said["Text"].lstrip("'") == "-2+3+cmd|' /C calc'!A0"
    assert (format == "csv") == said["Text"].startswith("'")
    assert answered["Reply to"] == str(reply.parent_id)
    (decision,) = tables["decisions"]
    assert (decision["From"], decision["To"], decision["Decided by"]) == ("New", "Planned", moderator.name)
    assert {row["What"]: row["Value"] for row in tables["challenge"]}["Question"] == "What would help?"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "challenge exported")).one()
    assert (entry.actor_id, entry.subject_id, entry.details) == (
        moderator.id,
        challenge.id,
        {"format": format},
    )


def test_what_was_said_to_authors_alone_is_marked_and_no_response(client: Client) -> None:
    challenge = make_challenge("in review")
    idea = make_idea(challenge)
    make_decision(idea, "draft", from_status="waiting for approval", response="It named a patient")
    make_decision(idea, "new", from_status="waiting for approval")
    tables = taken(client.sign_in(make_moderator()), challenge, "csv")
    assert [row["Seen by"] for row in tables["decisions"]] == ["Moderators only", "Everybody"]
    assert [row["Response"] for row in tables["ideas"]] == [""]


@pytest.mark.parametrize("format", exports.FORMATS)
def test_nobody_is_told_of_in_it_who_asked_not_to_be(client: Client, format: str) -> None:
    challenge = make_challenge("in review")
    left = make_member(make_organisation(short_name="Mill"))
    voter = make_member()
    idea = make_idea(challenge, left)
    saved(IdeaDecision(idea_id=idea.id, from_status="new", to_status="under review",
                       decided_by=left.id, at=clock.now()))  # fmt: skip
    removed = make_comment(idea, make_member(), body_source="Something to take back")
    removed.deleted_at = clock.now()
    make_vote(idea, voter)
    left.is_active, left.shown_as_former = False, True
    db.session.commit()
    tables = taken(client.sign_in(make_moderator()), challenge, format)
    everything = str(tables)
    assert left.name not in everything
    assert "Mill" not in everything
    assert voter.name not in everything
    assert "Something to take back" not in everything
    assert tables["ideas"][0]["Author"] == "A former colleague"
    assert tables["decisions"][0]["Decided by"] == "A former colleague"
    assert tables["comments"][0]["Text"] == "Removed by its author"


def test_members_cannot_take_it(client: Client) -> None:
    challenge = make_challenge("in review")
    client.sign_in(make_member())
    client.post(f"/moderation/challenges/{challenge.id}/export", {"format": "csv"}, status=403)
    client.sign_in(make_moderator())
    client.post(f"/moderation/challenges/{challenge.id}/export", {"format": "pdf"}, status=400)
    client.post("/moderation/challenges/999/export", {"format": "csv"}, status=404)
    assert not db.session.scalars(select(AuditEntry)).all()


def test_a_large_challenge_is_read_in_parts_that_fit_in_memory(client: Client) -> None:
    challenge, author = make_challenge("in review"), make_member()
    now, words = clock.now(), "A sentence of some length about what would help. " * 20
    db.session.execute(
        insert(Idea),
        [
            {
                "challenge_id": challenge.id,
                "author_id": author.id,
                "title": f"Idea {number}",
                "body_source": words,
                "body_html": "",
                "excerpt": "",
                "status": "new",
                "listed": True,
                "created_at": now,
                "published_at": now,
                "answers": [],
            }
            for number in range(2 * exports.BATCH + 7)
        ],
    )
    ids = db.session.scalars(select(Idea.id).where(Idea.challenge_id == challenge.id).order_by(Idea.id)).all()
    db.session.execute(
        insert(Comment),
        [
            {
                "idea_id": idea_id,
                "author_id": author.id,
                "path": f"{place:010d}",
                "body_source": words,
                "body_html": "",
                "created_at": now,
            }
            for idea_id in ids
            for place in range(4)
        ],
    )
    db.session.commit()
    path = f"/moderation/challenges/{challenge.id}/export"
    client.sign_in(make_moderator()).token()
    tracemalloc.start()
    answer = client.post(path, {"format": "csv"}, status=200).response
    _size, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    tables = _from_zip(answer.data)
    assert [int(row["Idea"]) for row in tables["ideas"]] == list(ids)
    assert len(tables["comments"]) == 4 * len(ids)
    assert len({row["Comment"] for row in tables["comments"]}) == 4 * len(ids)
    # The texts alone are five times as much.
    assert most < 12_000_000 < 5 * len(ids) * len(words) * 3
