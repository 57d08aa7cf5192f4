"""Fairness: signs of gaming, and votes set aside."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "gaming_signs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ring",
                "burst of votes",
                "one target",
                "own duplicates",
                "burst of joins",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("subject_key", sa.String(length=200), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "set aside", "voided", native_enum=False, length=30),
            server_default="open",
            nullable=False,
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.CheckConstraint(
            "kind IN ('ring', 'burst of votes', 'one target', 'own duplicates', 'burst of joins')",
            name=op.f("ck_gaming_signs_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'set aside', 'voided')", name=op.f("ck_gaming_signs_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["members.id"], name=op.f("fk_gaming_signs_settled_by_id_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaming_signs")),
        sa.UniqueConstraint("subject_key", name=op.f("uq_gaming_signs_subject_key")),
    )
    op.create_index("ix_gaming_signs_state", "gaming_signs", ["state", "seen_at", "id"], unique=False)
    op.create_table(
        "voided_votes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Enum("ideas", "comments", native_enum=False, length=30), nullable=False),
        sa.Column("thing_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_from", sa.Text(), server_default="", nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("kept_back", sa.JSON(), nullable=False),
        sa.Column("activity", sa.Float(), nullable=True),
        sa.Column("terms", sa.Float(), nullable=True),
        sa.Column("sign_id", sa.Integer(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('ideas', 'comments')", name=op.f("ck_voided_votes_kind_known")),
        sa.CheckConstraint("value IN (-1, 1)", name=op.f("ck_voided_votes_value_up_or_down")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_voided_votes_member_id_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voided_votes")),
    )
    op.create_index(op.f("ix_voided_votes_member_id"), "voided_votes", ["member_id"], unique=False)
    op.create_index(op.f("ix_voided_votes_sign_id"), "voided_votes", ["sign_id"], unique=False)
    op.create_index(
        "uq_voided_votes_standing",
        "voided_votes",
        ["kind", "thing_id", "member_id"],
        unique=True,
        postgresql_where=sa.text("restored_at IS NULL"),
        sqlite_where=sa.text("restored_at IS NULL"),
    )
    op.create_table(
        "gaming_sign_members",
        sa.Column("sign_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_gaming_sign_members_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sign_id"],
            ["gaming_signs.id"],
            name=op.f("fk_gaming_sign_members_sign_id_gaming_signs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sign_id", "member_id", name=op.f("pk_gaming_sign_members")),
    )
    op.create_index(
        op.f("ix_gaming_sign_members_member_id"), "gaming_sign_members", ["member_id"], unique=False
    )
    op.create_index("ix_idea_votes_cast_at", "idea_votes", ["cast_at"], unique=False)
    op.create_index("ix_comment_votes_cast_at", "comment_votes", ["cast_at"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_comment_votes_cast_at", table_name="comment_votes")
    op.drop_index("ix_idea_votes_cast_at", table_name="idea_votes")
    op.drop_index(op.f("ix_gaming_sign_members_member_id"), table_name="gaming_sign_members")
    op.drop_table("gaming_sign_members")
    op.drop_index(
        "uq_voided_votes_standing",
        table_name="voided_votes",
        postgresql_where=sa.text("restored_at IS NULL"),
        sqlite_where=sa.text("restored_at IS NULL"),
    )
    op.drop_index(op.f("ix_voided_votes_sign_id"), table_name="voided_votes")
    op.drop_index(op.f("ix_voided_votes_member_id"), table_name="voided_votes")
    op.drop_table("voided_votes")
    op.drop_index("ix_gaming_signs_state", table_name="gaming_signs")
    op.drop_table("gaming_signs")
