"""Merging: what moved from one idea to another, and proposals to merge."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "merge_proposals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lower_id", sa.BigInteger(), nullable=False),
        sa.Column("higher_id", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state", sa.Enum("open", "merged", "dismissed", native_enum=False, length=30), nullable=False
        ),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'merged', 'dismissed')", name=op.f("ck_merge_proposals_state_known")
        ),
        sa.CheckConstraint("lower_id < higher_id", name=op.f("ck_merge_proposals_pair_in_order")),
        sa.ForeignKeyConstraint(
            ["higher_id"], ["ideas.id"], name=op.f("fk_merge_proposals_higher_id_ideas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lower_id"], ["ideas.id"], name=op.f("fk_merge_proposals_lower_id_ideas"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["members.id"], name=op.f("fk_merge_proposals_proposed_by_members")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["members.id"], name=op.f("fk_merge_proposals_settled_by_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_proposals")),
    )
    op.create_index(op.f("ix_merge_proposals_higher_id"), "merge_proposals", ["higher_id"], unique=False)
    op.create_index("ix_merge_proposals_proposer", "merge_proposals", ["proposed_by", "state"], unique=False)
    op.create_index("ix_merge_proposals_state", "merge_proposals", ["state", "id"], unique=False)
    op.create_index(
        "uq_merge_proposals_open",
        "merge_proposals",
        ["lower_id", "higher_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )

    op.create_table(
        "merges",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("survivor_id", sa.BigInteger(), nullable=False),
        sa.Column("merged_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("merged_by", sa.Integer(), nullable=True),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undo_reason", sa.String(length=500), nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "merged_status",
            sa.Enum(
                "draft",
                "waiting for approval",
                "new",
                "under review",
                "shortlisted",
                "planned",
                "in progress",
                "done",
                "not now",
                "merged",
                "withdrawn",
                "hidden",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("answer_owner_id", sa.Integer(), nullable=True),
        sa.Column("answer_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_activity", sa.Double(), nullable=False),
        sa.Column("merged_terms", sa.Double(), nullable=False),
        sa.Column("survivor_activity", sa.Double(), nullable=False),
        sa.Column("survivor_terms", sa.Double(), nullable=False),
        sa.Column("votes_moved", sa.Integer(), nullable=False),
        sa.Column("votes_on_both", sa.Integer(), nullable=False),
        sa.Column("votes_differing", sa.Integer(), nullable=False),
        sa.Column("comments_moved", sa.Integer(), nullable=False),
        sa.Column("followers_moved", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "merged_status IN ('draft', 'waiting for approval', 'new', 'under review', 'shortlisted', 'planned', 'in progress', 'done', 'not now', 'merged', 'withdrawn', 'hidden')",
            name=op.f("ck_merges_merged_status_known"),
        ),
        sa.CheckConstraint("survivor_id <> merged_id", name=op.f("ck_merges_not_into_itself")),
        sa.ForeignKeyConstraint(
            ["answer_owner_id"], ["members.id"], name=op.f("fk_merges_answer_owner_id_members")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["idea_decisions.id"], name=op.f("fk_merges_decision_id_idea_decisions")
        ),
        sa.ForeignKeyConstraint(["merged_by"], ["members.id"], name=op.f("fk_merges_merged_by_members")),
        sa.ForeignKeyConstraint(["merged_id"], ["ideas.id"], name=op.f("fk_merges_merged_id_ideas")),
        sa.ForeignKeyConstraint(["survivor_id"], ["ideas.id"], name=op.f("fk_merges_survivor_id_ideas")),
        sa.ForeignKeyConstraint(["undone_by"], ["members.id"], name=op.f("fk_merges_undone_by_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index(op.f("ix_merges_merged_id"), "merges", ["merged_id"], unique=False)
    op.create_index("ix_merges_survivor", "merges", ["survivor_id", "id"], unique=False)
    op.create_index(
        "uq_merges_standing",
        "merges",
        ["merged_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
        sqlite_where=sa.text("undone_at IS NULL"),
    )

    op.create_table(
        "merge_credits",
        sa.Column("merge_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("invited", "accepted", "declined", "credited", native_enum=False, length=30),
            nullable=True,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('invited', 'accepted', 'declined', 'credited')",
            name=op.f("ck_merge_credits_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_merge_credits_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["merges.id"], name=op.f("fk_merge_credits_merge_id_merges"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("merge_id", "member_id", name=op.f("pk_merge_credits")),
    )
    op.create_index(op.f("ix_merge_credits_member_id"), "merge_credits", ["member_id"], unique=False)

    op.create_table(
        "merge_follows",
        sa.Column("merge_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fate", sa.Enum("moved", "both", native_enum=False, length=30), nullable=False),
        sa.CheckConstraint("fate IN ('moved', 'both')", name=op.f("ck_merge_follows_fate_known")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_merge_follows_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["merges.id"], name=op.f("fk_merge_follows_merge_id_merges"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("merge_id", "member_id", name=op.f("pk_merge_follows")),
    )
    op.create_index(op.f("ix_merge_follows_member_id"), "merge_follows", ["member_id"], unique=False)

    op.create_table(
        "merge_threads",
        sa.Column("merge_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_merge_threads_comment_id_comments")
        ),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["merges.id"], name=op.f("fk_merge_threads_merge_id_merges"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("merge_id", "comment_id", name=op.f("pk_merge_threads")),
    )
    op.create_table(
        "merge_votes",
        sa.Column("merge_id", sa.BigInteger(), nullable=False),
        sa.Column("idea_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_from", sa.Text(), nullable=False),
        sa.Column("fate", sa.Enum("moved", "both", "own", native_enum=False, length=30), nullable=False),
        sa.CheckConstraint("fate IN ('moved', 'both', 'own')", name=op.f("ck_merge_votes_fate_known")),
        sa.CheckConstraint("value IN (-1, 1)", name=op.f("ck_merge_votes_value_up_or_down")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_merge_votes_idea_id_ideas")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_merge_votes_member_id_members")),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["merges.id"], name=op.f("fk_merge_votes_merge_id_merges"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("merge_id", "idea_id", "member_id", name=op.f("pk_merge_votes")),
    )
    op.create_index(op.f("ix_merge_votes_member_id"), "merge_votes", ["member_id"], unique=False)

    op.add_column("idea_votes", sa.Column("moved_from", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("idea_votes", "moved_from")

    op.drop_index(op.f("ix_merge_votes_member_id"), table_name="merge_votes")

    op.drop_table("merge_votes")
    op.drop_table("merge_threads")
    op.drop_index(op.f("ix_merge_follows_member_id"), table_name="merge_follows")

    op.drop_table("merge_follows")
    op.drop_index(op.f("ix_merge_credits_member_id"), table_name="merge_credits")

    op.drop_table("merge_credits")
    op.drop_index(
        "uq_merges_standing",
        table_name="merges",
        postgresql_where=sa.text("undone_at IS NULL"),
        sqlite_where=sa.text("undone_at IS NULL"),
    )
    op.drop_index("ix_merges_survivor", table_name="merges")
    op.drop_index(op.f("ix_merges_merged_id"), table_name="merges")

    op.drop_table("merges")
    op.drop_index(
        "uq_merge_proposals_open",
        table_name="merge_proposals",
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_merge_proposals_state", table_name="merge_proposals")
    op.drop_index("ix_merge_proposals_proposer", table_name="merge_proposals")
    op.drop_index(op.f("ix_merge_proposals_higher_id"), table_name="merge_proposals")

    op.drop_table("merge_proposals")
