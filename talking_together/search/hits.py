"""Which documents have the words, how well, and where the words stand: what differs by database.

Of each kind the newest that have the words are ranked, up to a bound, so that a word which
everything has costs no more than any other.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Float, Text, bindparam, column, text

from talking_together.search.index import KINDS
from talking_together.search.words import Asked, match_of, tsquery_of

# How many documents of each kind are ranked.
MOST_RANKED = 2_000
# Of as good a hit, the challenge comes before the idea, and the idea before the comment.
WEIGHT_OF = {"challenge": 1.3, "idea": 1.0, "comment": 0.6}
# What was found stands between these; nobody can have typed them.
BEGIN, END = "\x02", "\x03"

_FOUND = {
    "sqlite": """
        SELECT rowid AS document, -bm25(search_documents, 10.0, 4.0, 1.0, 0.0) * {weight} AS score
        FROM search_documents WHERE search_documents MATCH :{kind}_words ORDER BY rowid DESC LIMIT {most}
    """,
    # In this order by a sum: an index read backwards would look at every newer document.
    "postgresql": """
        SELECT id AS document, score_of(words) * {weight} AS score FROM (
            SELECT id, words FROM search_documents
            WHERE words @@ (to_tsquery('search_english', :words) && CAST(:{kind}_words AS tsquery))
            ORDER BY id + 0 DESC LIMIT {most}
        ) AS newest
    """.replace(
        "score_of(words)",
        "ts_rank('{{0.1, 0.3, 0.4, 1.0}}'::real[], words, to_tsquery('search_english', :words), 1)",
    ),
}
_SHOWN = {
    "sqlite": """
        SELECT rowid AS document, highlight(search_documents, 0, char(2), char(3)) AS title,
            highlight(search_documents, 1, char(2), char(3)) AS keywords,
            snippet(search_documents, 2, char(2), char(3), '…', 36) AS body
        FROM search_documents WHERE search_documents MATCH :words AND rowid IN :documents
    """,
    "postgresql": """
        SELECT id AS document, ts_headline('search_english', {title}, query, {whole}) AS title,
            ts_headline('search_english', keywords, query, {whole}) AS keywords,
            ts_headline('search_english', {body}, query, {part}) AS body
        FROM search_documents, to_tsquery('search_english', :words) AS query WHERE id IN :documents
    """.format(  # noqa: S608 - of our own words
        # Nothing is a tag to the parser, which would leave it out; the page drops the sign again.
        title="replace(title, '<', '<' || chr(1))",
        body="replace(left(body, 20000), '<', '<' || chr(1))",
        whole=f"'HighlightAll=true, StartSel={BEGIN}, StopSel={END}'",
        part=f"'MaxWords=36, MinWords=20, StartSel={BEGIN}, StopSel={END}'",
    ),
}


def found(dialect: str, kind: str) -> Any:
    """Return the part of a statement that has `document` and `score` of what has the words."""
    statement = _FOUND[dialect].format(kind=kind, weight=WEIGHT_OF[kind], most=MOST_RANKED)
    return text(statement).columns(column("document", BigInteger), column("score", Float)).subquery(kind)


def values_of(dialect: str, asked: Asked, within: Sequence[int] | None, *, any_word: bool) -> dict[str, str]:
    """Return the values that `found` is run with; `within` names challenges, None for every one."""
    if dialect == "sqlite":
        words = f"{{title keywords body}} : ({match_of(asked, any_word=any_word)})"
        place = (
            "" if within is None else " AND place : (" + " OR ".join(f"challenge{id}" for id in within) + ")"
        )
        return {f"{kind}_words": f"{words} AND place : kind{number}{place}" for kind, number in KINDS.items()}
    place = "" if within is None else " & (" + " | ".join(f"'challenge:{id}'" for id in within) + ")"
    return {
        "words": tsquery_of(asked, any_word=any_word),
        **{f"{kind}_words": f"'kind:{number}'{place}" for kind, number in KINDS.items()},
    }


def shown(dialect: str) -> Any:
    """Return the part of a statement that has the texts of documents, what was found in them marked."""
    texts = [column(name, Text) for name in ("title", "keywords", "body")]
    statement = text(_SHOWN[dialect]).bindparams(bindparam("documents", expanding=True))
    return statement.columns(column("document", BigInteger), *texts).subquery("shown")


def shown_values(dialect: str, asked: Asked, documents: Sequence[int], *, any_word: bool) -> dict[str, Any]:
    """Return the values that `shown` is run with."""
    words = (match_of if dialect == "sqlite" else tsquery_of)(asked, any_word=any_word)
    return {"words": words, "documents": list(documents)}
