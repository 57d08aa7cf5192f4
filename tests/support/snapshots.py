"""Every row of the tables that a merge touches, to be compared with what they are later."""

from typing import Any, NamedTuple

from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.comments.models import Comment
from talking_together.extensions import db
from talking_together.following.models import IdeaFollow
from talking_together.ideas.models import Idea, IdeaCoAuthor, IdeaTag
from talking_together.points.models import PointEntry
from talking_together.votes.models import CommentVote, IdeaVote

TABLES = (Idea, IdeaVote, Comment, CommentVote, IdeaFollow, IdeaCoAuthor, IdeaTag, PointEntry, Challenge)


class Difference(NamedTuple):
    """A value that is not what it was; a row that is on one side only has no column."""

    table: str
    key: tuple[Any, ...]
    column: str
    before: Any
    after: Any


Rows = dict[str, dict[tuple[Any, ...], dict[str, Any]]]


def snapshot() -> Rows:
    """Return every row of the tables, by the table's name and the row's key."""
    db.session.commit()
    rows = {model.__tablename__: _rows_of(model.__table__) for model in TABLES}
    # Of a member the balance alone: sessions and the like go on.
    balances = select(Member.id, Member.points).where(Member.points != 0)
    rows["members"] = {(row.id,): {"points": row.points} for row in db.session.execute(balances)}
    db.session.commit()
    return rows


def differences(before: Rows, after: Rows) -> list[Difference]:
    """Return every value that differs between two snapshots."""
    found = []
    for table in before.keys() | after.keys():
        one, other = before.get(table, {}), after.get(table, {})
        for key in one.keys() | other.keys():
            if key not in one or key not in other:
                found.append(Difference(table, key, "", one.get(key), other.get(key)))
                continue
            found += [
                Difference(table, key, column, value, other[key][column])
                for column, value in one[key].items()
                if value != other[key][column]
            ]
    return sorted(found, key=repr)


def _rows_of(table: Any) -> dict[tuple[Any, ...], dict[str, Any]]:
    keys = [column.name for column in table.primary_key]
    return {
        tuple(row[name] for name in keys): dict(row) for row in db.session.execute(select(table)).mappings()
    }
