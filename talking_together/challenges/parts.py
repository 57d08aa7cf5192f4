"""What hangs on a challenge in rows of its own: audience, prompts, themes, who looks after it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, insert, select, update

from talking_together.challenges.contents import Content, Theme, audiences_of
from talking_together.challenges.models import (
    ChallengeGroup,
    ChallengeModerator,
    ChallengeOrganisation,
    ChallengePrompt,
    ChallengeTheme,
)
from talking_together.core.errors import InvalidInput
from talking_together.extensions import db


def put_parts(challenge_id: int, content: Content) -> dict[str, Any]:
    """Make the parts of a challenge those of the content; return what changed, as the log keeps it.

    The caller holds the challenge's lock.
    """
    parts: tuple[tuple[str, Callable[[int, Content], tuple[Any, Any]]], ...] = (
        ("put to", _put_audience),
        ("prompts", _put_prompts),
        ("themes", _put_themes),
        ("looked after by", _put_moderators),
    )
    changes = {}
    for name, put in parts:
        before, after = put(challenge_id, content)
        if before != after:
            changes[name] = {"from": before, "to": after}
    return changes


def _put_audience(challenge_id: int, content: Content) -> tuple[Any, Any]:
    before: dict[str, list[int]] = {}
    for model, name in ((ChallengeOrganisation, "organisation_id"), (ChallengeGroup, "group_id")):
        mine = model.challenge_id == challenge_id
        ids = db.session.scalars(delete(model).where(mine).returning(getattr(model, name)))
        if found := sorted(ids):
            before[model.__tablename__.removeprefix("challenge_")] = found
    after = {}
    for model, name, ids_wanted in audiences_of(content):
        if ids_wanted:
            rows = [{"challenge_id": challenge_id, name: id} for id in ids_wanted]
            db.session.execute(insert(model), rows)
            after[model.__tablename__.removeprefix("challenge_")] = ids_wanted
    return before or "everyone", after or "everyone"


def _put_prompts(challenge_id: int, content: Content) -> tuple[Any, Any]:
    """A place keeps its row, so that the answers of before still know which prompt they were to."""
    before = {
        row.place: row.words
        for row in db.session.execute(
            select(ChallengePrompt.place, ChallengePrompt.words)
            .where(ChallengePrompt.challenge_id == challenge_id)
            .order_by(ChallengePrompt.place)
        )
    }
    after = {place: words for place, words in enumerate(content.prompts, start=1) if words}
    mine = ChallengePrompt.challenge_id == challenge_id
    if gone := before.keys() - after.keys():
        db.session.execute(delete(ChallengePrompt).where(mine, ChallengePrompt.place.in_(gone)))
    for place, words in after.items():
        if place not in before:
            db.session.execute(
                insert(ChallengePrompt).values(challenge_id=challenge_id, place=place, words=words)
            )
        elif before[place] != words:
            db.session.execute(
                update(ChallengePrompt).where(mine, ChallengePrompt.place == place).values(words=words)
            )
    return list(before.values()), list(after.values())


def _put_themes(challenge_id: int, content: Content) -> tuple[Any, Any]:
    before: dict[int, str] = {
        row.id: row.name
        for row in db.session.execute(
            select(ChallengeTheme.id, ChallengeTheme.name)
            .where(ChallengeTheme.challenge_id == challenge_id)
            .order_by(ChallengeTheme.id)
        )
    }
    wanted = [theme for theme in content.themes if theme.name]
    kept = {theme.id: theme.name for theme in wanted if theme.id is not None}
    if not kept.keys() <= before.keys():
        raise InvalidInput("One of these themes is not there any more. Name it anew", field="themes")
    if gone := before.keys() - kept.keys():
        # Ideas that were filed under it are then under none.
        db.session.execute(delete(ChallengeTheme).where(ChallengeTheme.id.in_(gone)))
    renamed = [Theme(name, id) for id, name in kept.items() if before[id] != name]
    # Two themes may change their names with each other, and a name stands once.
    for theme in [*(Theme(f"#{theme.id}", theme.id) for theme in renamed), *renamed]:
        db.session.execute(
            update(ChallengeTheme).where(ChallengeTheme.id == theme.id).values(name=theme.name)
        )
    if new := [theme.name for theme in wanted if theme.id is None]:
        rows = [{"challenge_id": challenge_id, "name": name} for name in new]
        db.session.execute(insert(ChallengeTheme), rows)
    return sorted(before.values()), sorted([*kept.values(), *new])


def _put_moderators(challenge_id: int, content: Content) -> tuple[Any, Any]:
    mine = ChallengeModerator.challenge_id == challenge_id
    before = set(db.session.scalars(select(ChallengeModerator.member_id).where(mine)))
    if gone := before - content.moderator_ids:
        db.session.execute(delete(ChallengeModerator).where(mine, ChallengeModerator.member_id.in_(gone)))
    if new := content.moderator_ids - before:
        rows = [{"challenge_id": challenge_id, "member_id": id} for id in sorted(new)]
        db.session.execute(insert(ChallengeModerator), rows)
    return sorted(before), sorted(content.moderator_ids)
