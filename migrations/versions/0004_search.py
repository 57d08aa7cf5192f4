"""Search: full text and likeness over challenges, ideas and comments.

What can be found stands in `search_documents`, a row a thing: its id is that of the thing times
four, plus 1 for a challenge, 2 for an idea, 3 for a comment. `search_likeness` holds the titles
and first words of listed ideas, for finding ideas that are alike, and on SQLite `search_titles`
the titles by their trigrams, for words that were mistyped. The triggers of the tables keep all
of it in step, whoever writes.
"""

from alembic import op
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Signs that would make several words one, or hide some, for PostgreSQL's parser of texts.
SIGNS = "/.@_-&''’‘`<>:;=+#*~|\\\\^$[]{}()\"!?,"
STEMMED = ("asciiword", "word", "hword_asciipart", "hword_part", "hword", "asciihword", "numword", "numhword")

# What each kind of document is made of, from a row `NEW` of its table or all rows of it.
ANSWERS = {
    "sqlite": (
        "(SELECT coalesce(group_concat(json_extract(value, '$.source'), ' '), '') FROM json_each({0}.answers))"
    ),
    "postgresql": (
        "(SELECT coalesce(string_agg(answer ->> 'source', ' '), '') FROM json_array_elements({0}.answers) answer)"
    ),
}
TAGS = {
    "sqlite": "(SELECT coalesce(group_concat(tag, ', '), '') FROM idea_tags WHERE idea_id = {0})",
    "postgresql": "(SELECT coalesce(string_agg(tag, ', '), '') FROM idea_tags WHERE idea_id = {0})",
}
CHANGES_OF = {
    "challenges": "title, summary, brief_source",
    "ideas": "title, body_source, answers, excerpt, challenge_id, listed",
    "comments": "body_source, idea_id",
}
KIND_OF = {"challenges": 1, "ideas": 2, "comments": 3}


def _place(dialect: str, kind: int, challenge: str) -> str:
    if dialect == "sqlite":
        return f"'kind{kind} challenge' || {challenge}"
    return f"ARRAY['kind:{kind}', 'challenge:' || {challenge}]"


def _document(dialect: str, table: str, row: str) -> str:
    """Return the values of the document of a row: id, title, keywords, body, place."""
    if table == "challenges":
        return f"{row}.id * 4 + 1, {row}.title, '', {row}.summary || ' ' || {row}.brief_source, " + _place(
            dialect, 1, f"{row}.id"
        )
    if table == "ideas":
        return (
            f"{row}.id * 4 + 2, {row}.title, {TAGS[dialect].format(f'{row}.id')}, "
            f"{row}.body_source || ' ' || {ANSWERS[dialect].format(row)}, "
            + _place(dialect, 2, f"{row}.challenge_id")
        )
    challenge = f"(SELECT challenge_id FROM ideas WHERE ideas.id = {row}.idea_id)"
    return f"{row}.id * 4 + 3, '', '', {row}.body_source, {_place(dialect, 3, challenge)}"


