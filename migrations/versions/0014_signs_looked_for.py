"""Until when signs of gaming were looked for, so that a worker that stood still misses none."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "gaming_looks",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("looked_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_gaming_looks_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaming_looks")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("gaming_looks")
