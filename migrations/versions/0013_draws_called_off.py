"""Whoever entered a prize draw that cost nothing is told, too, when it is called off."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OLD_KINDS = (
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
    "milestone first idea",
    "milestone first votes",
    "milestone comment helped",
    "milestone idea done",
    "milestone colleague joined",
    "voucher cancelled",
    "voucher expires soon",
    "draw won",
    "draw not won",
    "gift given",
    "team prize won",
    "points came back",
    "votes set aside",
    "thumbs set aside",
    "votes brought back",
)
NEW_KINDS = (*OLD_KINDS, "draw called off")


def _among(values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"kind IN ({listed})"


def upgrade() -> None:
    """Apply the change."""
    _know(NEW_KINDS)


def downgrade() -> None:
    """Take the change back."""
    kind = sa.column("kind", sa.String)
    op.execute(sa.delete(sa.table("notifications", kind)).where(kind.not_in(OLD_KINDS)))
    _know(OLD_KINDS)


def _know(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("notifications") as batch:
        batch.drop_constraint(op.f("ck_notifications_kind_known"), type_="check")
        batch.create_check_constraint(op.f("ck_notifications_kind_known"), _among(kinds))
