"""The ideas of a challenge that share the most telling words of a text, at a bounded cost.

SQLite ranks them by FTS5's own weighing. PostgreSQL has none that knows how telling a word is: the
newest ideas of the challenge say how common each is, and how many of the most telling an idea must
have so that not too many are looked at.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import text

from talking_together.core.database import dialect_name
from talking_together.extensions import db

# On PostgreSQL: how many ideas tell how common a word is, how many are weighed, and of how many
# common words an idea is asked for several.
SAMPLE = 400
MOST_LOOKED_AT = 800
MOST_TOGETHER = 6


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of the candidates, how many ideas have each of the words, and how many there are."""

    ids: list[int]
    having: list[int]
    total: int


def sharing(words: list[str], challenge_id: int, *, size: int) -> Found:
    """Return up to `size` listed ideas of a challenge that have any of the words.

    The words are letters and digits alone, as `search.words` makes them.
    """
    if dialect_name() == "sqlite":
        return _on_sqlite(words, challenge_id, size)
    return _on_postgresql(words, challenge_id, size)


def _on_sqlite(words: list[str], challenge_id: int, size: int) -> Found:
    place = f'AND place : "challenge{challenge_id}"'
    values = {
        **{f"word{number}": f'{{title excerpt}} : "{word}" {place}' for number, word in enumerate(words)},
        "any": "{title excerpt} : (" + " OR ".join(f'"{word}"' for word in words) + f") {place}",
        "all": f'place : "challenge{challenge_id}"',
        "size": size,
    }
    counts = " UNION ALL ".join(
        f"SELECT {-number}, count(*) FROM search_likeness WHERE search_likeness MATCH :{name}"  # noqa: S608
        for number, name in enumerate(["all", *(f"word{number}" for number in range(len(words)))], start=1)
    )
    rows = db.session.execute(
        text(
            f"{counts} UNION ALL SELECT * FROM (SELECT rowid, 0 FROM search_likeness "  # noqa: S608
            "WHERE search_likeness MATCH :any ORDER BY bm25(search_likeness, 2.0, 1.0, 0.0) LIMIT :size)"
        ),
        values,
    ).all()
    total, *having = (rows[number][1] for number in range(len(words) + 1))
    return Found([row[0] for row in rows[len(words) + 1 :]], having, total)


def _on_postgresql(words: list[str], challenge_id: int, size: int) -> Found:
    each = [f"'{word}'" for word in words]
    values: dict[str, Any] = {f"word{number}": word for number, word in enumerate(each)}
    values |= {"challenge": challenge_id, "size": size, "sample": SAMPLE, "most": MOST_LOOKED_AT}
    having = [f"(words @@ to_tsquery('search_english', :word{number}))" for number in range(len(words))]
    bits = " + ".join(f"{has}::int * {1 << number}" for number, has in enumerate(having))
    rows = db.session.execute(
        text(
            "SELECT has, count(*) AS many, "  # noqa: S608
            "(SELECT ideas_count FROM challenges WHERE id = :challenge) AS total "
            f"FROM (SELECT {bits} AS has FROM (SELECT words FROM search_likeness "
            "WHERE challenge_id BETWEEN :challenge AND :challenge "
            # By both, so that none but the index of both will do.
            "ORDER BY challenge_id DESC, idea_id DESC LIMIT :sample) AS newest) AS looked_at "
            "GROUP BY has"
        ),
        values,
    ).all()
    sampled = sum(row.many for row in rows)
    if not sampled:
        return Found([], [0] * len(words), 0)
    total = max(rows[0].total, sampled)
    shares = [
        sum(row.many for row in rows if row.has >> number & 1) / sampled for number in range(len(words))
    ]
    weights = [math.log1p(1 / max(share, 1 / total)) for share in shares]
    values["any"] = _asked(each, rows, [share * total for share in shares], total / sampled)
    weighed = " + ".join(f"{has}::int * {weights[number]:.4f}" for number, has in enumerate(having))
    ids = db.session.scalars(
        text(
            "SELECT idea_id FROM (SELECT idea_id, words FROM search_likeness WHERE challenge_id = :challenge "  # noqa: S608
            "AND words @@ to_tsquery('search_english', :any) LIMIT :most) AS sharing "
            f"ORDER BY {weighed} DESC, idea_id DESC LIMIT :size"
        ),
        values,
    ).all()
    return Found(list(ids), [round(share * total) for share in shares], total)


def _asked(each: list[str], rows: Sequence[Any], having: list[float], times: float) -> str:
    """Return the question that finds candidates: a rare word alone, or several common ones together.

    `rows` say how many of the sample have which words, `times` how many ideas each of it stands for.
    """
    rare = [number for number, many in enumerate(having) if many <= MOST_LOOKED_AT / 10]
    others = sorted((number for number in range(len(each)) if number not in rare), key=having.__getitem__)

    def found_by(least: int, among: list[int]) -> float:
        return times * sum(
            row.many for row in rows if sum(row.has >> number & 1 for number in among) >= least
        )

    least = 1
    if found_by(1, others) > MOST_LOOKED_AT:
        others = others[:MOST_TOGETHER]
        least = next(
            (least for least in range(2, len(others)) if found_by(least, others) <= MOST_LOOKED_AT),
            len(others),
        )
    together = [
        "(" + " & ".join(each[number] for number in chosen) + ")" for chosen in combinations(others, least)
    ]
    return " | ".join([*(each[number] for number in rare), *together])
