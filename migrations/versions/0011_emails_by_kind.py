"""Emails by kind: a choice about one kind apart from its group, and what a link in an email stopped."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KINDS = (
    "comment on your idea",
    "reply to your comment",
    "status of your idea",
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
    "comment thanked",
)
EMAILS = ("at once", "daily", "never")
STOPPED_FROM = ("no choice", "at once", "daily")


def _among(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


def _enum(values: tuple[str, ...], length: int = 30) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, length=length)


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("notification_preferences") as batch:
        batch.add_column(sa.Column("stopped_from", _enum(STOPPED_FROM), nullable=True))
        batch.create_check_constraint(
            op.f("ck_notification_preferences_stopped_from_known"), _among("stopped_from", STOPPED_FROM)
        )
    op.create_table(
        "notification_kind_preferences",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", _enum(KINDS, 40), nullable=False),
        sa.Column("email", _enum(EMAILS), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_from", _enum(STOPPED_FROM), nullable=True),
        sa.CheckConstraint(_among("kind", KINDS), name=op.f("ck_notification_kind_preferences_kind_known")),
        sa.CheckConstraint(
            _among("email", EMAILS), name=op.f("ck_notification_kind_preferences_email_known")
        ),
        sa.CheckConstraint(
            _among("stopped_from", STOPPED_FROM),
            name=op.f("ck_notification_kind_preferences_stopped_from_known"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_notification_kind_preferences_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "kind", name=op.f("pk_notification_kind_preferences")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("notification_kind_preferences")
    with op.batch_alter_table("notification_preferences") as batch:
        batch.drop_constraint(op.f("ck_notification_preferences_stopped_from_known"), type_="check")
        batch.drop_column("stopped_from")