def upgrade() -> None:
    """Make the index, let the database keep it, and fill it with what stands."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _upgrade_sqlite(connection)
    else:
        _upgrade_postgresql(connection)


def downgrade() -> None:
    """Take the index away, and what kept it."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        names = [f"search_{table}_{verb}" for table in KIND_OF for verb in ("insert", "update", "delete")]
        for name in (*names, "search_idea_tags_insert", "search_idea_tags_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for name in ("search_documents", "search_likeness", "search_titles"):
            connection.exec_driver_sql(f"DROP TABLE {name}")
        return
    for table in (*KIND_OF, "idea_tags"):
        connection.exec_driver_sql(f"DROP TRIGGER search_keep ON {table}")
        connection.exec_driver_sql(f"DROP FUNCTION search_keep_{table}()")
    connection.exec_driver_sql("DROP TABLE search_documents")
    connection.exec_driver_sql("DROP TABLE search_likeness")
    connection.exec_driver_sql("DROP FUNCTION search_plain(text)")
    connection.exec_driver_sql("DROP TEXT SEARCH CONFIGURATION search_english")
    connection.exec_driver_sql("DROP TEXT SEARCH DICTIONARY search_english_stems")
    # The extension stays: whether it was here before is not known, and it disturbs nobody.


# SQLite


def _upgrade_sqlite(connection: Connection) -> None:
    run = connection.exec_driver_sql
    words = "tokenize='porter unicode61 remove_diacritics 2'"
    run(
        f"CREATE VIRTUAL TABLE search_documents USING fts5(title, keywords, body, place, {words}, prefix='2 3')"
    )
    run(f"CREATE VIRTUAL TABLE search_likeness USING fts5(title, excerpt, place, {words})")
    run("CREATE VIRTUAL TABLE search_titles USING fts5(title, tokenize='trigram', detail='none')")
    for table in KIND_OF:
        for verb in ("insert", "update", "delete"):
            when = f"UPDATE OF {CHANGES_OF[table]}" if verb == "update" else verb.upper()
            steps = [] if verb == "insert" else _forgetting(table)
            steps += [] if verb == "delete" else _keeping(table)
            run(
                f"CREATE TRIGGER search_{table}_{verb} AFTER {when} ON {table} "
                f"BEGIN {' '.join(f'{step};' for step in steps)} END"
            )
    for verb, row in (("insert", "NEW"), ("delete", "OLD")):
        tags = TAGS["sqlite"].format(f"{row}.idea_id")
        run(
            f"CREATE TRIGGER search_idea_tags_{verb} AFTER {verb.upper()} ON idea_tags BEGIN "
            f"UPDATE search_documents SET keywords = {tags} WHERE rowid = {row}.idea_id * 4 + 2; END"
        )
    for table, kind in KIND_OF.items():
        run(_filling("search_documents (rowid, title, keywords, body, place)", "sqlite", table))
        if kind < 3:
            run(f"INSERT INTO search_titles (rowid, title) SELECT id * 4 + {kind}, title FROM {table}")
    run(
        "INSERT INTO search_likeness (rowid, title, excerpt, place) "
        "SELECT id, title, excerpt, 'challenge' || challenge_id FROM ideas WHERE listed"
    )


def _filling(into: str, dialect: str, table: str) -> str:
    return f"INSERT INTO {into} SELECT {_document(dialect, table, table)} FROM {table}"


def _forgetting(table: str) -> list[str]:
    kind = KIND_OF[table]
    steps = [f"DELETE FROM search_documents WHERE rowid = OLD.id * 4 + {kind}"]
    if kind < 3:
        steps.append(f"DELETE FROM search_titles WHERE rowid = OLD.id * 4 + {kind}")
    if table == "ideas":
        steps.append("DELETE FROM search_likeness WHERE rowid = OLD.id")
    return steps


def _keeping(table: str) -> list[str]:
    kind = KIND_OF[table]
    document = _document("sqlite", table, "NEW")
    steps = [f"INSERT INTO search_documents (rowid, title, keywords, body, place) VALUES ({document})"]
    if kind < 3:
        steps.append(f"INSERT INTO search_titles (rowid, title) VALUES (NEW.id * 4 + {kind}, NEW.title)")
    if table == "ideas":
        steps.append(
            "INSERT INTO search_likeness (rowid, title, excerpt, place) "
            "SELECT NEW.id, NEW.title, NEW.excerpt, 'challenge' || NEW.challenge_id WHERE NEW.listed"
        )
    return steps


# PostgreSQL


def _upgrade_postgresql(connection: Connection) -> None:
    run = connection.exec_driver_sql
    _make_trigrams(connection)
    # Stems of English, but no stop words: "IT" and "A&E" are words here.
    run("CREATE TEXT SEARCH DICTIONARY search_english_stems (TEMPLATE = snowball, LANGUAGE = english)")
    run("CREATE TEXT SEARCH CONFIGURATION search_english (COPY = pg_catalog.simple)")
    run(
        "ALTER TEXT SEARCH CONFIGURATION search_english "
        f"ALTER MAPPING FOR {', '.join(STEMMED)} WITH search_english_stems"
    )
    # As the index of SQLite reads texts: without accents, and words end at every sign.
    run(
        "CREATE FUNCTION search_plain(source text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ "
        f"SELECT normalize(regexp_replace(normalize(translate(source, E'{SIGNS}' || chr(37), repeat(' ', 60)), "
        "NFD), '[\u0300-\u036f]', '', 'g'), NFKC) $$"
    )
    weighed = " || ".join(
        f"setweight(to_tsvector('search_english', search_plain({column})), '{weight}')"
        for column, weight in (("title", "A"), ("keywords", "B"), ("body", "D"))
    )
    run(
        "CREATE TABLE search_documents (id bigint PRIMARY KEY, title text NOT NULL, keywords text NOT NULL, "
        "body text NOT NULL, place text[] NOT NULL, words tsvector NOT NULL "
        f"GENERATED ALWAYS AS ({weighed} || array_to_tsvector(place)) STORED)"
    )
    run("CREATE INDEX ix_search_documents_words ON search_documents USING gin (words)")
    run("CREATE INDEX ix_search_documents_title ON search_documents USING gin (title gin_trgm_ops)")
    run(
        "CREATE TABLE search_likeness (idea_id bigint PRIMARY KEY REFERENCES ideas ON DELETE CASCADE, "
        "challenge_id integer NOT NULL, title text NOT NULL, excerpt text NOT NULL, words tsvector NOT NULL "
        "GENERATED ALWAYS AS (to_tsvector('search_english', search_plain(title || ' ' || excerpt))) STORED)"
    )
    run("CREATE INDEX ix_search_likeness_challenge_id ON search_likeness (challenge_id, idea_id)")
    run("CREATE INDEX ix_search_likeness_words ON search_likeness USING gin (words)")
    for table, kind in KIND_OF.items():
        run(_keeper(table, kind))
        run(
            f"CREATE TRIGGER search_keep AFTER INSERT OR DELETE OR UPDATE OF {CHANGES_OF[table]} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION search_keep_{table}()"
        )
    run(
        "CREATE FUNCTION search_keep_idea_tags() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE tagged bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.idea_id ELSE NEW.idea_id END; "
        f"BEGIN UPDATE search_documents SET keywords = {TAGS['postgresql'].format('tagged')} "
        "WHERE id = tagged * 4 + 2; RETURN NULL; END $$"
    )
    run(
        "CREATE TRIGGER search_keep AFTER INSERT OR DELETE ON idea_tags "
        "FOR EACH ROW EXECUTE FUNCTION search_keep_idea_tags()"
    )
    for table in KIND_OF:
        run(_filling("search_documents (id, title, keywords, body, place)", "postgresql", table))
    run(
        "INSERT INTO search_likeness (idea_id, challenge_id, title, excerpt) "
        "SELECT id, challenge_id, title, excerpt FROM ideas WHERE listed"
    )
    run("ANALYZE search_documents")
    run("ANALYZE search_likeness")


def _make_trigrams(connection: Connection) -> None:
    """Make the extension pg_trgm, or say what to do where this user may not."""
    if connection.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'").first():
        return
    try:
        connection.exec_driver_sql("CREATE EXTENSION pg_trgm")
    except DBAPIError as error:
        raise RuntimeError(
            "The search needs PostgreSQL's extension pg_trgm, which this user may not create. Let a "
            "superuser run CREATE EXTENSION pg_trgm in this database, then upgrade again."
        ) from error


def _keeper(table: str, kind: int) -> str:
    forget = f"DELETE FROM search_documents WHERE id = OLD.id * 4 + {kind};"
    alike = ""
    if table == "ideas":
        alike = (
            "IF NEW.listed THEN "
            "INSERT INTO search_likeness (idea_id, challenge_id, title, excerpt) "
            "VALUES (NEW.id, NEW.challenge_id, NEW.title, NEW.excerpt) "
            "ON CONFLICT (idea_id) DO UPDATE SET challenge_id = excluded.challenge_id, "
            "title = excluded.title, excerpt = excluded.excerpt; "
            "ELSE DELETE FROM search_likeness WHERE idea_id = NEW.id; END IF; "
        )
    return (
        f"CREATE FUNCTION search_keep_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN {forget} RETURN NULL; END IF; "
        "INSERT INTO search_documents (id, title, keywords, body, place) "
        f"VALUES ({_document('postgresql', table, 'NEW')}) "
        "ON CONFLICT (id) DO UPDATE SET title = excluded.title, keywords = excluded.keywords, "
        f"body = excluded.body, place = excluded.place; {alike}RETURN NULL; END $$"
    )
