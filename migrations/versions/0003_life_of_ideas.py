"""The life of challenges and ideas: sponsors, prompts, themes, files, followers, answers owed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The checks of the tables that are changed, as they were and as they become.
OLD_CHECKS = {
    "challenges": {
        "audience_known": "audience IN ('everyone', 'chosen')",
        "ideas_count_not_negative": "ideas_count >= 0",
        "closes_after_opening": "closes_at > opens_at",
        "voting_closes_after_ideas": "voting_closes_at > closes_at",
        "published_has_opening": "NOT is_published OR opens_at IS NOT NULL",
    },
    "ideas": {},
}
NEW_CHECKS = {
    "challenges": {
        **OLD_CHECKS["challenges"],
        "counts_shown_known": "counts_shown IN ('always', 'once voted', 'once closed')",
        "answer_votes_positive": "answer_votes > 0",
        "answer_days_in_range": "answer_days BETWEEN 1 AND 365",
        "answered_count_not_negative": "answered_count >= 0",
    },
    "ideas": {
        "co_authors_count_not_negative": "co_authors_count >= 0",
        "not_merged_into_itself": "merged_into_id <> id",
    },
}


@contextmanager
def _altered(table: str, checks: dict[str, dict[str, str]]) -> Iterator[BatchOperations]:
    """Yield the changes of a table, with the checks of only one side taken away or given."""
    was = OLD_CHECKS if checks is NEW_CHECKS else NEW_CHECKS
    with op.batch_alter_table(table) as batch:
        for name in was[table].keys() - checks[table].keys():
            batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        yield batch
        for name in checks[table].keys() - was[table].keys():
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), checks[table][name])


def _what_stands() -> None:
    """Give what was written before its followers and its answers; nobody is told of it again."""
    op.execute(
        "UPDATE idea_decisions SET told_at = at, decided_as = COALESCE("
        "(SELECT members.role FROM members WHERE members.id = idea_decisions.decided_by), '')"
    )
    op.execute(
        "INSERT INTO idea_follows (idea_id, member_id, since) "
        "SELECT ideas.id, ideas.author_id, ideas.created_at FROM ideas "
        "JOIN members ON members.id = ideas.author_id "
        "WHERE ideas.status <> 'draft' AND members.sign_in_name IS NOT NULL"
    )
    op.execute(
        "UPDATE ideas SET answered_at = (SELECT min(d.at) FROM idea_decisions d WHERE d.idea_id = ideas.id "
        "AND d.to_status IN ('planned', 'in progress', 'done', 'not now') AND d.response_source <> '')"
    )
    hours: dict[int, list[float]] = {}
    rows = op.get_bind().execute(
        sa.text(
            "SELECT challenge_id, published_at, answered_at FROM ideas WHERE listed AND answered_at IS NOT NULL"
        )
    )
    for challenge_id, published_at, answered_at in rows:
        waited = _moment(answered_at) - _moment(published_at)
        hours.setdefault(challenge_id, []).append(round(waited.total_seconds()) / 3600)
    for challenge_id, waits in hours.items():
        op.get_bind().execute(
            sa.text(
                "UPDATE challenges SET answered_count = :count, answer_median_hours = :median WHERE id = :id"
            ),
            {"count": len(waits), "median": int(median(waits)), "id": challenge_id},
        )


def _moment(value: datetime | str) -> datetime:
    """Return a stored time, which SQLite hands over as text."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "kept_drafts",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_kept_drafts_member_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "key", name=op.f("pk_kept_drafts")),
    )
    op.create_index("ix_kept_drafts_saved_at", "kept_drafts", ["saved_at"], unique=False)

    op.create_table(
        "challenge_follows",
        sa.Column("challenge_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_challenge_follows_challenge_id_challenges"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_challenge_follows_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("challenge_id", "member_id", name=op.f("pk_challenge_follows")),
    )
    op.create_index("ix_challenge_follows_member_id", "challenge_follows", ["member_id"], unique=False)

    op.create_table(
        "challenge_moderators",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_challenge_moderators_challenge_id_challenges"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_challenge_moderators_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("challenge_id", "member_id", name=op.f("pk_challenge_moderators")),
    )
    op.create_index("ix_challenge_moderators_member_id", "challenge_moderators", ["member_id"], unique=False)

    op.create_table(
        "challenge_news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("dates changed", "paused", "reopened", "results published", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('dates changed', 'paused', 'reopened', 'results published')",
            name=op.f("ck_challenge_news_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_challenge_news_challenge_id_challenges"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_news")),
    )
    op.create_index("ix_challenge_news_challenge_id", "challenge_news", ["challenge_id"], unique=False)
    op.create_index(
        "ix_challenge_news_untold",
        "challenge_news",
        ["at"],
        unique=False,
        postgresql_where=sa.text("told_at IS NULL"),
        sqlite_where=sa.text("told_at IS NULL"),
    )

    op.create_table(
        "challenge_prompts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("words", sa.String(length=150), nullable=False),
        sa.CheckConstraint("place BETWEEN 1 AND 5", name=op.f("ck_challenge_prompts_place_in_range")),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_challenge_prompts_challenge_id_challenges"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_prompts")),
        sa.UniqueConstraint("challenge_id", "place", name=op.f("uq_challenge_prompts_challenge_id_place")),
    )
    op.create_table(
        "challenge_themes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_challenge_themes_challenge_id_challenges"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_themes")),
        sa.UniqueConstraint("challenge_id", "name", name=op.f("uq_challenge_themes_challenge_id_name")),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.Enum("picture", "attachment", native_enum=False, length=30), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("alternative_text", sa.String(length=300), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=True),
        sa.Column("idea_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sent_by", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("kind IN ('picture', 'attachment')", name=op.f("ck_files_kind_known")),
        sa.CheckConstraint("challenge_id IS NULL OR idea_id IS NULL", name=op.f("ck_files_belongs_to_one")),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_files_challenge_id_challenges"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_files_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["sent_by"], ["members.id"], name=op.f("fk_files_sent_by_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("key", name=op.f("uq_files_key")),
    )
    op.create_index("ix_files_challenge", "files", ["challenge_id", "kind", "id"], unique=False)
    op.create_index("ix_files_idea_id", "files", ["idea_id"], unique=False)
    op.create_index("ix_files_sent_by", "files", ["sent_by", "sent_at"], unique=False)
    op.create_index(
        "ix_files_unclaimed",
        "files",
        ["sent_at"],
        unique=False,
        postgresql_where=sa.text("challenge_id IS NULL AND idea_id IS NULL"),
        sqlite_where=sa.text("challenge_id IS NULL AND idea_id IS NULL"),
    )

    op.create_table(
        "kept_back_thumbs",
        sa.Column("event_key", sa.String(length=100), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event"], ["point_rules.event"], name=op.f("fk_kept_back_thumbs_event_point_rules")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_kept_back_thumbs_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_kept_back_thumbs_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_kept_back_thumbs_comment_id_comments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_key", name=op.f("pk_kept_back_thumbs")),
    )
    for name in ("idea_id", "comment_id", "due_at"):
        op.create_index(f"ix_kept_back_thumbs_{name}", "kept_back_thumbs", [name], unique=False)

    op.create_table(
        "idea_co_authors",
        sa.Column("idea_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("invited", "accepted", "declined", "credited", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('invited', 'accepted', 'declined', 'credited')",
            name=op.f("ck_idea_co_authors_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_idea_co_authors_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_idea_co_authors_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("idea_id", "member_id", name=op.f("pk_idea_co_authors")),
    )
    op.create_index("ix_idea_co_authors_member_id", "idea_co_authors", ["member_id"], unique=False)

    op.create_table(
        "idea_follows",
        sa.Column("idea_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_idea_follows_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_idea_follows_member_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("idea_id", "member_id", name=op.f("pk_idea_follows")),
    )
    op.create_index("ix_idea_follows_member_id", "idea_follows", ["member_id"], unique=False)

    op.create_table(
        "idea_notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("idea_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["members.id"], name=op.f("fk_idea_notes_author_id_members")),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_idea_notes_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_notes")),
    )
    op.create_index("ix_idea_notes_idea_id", "idea_notes", ["idea_id"], unique=False)

    op.create_table(
        "idea_skips",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.BigInteger(), nullable=False),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_idea_skips_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_idea_skips_member_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "idea_id", name=op.f("pk_idea_skips")),
    )
    op.create_index("ix_idea_skips_idea_id", "idea_skips", ["idea_id"], unique=False)

    op.create_table(
        "idea_tags",
        sa.Column("idea_id", sa.BigInteger(), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.CheckConstraint("tag = lower(tag)", name=op.f("ck_idea_tags_tag_lower")),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_idea_tags_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("idea_id", "tag", name=op.f("pk_idea_tags")),
    )
    op.create_index("ix_idea_tags_tag", "idea_tags", ["tag"], unique=False)

    with _altered("challenges", NEW_CHECKS) as batch:
        batch.add_column(sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("sponsor_name", sa.String(length=100), server_default="", nullable=False))
        batch.add_column(sa.Column("sponsor_role", sa.String(length=120), server_default="", nullable=False))
        batch.add_column(sa.Column("sponsor_photo_id", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("cover_id", sa.BigInteger(), nullable=True))
        batch.add_column(
            sa.Column("allows_down_votes", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        batch.add_column(
            sa.Column(
                "counts_shown",
                sa.Enum("always", "once voted", "once closed", native_enum=False, length=30),
                server_default="always",
                nullable=False,
            )
        )
        batch.add_column(sa.Column("needs_approval", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(
            sa.Column("names_may_be_hidden", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch.add_column(sa.Column("answer_votes", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("answer_days", sa.SmallInteger(), server_default="14", nullable=False))
        batch.add_column(sa.Column("answered_count", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("answer_median_hours", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("cloned_from", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_challenges_cover_id_files"), "files", ["cover_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_foreign_key(
            batch.f("fk_challenges_cloned_from_challenges"),
            "challenges",
            ["cloned_from"],
            ["id"],
            ondelete="SET NULL",
        )
        batch.create_foreign_key(
            batch.f("fk_challenges_sponsor_photo_id_files"),
            "files",
            ["sponsor_photo_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("idea_decisions") as batch:
        batch.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("decided_as", sa.String(length=30), server_default="", nullable=False))
        batch.create_index(
            "ix_idea_decisions_untold",
            ["at"],
            unique=False,
            postgresql_where=sa.text("told_at IS NULL AND undone_at IS NULL"),
            sqlite_where=sa.text("told_at IS NULL AND undone_at IS NULL"),
        )

    with op.batch_alter_table("idea_revisions") as batch:
        batch.add_column(sa.Column("answers", sa.JSON(), server_default="[]", nullable=False))
        batch.add_column(sa.Column("replaced_by", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_idea_revisions_replaced_by_members"), "members", ["replaced_by"], ["id"]
        )

    with _altered("ideas", NEW_CHECKS) as batch:
        batch.add_column(sa.Column("theme_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("answers", sa.JSON(), server_default="[]", nullable=False))
        batch.add_column(sa.Column("co_authors_count", sa.SmallInteger(), server_default="0", nullable=False))
        batch.add_column(sa.Column("answer_owner_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("answer_due_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("overdue_told_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("form_key", sa.String(length=40), nullable=True))
        batch.create_unique_constraint(batch.f("uq_ideas_author_id_form_key"), ["author_id", "form_key"])
        batch.create_index(batch.f("ix_ideas_merged_into_id"), ["merged_into_id"], unique=False)
        batch.create_index(
            "ix_ideas_owed",
            ["answer_due_at", "id"],
            unique=False,
            postgresql_where=sa.text("answer_due_at IS NOT NULL AND answered_at IS NULL"),
            sqlite_where=sa.text("answer_due_at IS NOT NULL AND answered_at IS NULL"),
        )
        batch.create_index("ix_ideas_theme", ["theme_id", "id"], unique=False)
        batch.create_index("ix_ideas_shuffled", ["challenge_id", "listed", "shuffle_key"], unique=False)
        batch.create_index(
            "ix_ideas_no_answer",
            ["challenge_id", "listed", "published_at", "id"],
            unique=False,
            postgresql_where=sa.text("answered_at IS NULL"),
            sqlite_where=sa.text("answered_at IS NULL"),
        )
        batch.create_foreign_key(
            batch.f("fk_ideas_answer_owner_id_members"), "members", ["answer_owner_id"], ["id"]
        )
        batch.create_foreign_key(
            batch.f("fk_ideas_theme_id_challenge_themes"),
            "challenge_themes",
            ["theme_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch.create_foreign_key(
            batch.f("fk_ideas_merged_into_id_ideas"), "ideas", ["merged_into_id"], ["id"]
        )
    # Added as it is: a table made anew would lose the triggers that refuse changes.
    op.add_column("point_entries", sa.Column("share_of", sa.String(length=100), nullable=True))
    op.create_index(
        "ix_point_entries_shares",
        "point_entries",
        ["share_of"],
        unique=False,
        postgresql_where=sa.text("share_of IS NOT NULL"),
        sqlite_where=sa.text("share_of IS NOT NULL"),
    )
    op.create_table(
        "board_acts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["members.id"], name=op.f("fk_board_acts_actor_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_acts")),
    )
    op.create_index("ix_board_acts_actor", "board_acts", ["actor_id", "at"], unique=False)
    op.create_table(
        "board_act_ideas",
        sa.Column("act_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("idea_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("earned", sa.JSON(), nullable=False),
        sa.Column("taken_back", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["act_id"],
            ["board_acts.id"],
            name=op.f("fk_board_act_ideas_act_id_board_acts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["idea_decisions.id"],
            name=op.f("fk_board_act_ideas_decision_id_idea_decisions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_board_act_ideas_idea_id_ideas"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("act_id", "idea_id", name=op.f("pk_board_act_ideas")),
    )
    op.create_index("ix_board_act_ideas_idea", "board_act_ideas", ["idea_id", "act_id"], unique=False)
    op.create_index(op.f("ix_board_act_ideas_decision_id"), "board_act_ideas", ["decision_id"], unique=False)
    _what_stands()


def downgrade() -> None:
    """Take the change back."""
    op.drop_index(op.f("ix_board_act_ideas_decision_id"), table_name="board_act_ideas")
    op.drop_index("ix_board_act_ideas_idea", table_name="board_act_ideas")
    op.drop_table("board_act_ideas")
    op.drop_index("ix_board_acts_actor", table_name="board_acts")
    op.drop_table("board_acts")
    op.drop_index(
        "ix_point_entries_shares",
        table_name="point_entries",
        postgresql_where=sa.text("share_of IS NOT NULL"),
        sqlite_where=sa.text("share_of IS NOT NULL"),
    )
    op.drop_column("point_entries", "share_of")

    with _altered("ideas", OLD_CHECKS) as batch:
        batch.drop_constraint(batch.f("fk_ideas_merged_into_id_ideas"), type_="foreignkey")
        batch.drop_constraint(batch.f("fk_ideas_theme_id_challenge_themes"), type_="foreignkey")
        batch.drop_constraint(batch.f("fk_ideas_answer_owner_id_members"), type_="foreignkey")
        batch.drop_index(
            "ix_ideas_no_answer",
            postgresql_where=sa.text("answered_at IS NULL"),
            sqlite_where=sa.text("answered_at IS NULL"),
        )
        batch.drop_index("ix_ideas_shuffled")
        batch.drop_index("ix_ideas_theme")
        batch.drop_index(
            "ix_ideas_owed",
            postgresql_where=sa.text("answer_due_at IS NOT NULL AND answered_at IS NULL"),
            sqlite_where=sa.text("answer_due_at IS NOT NULL AND answered_at IS NULL"),
        )
        batch.drop_index(batch.f("ix_ideas_merged_into_id"))
        batch.drop_constraint(batch.f("uq_ideas_author_id_form_key"), type_="unique")
        batch.drop_column("form_key")
        batch.drop_column("merged_into_id")
        batch.drop_column("overdue_told_at")
        batch.drop_column("answered_at")
        batch.drop_column("answer_due_at")
        batch.drop_column("answer_owner_id")
        batch.drop_column("co_authors_count")
        batch.drop_column("answers")
        batch.drop_column("theme_id")

    with op.batch_alter_table("idea_revisions") as batch:
        batch.drop_constraint(batch.f("fk_idea_revisions_replaced_by_members"), type_="foreignkey")
        batch.drop_column("replaced_by")
        batch.drop_column("answers")

    with op.batch_alter_table("idea_decisions") as batch:
        batch.drop_index(
            "ix_idea_decisions_untold",
            postgresql_where=sa.text("told_at IS NULL AND undone_at IS NULL"),
            sqlite_where=sa.text("told_at IS NULL AND undone_at IS NULL"),
        )
        batch.drop_column("decided_as")
        batch.drop_column("undone_at")
        batch.drop_column("told_at")

    with _altered("challenges", OLD_CHECKS) as batch:
        batch.drop_constraint(batch.f("fk_challenges_sponsor_photo_id_files"), type_="foreignkey")
        batch.drop_constraint(batch.f("fk_challenges_cloned_from_challenges"), type_="foreignkey")
        batch.drop_constraint(batch.f("fk_challenges_cover_id_files"), type_="foreignkey")
        batch.drop_column("cloned_from")
        batch.drop_column("answer_median_hours")
        batch.drop_column("answered_count")
        batch.drop_column("answer_days")
        batch.drop_column("answer_votes")
        batch.drop_column("names_may_be_hidden")
        batch.drop_column("needs_approval")
        batch.drop_column("counts_shown")
        batch.drop_column("allows_down_votes")
        batch.drop_column("cover_id")
        batch.drop_column("sponsor_photo_id")
        batch.drop_column("sponsor_role")
        batch.drop_column("sponsor_name")
        batch.drop_column("paused_at")

    op.drop_index("ix_idea_tags_tag", table_name="idea_tags")

    op.drop_table("idea_tags")
    op.drop_index("ix_idea_skips_idea_id", table_name="idea_skips")

    op.drop_table("idea_skips")
    op.drop_index("ix_idea_notes_idea_id", table_name="idea_notes")

    op.drop_table("idea_notes")
    op.drop_index("ix_idea_follows_member_id", table_name="idea_follows")

    op.drop_table("idea_follows")
    op.drop_index("ix_idea_co_authors_member_id", table_name="idea_co_authors")

    op.drop_table("idea_co_authors")
    for name in ("due_at", "comment_id", "idea_id"):
        op.drop_index(f"ix_kept_back_thumbs_{name}", table_name="kept_back_thumbs")
    op.drop_table("kept_back_thumbs")
    op.drop_index("ix_files_unclaimed", table_name="files")
    op.drop_index("ix_files_sent_by", table_name="files")
    op.drop_index("ix_files_idea_id", table_name="files")
    op.drop_index("ix_files_challenge", table_name="files")

    op.drop_table("files")
    op.drop_table("challenge_themes")
    op.drop_table("challenge_prompts")
    op.drop_index("ix_challenge_news_untold", table_name="challenge_news")
    op.drop_index("ix_challenge_news_challenge_id", table_name="challenge_news")

    op.drop_table("challenge_news")
    op.drop_index("ix_challenge_moderators_member_id", table_name="challenge_moderators")

    op.drop_table("challenge_moderators")
    op.drop_index("ix_challenge_follows_member_id", table_name="challenge_follows")

    op.drop_table("challenge_follows")
    op.drop_index("ix_kept_drafts_saved_at", table_name="kept_drafts")

    op.drop_table("kept_drafts")
