"""Writing down what members have reached, and that something is reached no more."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.core.database import insert_into
from talking_together.core.statements import run
from talking_together.extensions import db
from talking_together.milestones.facts import facts
from talking_together.milestones.models import Milestone
from talking_together.notifications.services import notify_many, unsay_unheard

# What was reached longer ago is shown, and told to nobody: it is no news.
NEWS_FOR = timedelta(days=7)

_WHAT = ("reached_at", "idea_id", "comment_id")


def settle_milestones(member_ids: Collection[int]) -> None:
    """Let the milestones of members be what the facts say; the caller holds the members' rows.

    What is reached again after it was taken back stands again, with its new date, and is told once.
    """
    found = {(row.member_id, row.kind): row for row in db.session.execute(facts(member_ids))}
    columns = [getattr(Milestone, name) for name in _WHAT]
    rows = db.session.execute(
        select(Milestone.member_id, Milestone.kind, Milestone.taken_back_at, *columns).where(
            Milestone.member_id.in_(member_ids)
        )
    )
    kept = {(row.member_id, row.kind): row for row in rows}
    standing = {key for key, row in kept.items() if row.taken_back_at is None}
    _write(row for key, row in found.items() if key not in standing or _what(row) != _what(kept[key]))
    _take_back(standing - found.keys())
    _tell([row for key, row in found.items() if key not in standing])


def _what(row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in _WHAT)


def _write(rows: Iterable[Any]) -> None:
    values = [
        {"member_id": row.member_id, "kind": row.kind, **dict(zip(_WHAT, _what(row), strict=True))}
        for row in rows
    ]
    if values:
        new = insert_into(Milestone)
        run(
            new.on_conflict_do_update(
                index_elements=["member_id", "kind"],
                set_={**{name: new.excluded[name] for name in _WHAT}, "taken_back_at": None},
            ),
            values,
        )


def _take_back(keys: Collection[tuple[int, str]]) -> None:
    if not keys:
        return
    table: Any = Milestone.__table__
    run(
        update(table)
        .where(table.c.member_id == bindparam("whose"), table.c.kind == bindparam("which"))
        .values(taken_back_at=clock.now()),
        [{"whose": member_id, "which": kind} for member_id, kind in sorted(keys)],
    )
    unsay_unheard([_told_key(kind, member_id) for member_id, kind in keys])


def _tell(rows: Collection[Any]) -> None:
    """Tell members of what they reached lately, unless they see no points anywhere."""
    since = clock.now() - NEWS_FOR
    news: dict[str, list[int]] = {}
    for row in rows:
        if row.reached_at >= since:
            news.setdefault(row.kind, []).append(row.member_id)
    if not news:
        return
    ids = {member_id for members in news.values() for member_id in members}
    listening = set(
        db.session.scalars(
            select(Member.id).where(Member.id.in_(ids), Member.is_active, ~Member.hides_points)
        )
    )
    for kind, members in sorted(news.items()):
        notify_many(
            listening & set(members),
            f"milestone {kind}",
            fact_key_of=lambda member_id, kind=kind: _told_key(kind, member_id),  # type: ignore[misc]
        )


def _told_key(kind: str, member_id: int) -> str:
    return f"milestone:{kind}:{member_id}"
