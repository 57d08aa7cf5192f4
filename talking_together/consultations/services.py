"""Brings an exported consultation in as a challenge with ideas and votes.

Everybody in it is a member without a sign-in name; they earn no points, since they took part
elsewhere. What is here already is recognised by the export's own ids, so that a second run
changes nothing and a fuller export adds what is new.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, insert, select

from talking_together.accounts.models import Member
from talking_together.audit.services import record
from talking_together.challenges.models import Challenge
from talking_together.consultations.export_files import (
    Ballot,
    Statement,
    Unreadable,
    read_ballots,
    read_statements,
    read_topic,
)
from talking_together.consultations.ranks import rank_ideas
from talking_together.consultations.report import Report
from talking_together.core import clock, rich_text
from talking_together.core.database import insert_into, locked
from talking_together.core.errors import InvalidInput
from talking_together.extensions import db
from talking_together.ideas import ranking
from talking_together.ideas.models import Idea
from talking_together.votes.models import IdeaVote

STATUS_OF = {1: "new", 0: "waiting for approval", -1: "hidden"}
END_OF = {1: "published", 0: "waiting for approval", -1: "hidden"}
TITLE_LENGTH = 150
BATCH = 1_000
_MARKUP = re.compile(r"([\\`*_\[\]<>#&!|~])|^(\s*)([-+]|\d+[.)])(?=\s)", re.MULTILINE)


def import_consultation(folder: Path, *, title: str) -> Report:
    """Bring the export in a folder into the challenge of that title, made if there is none.

    Raises InvalidInput when a file or a column is missing or the title is not usable.
    """
    report = Report()
    statements = _readable_statements(folder, report)
    ballots = _readable_ballots(folder, report)
    challenge = _challenge(title, read_topic(folder), statements, ballots)
    report.challenge_id = challenge.id
    source = f"challenge {challenge.id}"
    members = _members(
        source,
        [statement.author for statement in statements.values()] + [ballot.voter for ballot in ballots],
    )
    ideas = _add_ideas(challenge, statements, members, report)
    _add_votes(ballots, statements, ideas, members, report)
    rank_ideas(challenge.id)
    if report.changed:
        record(
            None,
            "consultation imported",
            subject_type="challenge",
            subject_id=challenge.id,
            subject_label=challenge.title,
            details={"statements": dict(report.statements), "votes": dict(report.votes)},
        )
    return report


def _readable_statements(folder: Path, report: Report) -> dict[str, Statement]:
    found: dict[str, Statement] = {}
    for row in read_statements(folder / "comments.csv"):
        if isinstance(row, Unreadable):
            unreadable = row
        elif row.id in found:
            reason = f"statement {row.id} stands on line {found[row.id].line:,} already"
            unreadable = Unreadable("comments.csv", row.line, reason)
        else:
            found[row.id] = row
            continue
        report.statements["unreadable"] += 1
        report.unreadable.append(unreadable)
    return found


def _readable_ballots(folder: Path, report: Report) -> list[Ballot]:
    """Return each person's last vote on each statement, by time and then by place in the file."""
    last: dict[tuple[str, str], Ballot] = {}
    for row in read_ballots(folder / "votes.csv"):
        if isinstance(row, Unreadable):
            report.votes["unreadable"] += 1
            report.unreadable.append(row)
            continue
        key = (row.statement, row.voter)
        earlier = last.get(key)
        if earlier is not None:
            report.votes["replaced by a later vote"] += 1
        if earlier is None or row.at >= earlier.at:
            last[key] = row
    return list(last.values())


