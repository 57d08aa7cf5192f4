"""Words near to one that nothing has: mistyped, or written otherwise here.

They come from the titles of challenges and ideas that the viewer may see, and from nowhere else:
an offered word tells of nothing that a list would not show.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, and_, case, column, literal_column, or_, select, text
from sqlalchemy import Text as Words

from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import viewer_values, visible_to_given
from talking_together.core.database import dialect_name
from talking_together.core.statements import run
from talking_together.ideas.models import Idea
from talking_together.search.index import BASE, KINDS
from talking_together.search.trigrams import similarity, trigrams_of
from talking_together.search.words import Asked, words_of

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

MOST_NEAR = 4
MOST_TITLES = 200
# Two words as unlike as this have hardly more than an ending in common.
NEAR = 0.3
SHORTEST = 3

_TITLES = {
    "sqlite": """
        SELECT rowid AS document, title FROM search_titles
        WHERE search_titles MATCH :trigrams ORDER BY rank LIMIT {most}
    """,
    "postgresql": """
        SELECT id AS document, title FROM search_documents
        WHERE title ILIKE ANY (CAST(:trigrams AS text[])) AND id % {base} < {comment}
        ORDER BY word_similarity(:word, title) DESC LIMIT {most}
    """,
}


def near_words(viewer: "Viewer", asked: Asked) -> tuple[str, ...]:
    """Return the words of titles that look most like the longest word asked for, in one statement."""
    word = max((piece for each in asked.words for piece in each.split()), key=len)
    # Only runs of letters: the marks of a beginning and an end stand in no title.
    runs = sorted(run for run in trigrams_of(word) if " " not in run)
    if len(word) < SHORTEST or not runs:
        return ()
    dialect = dialect_name()
    if dialect == "sqlite":
        values: dict[str, Any] = {"trigrams": " OR ".join(f'"{run}"' for run in runs)}
    else:
        values = {"trigrams": [f"%{run}%" for run in runs], "word": word}
    titles = text(_TITLES[dialect].format(most=MOST_TITLES, base=BASE, comment=KINDS["comment"]))
    found = titles.columns(column("document", BigInteger), column("title", Words)).subquery("titles")
    kind = found.c.document.op("%")(literal_column(str(BASE)))
    id = found.c.document.op("/")(literal_column(str(BASE)))
    is_idea = kind == KINDS["idea"]
    statement = (
        select(found.c.title)
        .outerjoin(Idea, and_(is_idea, Idea.id == id))
        .join(Challenge, Challenge.id == case((is_idea, Idea.challenge_id), else_=id))
        .where(or_(~is_idea, Idea.listed), visible_to_given(is_moderator=viewer.is_moderator))
    )
    rows = run(statement, {**values, **viewer_values(viewer)})
    known = {each for row in rows for each in words_of(row.title) if len(each) >= SHORTEST}
    judged = sorted(((similarity(word, each), each) for each in known - {word}), reverse=True)
    return tuple(each for likeness, each in judged if likeness >= NEAR)[:MOST_NEAR]
