"""The database keeps the index: whatever is written, by whatever way, `verify` finds it there."""

import pytest
from flask import Flask
from sqlalchemy import delete, text, update

from talking_together.challenges.models import Challenge
from talking_together.comments.models import Comment
from talking_together.core.database import dialect_name
from talking_together.extensions import db
from talking_together.ideas.models import Idea, IdeaTag
from talking_together.search.recounts import drift
from tests.factories import make_challenge, make_comment, make_idea
from tests.factories.rows import saved

ANSWERS = [{"prompt": 1, "words": "Who would it help?", "source": "Everybody on night shifts"}]


def differences() -> list[str]:
    found = [f"{label}: {kept!r}, {said!r}" for label, kept, said in drift()]
    db.session.rollback()
    return found


def test_what_is_written_is_in_the_index(app: Flask) -> None:
    idea = make_idea(answers=ANSWERS)
    make_idea(idea.challenge_id and db.session.get(Challenge, idea.challenge_id), status="draft")
    saved(IdeaTag(idea_id=idea.id, tag="night shifts"))
    saved(IdeaTag(idea_id=idea.id, tag="parking"))
    make_comment(idea)
    assert differences() == []


def test_what_changes_changes_in_the_index(app: Flask) -> None:
    idea = make_idea()
    comment = make_comment(idea)
    tag = saved(IdeaTag(idea_id=idea.id, tag="parking"))
    for change in (
        update(Idea).values(title="A warmer welcome", excerpt="Say hello", body_source="Say hello to all"),
        update(Idea).values(answers=ANSWERS),
        update(Idea).values(status="withdrawn", listed=False),
        update(Idea).values(status="new", listed=True),
        update(Challenge).values(title="How do we welcome people?", brief_source="Think of day one"),
        update(Comment).where(Comment.id == comment.id).values(body_source="Day one matters"),
        delete(IdeaTag).where(IdeaTag.tag == tag.tag),
    ):
        db.session.execute(change)
        db.session.commit()
        assert differences() == [], str(change)


def test_what_is_deleted_leaves_the_index(app: Flask) -> None:
    idea = make_idea(status="draft")
    saved(IdeaTag(idea_id=idea.id, tag="parking"))
    comment = make_comment()
    db.session.execute(delete(Comment).where(Comment.id == comment.id))
    db.session.execute(delete(Idea).where(Idea.id == idea.id))
    db.session.execute(delete(Challenge).where(Challenge.id == make_challenge().id))
    db.session.commit()
    assert differences() == []


IDEA, COMMENT = "WHERE {id} = :idea * 4 + 2", "WHERE {id} = :comment * 4 + 3"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (f"UPDATE search_documents SET title = 'Other' {IDEA}", "idea {idea} in the index: title"),
        (f"DELETE FROM search_documents {IDEA}", "idea {idea} in the index: title"),
        (f"UPDATE search_documents SET body = 'Other' {COMMENT}", "comment {comment} in the index: body"),
        ("UPDATE search_likeness SET title = 'Other'", "idea {idea} among those alike"),
    ],
)
def test_verify_finds_an_index_that_was_changed_behind_its_back(app: Flask, change: str, found: str) -> None:
    idea = make_idea()
    comment = make_comment(idea)
    ids = {"idea": idea.id, "comment": comment.id}
    column = "rowid" if dialect_name() == "sqlite" else "id"
    used = {name: value for name, value in ids.items() if f":{name}" in change}
    db.session.execute(text(change.format(id=column)), used)
    db.session.commit()
    assert any(line.startswith(found.format(**ids)) for line in differences())


def test_verify_finds_a_document_that_stayed(app: Flask) -> None:
    column = "rowid" if dialect_name() == "sqlite" else "id"
    place = "'kind2 challenge1'" if dialect_name() == "sqlite" else "ARRAY['kind:2', 'challenge:1']"
    db.session.execute(
        text(
            f"INSERT INTO search_documents ({column}, title, keywords, body, place) "
            f"VALUES (4002, 'Gone', '', '', {place})"
        )
    )
    db.session.commit()
    assert differences() == ["idea 1000 in the index: 'there', 'gone'"]


def test_sqlite_finds_its_index_whole_after_many_changes(app: Flask) -> None:
    ideas = [make_idea() for _ in range(5)]
    for round in range(3):
        for idea in ideas:
            idea.title = f"Round {round} of {idea.id}"
        db.session.commit()
    db.session.delete(ideas[0])
    db.session.commit()
    if dialect_name() == "sqlite":
        for name in ("search_documents", "search_likeness", "search_titles"):
            db.session.execute(text(f"INSERT INTO {name} ({name}) VALUES ('integrity-check')"))
        db.session.rollback()
    assert differences() == []