def _challenge(title: str, topic: str, statements: dict[str, Statement], ballots: list[Ballot]) -> Challenge:
    title = " ".join(title.split())
    if not title or len(title) > TITLE_LENGTH or not title.isprintable():
        raise InvalidInput(f"The challenge’s title must be 1 to {TITLE_LENGTH} plain characters")
    found = db.session.scalars(
        locked(select(Challenge).where(func.lower(Challenge.title) == func.lower(title)))
    ).all()
    if len(found) > 1:
        raise InvalidInput("More than one challenge has that title: rename all but one first")
    if found:
        return found[0]
    times = [row.at for row in statements.values()] + [row.at for row in ballots]
    if not times:
        raise InvalidInput("There is no readable row in comments.csv or votes.csv")
    brief = f"Brought from an earlier consultation: {_escaped(topic or title)}"
    challenge = Challenge(
        title=title,
        summary=(topic or title)[:300],
        brief_source=brief,
        brief_html=rich_text.render(brief),
        is_published=True,
        opens_at=min(times),
        closes_at=max(times) + timedelta(seconds=1),
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    db.session.add(challenge)
    db.session.flush()  # its ideas need the id
    return challenge


def _members(source: str, ids: list[str]) -> dict[str, int]:
    """Return the member id of everybody in the export, made where they are not here yet."""
    known = _known_members(source)
    missing = [one for one in dict.fromkeys(ids) if one not in known]
    now = clock.now()
    _insert(
        Member,
        (
            {
                "name": f"Participant {one}",
                "joined_at": now,
                "is_active": False,
                "deactivated_at": now,
                "imported_from": source,
                "imported_id": one,
            }
            for one in missing
        ),
    )
    return _known_members(source) if missing else known


def _known_members(source: str) -> dict[str, int]:
    rows = db.session.execute(select(Member.imported_id, Member.id).where(Member.imported_from == source))
    return {row.imported_id: row.id for row in rows}


def _add_ideas(
    challenge: Challenge, statements: dict[str, Statement], members: dict[str, int], report: Report
) -> dict[str, int]:
    """Add the statements that are not here yet and return every imported idea's id."""
    known = _known_ideas(challenge.id)
    new = [statement for statement in statements.values() if statement.id not in known]
    report.statements["here already"] += len(statements) - len(new)
    report.statements.update(END_OF[statement.moderated] for statement in new)
    _insert(Idea, (_idea_row(challenge.id, one, members[one.author]) for one in new))
    return _known_ideas(challenge.id) if new else known


def _known_ideas(challenge_id: int) -> dict[str, int]:
    rows = db.session.execute(
        select(Idea.imported_id, Idea.id).where(
            Idea.challenge_id == challenge_id, Idea.imported_id.is_not(None)
        )
    )
    return {row.imported_id: row.id for row in rows}


def _idea_row(challenge_id: int, statement: Statement, author_id: int) -> dict[str, Any]:
    line = " ".join(statement.text.split())
    fits = len(line) <= TITLE_LENGTH
    # A statement that is its own title has nothing more to say below it.
    source = "" if fits else _escaped(statement.text)
    return {
        "challenge_id": challenge_id,
        "author_id": author_id,
        "title": line if fits else line[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…",
        "body_source": source,
        "body_html": rich_text.render(source),
        "excerpt": rich_text.excerpt_of(source),
        "status": STATUS_OF[statement.moderated],
        "listed": statement.moderated == 1,
        "created_at": statement.at,
        "published_at": statement.at,
        "trending": ranking.trending_of(1.0, statement.at),
        "imported_id": statement.id,
    }


def _add_votes(
    ballots: list[Ballot],
    statements: dict[str, Statement],
    ideas: dict[str, int],
    members: dict[str, int],
    report: Report,
) -> None:
    standing = _standing_votes(ideas)
    new: list[dict[str, Any]] = []
    for ballot in ballots:
        end, row = _judge(ballot, statements, ideas, members, standing)
        report.votes[end] += 1
        if row is not None:
            new.append(row)
    statement = insert_into(IdeaVote)
    statement = statement.on_conflict_do_update(
        index_elements=["idea_id", "member_id"],
        set_={"value": statement.excluded.value, "cast_at": statement.excluded.cast_at},
    )
    for start in range(0, len(new), BATCH):
        db.session.execute(statement, new[start : start + BATCH])


def _judge(
    ballot: Ballot,
    statements: dict[str, Statement],
    ideas: dict[str, int],
    members: dict[str, int],
    standing: dict[tuple[int, int], tuple[int, datetime]],
) -> tuple[str, dict[str, Any] | None]:
    """Return what becomes of a person's last vote, and the row to write if there is one."""
    statement = statements.get(ballot.statement)
    if statement is None or ballot.statement not in ideas:
        return "on a statement that did not come in", None
    if statement.author == ballot.voter:
        return "on one’s own statement", None
    if ballot.value == 0:
        return "passed", None
    key = (ideas[ballot.statement], members[ballot.voter])
    row = {"idea_id": key[0], "member_id": key[1], "value": ballot.value, "cast_at": ballot.at}
    if key not in standing:
        return "kept", row
    if standing[key][0] == ballot.value or standing[key][1] >= ballot.at:
        return "here already", None
    return "brought up to date", row


def _standing_votes(ideas: dict[str, int]) -> dict[tuple[int, int], tuple[int, datetime]]:
    found: dict[tuple[int, int], tuple[int, datetime]] = {}
    ids = list(ideas.values())
    for start in range(0, len(ids), BATCH):
        rows = db.session.execute(
            select(IdeaVote.idea_id, IdeaVote.member_id, IdeaVote.value, IdeaVote.cast_at).where(
                IdeaVote.idea_id.in_(ids[start : start + BATCH])
            )
        )
        found.update({(row.idea_id, row.member_id): (row.value, row.cast_at) for row in rows})
    return found


def _insert(model: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    table: Table = model.__table__
    every = list(rows)
    for start in range(0, len(every), BATCH):
        db.session.execute(insert(table), every[start : start + BATCH])


def _escaped(text: str) -> str:
    """Return plain text as Markdown that shows it as it is."""
    return _MARKUP.sub(lambda found: f"\\{found[1]}" if found[1] else _escaped_marker(found), text)


def _escaped_marker(found: re.Match[str]) -> str:
    marker = found[3]
    return f"{found[2]}{marker[:-1]}\\{marker[-1]}"
