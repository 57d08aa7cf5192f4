"""Which change of an approved idea a moderator has looked at: needed to tick it off without deciding."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column("ideas", sa.Column("seen_revision_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("ideas", "seen_revision_id")
