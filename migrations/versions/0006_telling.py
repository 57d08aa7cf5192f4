"""Telling: more kinds of notifications, what goes out by email, and who wants it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OLD_KINDS = ("comment on your idea", "reply to your comment", "status of your idea")
NEW_KINDS = (
    *OLD_KINDS,
    "status of an idea you follow",
    "status of an idea you commented on",
    "status of an idea you voted on",
    "comment on an idea you follow",
    "mention",
    "co-author asked",
    "co-author answered",
    "idea approved",
    "idea sent back",
    "answer owed",
    "answer overdue",
    "idea merged",
    "merge undone",
    "merge proposal settled",
    "challenge dates changed",
    "challenge paused",
    "challenge reopened",
    "results published",
)
EMAIL_STATES = ("none", "due", "sent", "left out")
GROUPS = ("mine", "followed answers", "followed talk", "joined in", "asked", "challenges", "duty")
SOURCES = ("decisions", "comments", "news")
EMAILS = ("at once", "daily", "never")
IS_UNTOLD = sa.text("told_at IS NULL")
IS_DUE = sa.text("email_state = 'due'")


def _among(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


def _enum(values: tuple[str, ...], length: int = 30) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, length=length)


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("notifications") as batch:
        batch.drop_constraint(op.f("ck_notifications_kind_known"), type_="check")
        batch.add_column(sa.Column("challenge_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("decision_id", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("email_state", _enum(EMAIL_STATES), server_default="none", nullable=False))
        batch.add_column(sa.Column("email_after", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("emailed_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_notifications_challenge_id_challenges"),
            "challenges",
            ["challenge_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch.create_foreign_key(
            batch.f("fk_notifications_decision_id_idea_decisions"),
            "idea_decisions",
            ["decision_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch.create_foreign_key(
            batch.f("fk_notifications_by_id_members"), "members", ["by_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_check_constraint(op.f("ck_notifications_kind_known"), _among("kind", NEW_KINDS))
        batch.create_check_constraint(
            op.f("ck_notifications_email_state_known"), _among("email_state", EMAIL_STATES)
        )
        batch.create_index(batch.f("ix_notifications_challenge_id"), ["challenge_id"], unique=False)
        batch.create_index(batch.f("ix_notifications_decision_id"), ["decision_id"], unique=False)
        for name, columns in (
            ("ix_notifications_email_due", ["email_after", "member_id"]),
            ("ix_notifications_email_of", ["member_id", "email_after"]),
        ):
            batch.create_index(name, columns, unique=False, postgresql_where=IS_DUE, sqlite_where=IS_DUE)

    with op.batch_alter_table("comments") as batch:
        batch.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index(
            "ix_comments_untold",
            ["created_at"],
            unique=False,
            postgresql_where=IS_UNTOLD,
            sqlite_where=IS_UNTOLD,
        )
    # Nobody is told now of what was said before anybody could follow.
    op.execute("UPDATE comments SET told_at = created_at")

    op.create_table(
        "notification_preferences",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("group_name", _enum(GROUPS), nullable=False),
        sa.Column("email", _enum(EMAILS), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            _among("group_name", GROUPS), name=op.f("ck_notification_preferences_group_name_known")
        ),
        sa.CheckConstraint(_among("email", EMAILS), name=op.f("ck_notification_preferences_email_known")),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_notification_preferences_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "group_name", name=op.f("pk_notification_preferences")),
    )
    op.create_table(
        "notification_mailings",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("count_of_day", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_notification_mailings_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_notification_mailings")),
    )
    op.create_table(
        "tellings",
        sa.Column("source", _enum(SOURCES), nullable=False),
        sa.Column("row_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("up_to", sa.Integer(), nullable=False),
        sa.CheckConstraint(_among("source", SOURCES), name=op.f("ck_tellings_source_known")),
        sa.PrimaryKeyConstraint("source", "row_id", name=op.f("pk_tellings")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("tellings")
    op.drop_table("notification_mailings")
    op.drop_table("notification_preferences")
    with op.batch_alter_table("comments") as batch:
        batch.drop_index("ix_comments_untold", postgresql_where=IS_UNTOLD, sqlite_where=IS_UNTOLD)
        batch.drop_column("told_at")
    # What only the new kinds could say is nothing that the release before can show.
    kind = sa.column("kind", sa.String)
    op.execute(sa.delete(sa.table("notifications", kind)).where(kind.not_in(OLD_KINDS)))
    with op.batch_alter_table("notifications") as batch:
        for name in ("ix_notifications_email_of", "ix_notifications_email_due"):
            batch.drop_index(name, postgresql_where=IS_DUE, sqlite_where=IS_DUE)
        batch.drop_index(batch.f("ix_notifications_decision_id"))
        batch.drop_index(batch.f("ix_notifications_challenge_id"))
        batch.drop_constraint(op.f("ck_notifications_email_state_known"), type_="check")
        batch.drop_constraint(op.f("ck_notifications_kind_known"), type_="check")
        batch.drop_constraint(batch.f("fk_notifications_by_id_members"), type_="foreignkey")
        batch.drop_constraint(batch.f("fk_notifications_decision_id_idea_decisions"), type_="foreignkey")
        batch.drop_constraint(batch.f("fk_notifications_challenge_id_challenges"), type_="foreignkey")
        batch.drop_column("emailed_at")
        batch.drop_column("email_after")
        batch.drop_column("email_state")
        batch.drop_column("by_id")
        batch.drop_column("decision_id")
        batch.drop_column("challenge_id")
        batch.create_check_constraint(op.f("ck_notifications_kind_known"), _among("kind", OLD_KINDS))
