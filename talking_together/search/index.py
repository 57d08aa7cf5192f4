"""The index that migration 0004 makes and the database itself keeps: its tables and their numbers.

No model describes these tables, as they differ from one database to the other. A document's id is
that of the thing times four, plus a number for its kind.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, TableClause, Text, column, table
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR

KINDS = {"challenge": 1, "idea": 2, "comment": 3}
KIND_OF = {number: kind for kind, number in KINDS.items()}
BASE = 4

_PREFIXES = ("search_documents", "search_likeness", "search_titles")


@dataclass(frozen=True, slots=True)
class Index:
    """The tables of one database: on SQLite FTS5 tables, on PostgreSQL tables with a tsvector."""

    dialect: str
    documents: TableClause
    likeness: TableClause

    @property
    def document_id(self) -> ColumnElement[int]:
        """Return the column that holds the id of a document."""
        return self.documents.c["rowid" if self.dialect == "sqlite" else "id"]

    @property
    def likeness_id(self) -> ColumnElement[int]:
        """Return the column that holds the id of an idea among those that may be alike."""
        return self.likeness.c["rowid" if self.dialect == "sqlite" else "idea_id"]

    def place(self, kind: str, challenge_id: int) -> Any:
        """Return what a document holds to be found among those of its kind and challenge."""
        if self.dialect == "sqlite":
            return f"kind{KINDS[kind]} challenge{challenge_id}"
        return [f"kind:{KINDS[kind]}", f"challenge:{challenge_id}"]


@cache
def index(dialect: str) -> Index:
    """Return the tables of a dialect."""
    texts = ("title", "keywords", "body")
    if dialect == "sqlite":
        return Index(
            dialect,
            _table("search_documents", "rowid", *texts, "place"),
            _table("search_likeness", "rowid", "title", "excerpt"),
        )
    return Index(
        dialect,
        _table("search_documents", "id", *texts, place=ARRAY(Text), words=TSVECTOR),
        _table("search_likeness", "idea_id", "title", "excerpt", challenge_id=BigInteger, words=TSVECTOR),
    )


def _table(name: str, id: str, *texts: str, **others: Any) -> TableClause:
    columns = {id: BigInteger, **dict.fromkeys(texts, Text), **others}
    return table(name, *(column(each, type_) for each, type_ in columns.items()))


def is_modelled(name: str | None, type_: str, _parents: Any) -> bool:
    """Return whether a name in the database is one that the models describe, for Alembic."""
    return not (type_ == "table" and name is not None and name.startswith(_PREFIXES))


def thing_of(document: int) -> tuple[str, int]:
    """Return the kind and the id of what a document stands for."""
    return KIND_OF[document % BASE], document // BASE
