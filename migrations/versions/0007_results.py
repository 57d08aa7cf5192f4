"""Results: what came of a challenge, written and published."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "challenge_results",
        sa.Column("challenge_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("counted_at", MOMENT, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("corrected_at", MOMENT, nullable=True),
        sa.Column("announced_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "published_at IS NULL OR counted_at IS NOT NULL",
            name=op.f("ck_challenge_results_published_are_counted"),
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_challenge_results_challenge_id_challenges"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["members.id"], name=op.f("fk_challenge_results_author_id_members")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_challenge_results")),
    )
    unannounced = sa.text("published_at IS NOT NULL AND announced_at IS NULL")
    op.create_index(
        "ix_challenge_results_unannounced",
        "challenge_results",
        ["published_at"],
        postgresql_where=unannounced,
        sqlite_where=unannounced,
    )
    op.create_table(
        "challenge_result_sections",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=30), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("filled", sa.Text(), nullable=False),
        sa.Column("replaced", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "section IN ('asked', 'people', 'heard', 'next')",
            name=op.f("ck_challenge_result_sections_section_known"),
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge_results.challenge_id"],
            name=op.f("fk_challenge_result_sections_challenge_id_challenge_results"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("challenge_id", "section", name=op.f("pk_challenge_result_sections")),
    )
    op.create_table(
        "challenge_result_ideas",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("list", sa.String(length=30), nullable=False),
        sa.Column("idea_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("filled", sa.Text(), nullable=False),
        sa.Column("by_whom", sa.String(length=120), nullable=False),
        sa.Column("by_when", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("up_count", sa.Integer(), nullable=False),
        sa.Column("down_count", sa.Integer(), nullable=False),
        sa.Column("comments_count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "list IN ('supported', 'will do', 'will not')",
            name=op.f("ck_challenge_result_ideas_list_known"),
        ),
        sa.CheckConstraint("place > 0", name=op.f("ck_challenge_result_ideas_place_positive")),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge_results.challenge_id"],
            name=op.f("fk_challenge_result_ideas_challenge_id_challenge_results"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"],
            ["ideas.id"],
            name=op.f("fk_challenge_result_ideas_idea_id_ideas"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("challenge_id", "list", "idea_id", name=op.f("pk_challenge_result_ideas")),
    )
    op.create_index("ix_challenge_result_ideas_idea_id", "challenge_result_ideas", ["idea_id"])
    # "You said, we did" goes through these, the latest first.
    acted = sa.text("to_status IN ('in progress', 'done') AND undone_at IS NULL")
    op.create_index(
        "ix_idea_decisions_acted",
        "idea_decisions",
        ["at", "id"],
        postgresql_where=acted,
        sqlite_where=acted,
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_idea_decisions_acted", table_name="idea_decisions")
    op.drop_index("ix_challenge_result_ideas_idea_id", table_name="challenge_result_ideas")
    op.drop_table("challenge_result_ideas")
    op.drop_table("challenge_result_sections")
    op.drop_index("ix_challenge_results_unannounced", table_name="challenge_results")
    op.drop_table("challenge_results")
