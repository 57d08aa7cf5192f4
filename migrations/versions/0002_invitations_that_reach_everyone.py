"""Invitations that reach everyone: lists of any kind, phases on a schedule, bounces, join codes."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The checks of the tables that are changed, as they were and as they become.
OLD_CHECKS = {
    "invitations": {
        "state_known": "state IN ('draft', 'queued', 'sending', 'sent', 'joined', 'outcome unknown', 'failed', 'revoked', 'expired', 'already a member')",
        "email_lower": "email = lower(email)",
    },
    "outbox_messages": {
        "state_known": "state IN ('queued', 'claimed', 'sending', 'sent', 'failed', 'outcome unknown', 'cancelled')",
        "attempts_not_negative": "attempts >= 0",
    },
    "phases": {
        "state_known": "state IN ('draft', 'sending', 'sent')",
        "expires_days_in_range": "expires_days BETWEEN 15 AND 365",
    },
    "staff_list_rows": {
        "outcome_known": "outcome IN ('new', 'already invited', 'already a member', 'needs attention', 'ignored')",
    },
    "staff_lists": {},
}
NEW_CHECKS = {
    "invitations": {
        "state_known": "state IN ('draft', 'queued', 'sending', 'sent', 'joined', 'outcome unknown', 'failed', 'bounced', 'declined', 'revoked', 'expired', 'already a member', 'suppressed')",
        "email_lower": "email = lower(email)",
    },
    "outbox_messages": {
        "state_known": "state IN ('queued', 'held', 'claimed', 'sending', 'sent', 'failed', 'outcome unknown', 'cancelled', 'suppressed')",
        "attempts_not_negative": "attempts >= 0",
    },
    "phases": {
        "state_known": "state IN ('draft', 'scheduled', 'sending', 'paused', 'sent', 'stopped')",
        "source_known": "source IN ('list', 'choice')",
        "sending_days_known": "sending_days IN ('weekdays', 'every day')",
        "pause_cause_known": "pause_cause IN ('', 'admin', 'mail server')",
        "expires_days_in_range": "expires_days BETWEEN 15 AND 365",
        "hourly_rate_positive": "hourly_rate > 0",
        "sending_hours_in_order": "sending_from >= 0 AND sending_from < sending_until AND sending_until <= 24",
    },
    "staff_list_rows": {
        "outcome_known": "outcome IN ('new', 'already invited', 'already a member', 'suppressed', 'needs attention', 'ignored', 'leaving', 'has left', 'not a member')",
    },
    "staff_lists": {
        "kind_known": "kind IN ('joining', 'leaving')",
        "state_known": "state IN ('uploaded', 'reading', 'read', 'stopped', 'failed')",
    },
}
# What the states that are new become when the change is taken back.
FORMER = (
    "UPDATE invitations SET state = 'failed' WHERE state = 'bounced'",
    "UPDATE invitations SET state = 'revoked' WHERE state IN ('declined', 'suppressed')",
    "UPDATE outbox_messages SET state = 'cancelled' WHERE state IN ('held', 'suppressed')",
    # A draft of the first release has no invitations yet: its start writes them.
    "DELETE FROM invitations WHERE state = 'draft'",
    "UPDATE phases SET state = 'draft', people_count = 0 WHERE state = 'scheduled'",
    "UPDATE phases SET state = 'sent' WHERE state IN ('paused', 'stopped')",
    "DELETE FROM staff_list_rows WHERE list_id IN (SELECT id FROM staff_lists WHERE kind = 'leaving' OR state <> 'read')",
    "DELETE FROM staff_lists WHERE kind = 'leaving'",
    "UPDATE staff_list_rows SET outcome = 'ignored' WHERE outcome = 'suppressed'",
)


@contextmanager
def _altered(table: str, checks: dict[str, dict[str, str]]) -> Iterator[BatchOperations]:
    """Yield the changes of a table, with its checks taken away before and given anew after them."""
    was = OLD_CHECKS if checks is NEW_CHECKS else NEW_CHECKS
    with op.batch_alter_table(table) as batch:
        for name in was.get(table, {}):
            batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        yield batch
        for name, text in checks.get(table, {}).items():
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), text)


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "mail_server_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_answer", sa.String(length=500), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_mail_server_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_server_state")),
    )
    op.create_table(
        "suppressed_addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column(
            "because", sa.Enum("declined", "bounced", "asked", native_enum=False, length=30), nullable=False
        ),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.Column("suppressed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "because IN ('declined', 'bounced', 'asked')", name=op.f("ck_suppressed_addresses_because_known")
        ),
        sa.CheckConstraint("address = lower(address)", name=op.f("ck_suppressed_addresses_address_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppressed_addresses")),
        sa.UniqueConstraint("address", name=op.f("uq_suppressed_addresses_address")),
    )
    op.create_table(
        "bounces",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.Enum("hard", "soft", native_enum=False, length=30), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('hard', 'soft')", name=op.f("ck_bounces_kind_known")),
        sa.ForeignKeyConstraint(
            ["outbox_id"],
            ["outbox_messages.id"],
            name=op.f("fk_bounces_outbox_id_outbox_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces")),
        sa.UniqueConstraint("outbox_id", "report_key", name=op.f("uq_bounces_outbox_id_report_key")),
    )
    op.create_table(
        "delivery_attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"],
            ["outbox_messages.id"],
            name=op.f("fk_delivery_attempts_outbox_id_outbox_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempts")),
    )
    op.create_index(op.f("ix_delivery_attempts_outbox_id"), "delivery_attempts", ["outbox_id"], unique=False)
    op.create_table(
        "member_photos",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.Column("large", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_member_photos_member_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_member_photos")),
        sa.UniqueConstraint("key", name=op.f("uq_member_photos_key")),
    )
    op.create_table(
        "join_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("challenge_id", sa.Integer(), nullable=True),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("max_uses", sa.Integer(), nullable=False),
        sa.Column("uses_count", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("max_uses BETWEEN 1 AND 10000", name=op.f("ck_join_codes_max_uses_in_range")),
        sa.CheckConstraint("uses_count BETWEEN 0 AND max_uses", name=op.f("ck_join_codes_uses_within_limit")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenges.id"], name=op.f("fk_join_codes_challenge_id_challenges")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["members.id"], name=op.f("fk_join_codes_created_by_members")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["staff_groups.id"],
            name=op.f("fk_join_codes_group_id_staff_groups"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_join_codes_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_codes")),
        sa.UniqueConstraint("code", name=op.f("uq_join_codes_code")),
    )
    op.create_table(
        "staff_list_files",
        sa.Column("list_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["staff_lists.id"],
            name=op.f("fk_staff_list_files_list_id_staff_lists"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("list_id", name=op.f("pk_staff_list_files")),
    )
    op.create_table(
        "join_code_uses",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("join_code_id", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["members.id"], name=op.f("fk_join_code_uses_decided_by_members")
        ),
        sa.ForeignKeyConstraint(
            ["join_code_id"], ["join_codes.id"], name=op.f("fk_join_code_uses_join_code_id_join_codes")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_join_code_uses_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_join_code_uses")),
    )
    op.create_index(op.f("ix_join_code_uses_join_code_id"), "join_code_uses", ["join_code_id"], unique=False)
    op.create_index(
        "ix_audit_entries_subject", "audit_entries", ["subject_type", "subject_id", "id"], unique=False
    )
    with _altered("invitations", NEW_CHECKS) as batch:
        batch.add_column(sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("decline_reason", sa.String(length=60), server_default="", nullable=False))
        batch.add_column(sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("soft_bounces", sa.SmallInteger(), server_default="0", nullable=False))
        batch.add_column(sa.Column("reminders", sa.SmallInteger(), server_default="0", nullable=False))
        batch.add_column(sa.Column("next_reminder_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index(op.f("ix_invitations_next_reminder_at"), ["next_reminder_at"], unique=False)
    with _altered("member_sessions", NEW_CHECKS) as batch:
        batch.add_column(
            sa.Column("is_shared", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
    with _altered("members", NEW_CHECKS) as batch:
        batch.add_column(
            sa.Column("awaiting_approval", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
        batch.add_column(
            sa.Column("shown_as_former", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
        batch.add_column(sa.Column("photo_key", sa.String(length=32), nullable=True))
        batch.create_index(
            "ix_members_waiting",
            ["id"],
            unique=False,
            postgresql_where=sa.text("awaiting_approval"),
            sqlite_where=sa.text("awaiting_approval"),
        )
    with _altered("outbox_messages", NEW_CHECKS) as batch:
        batch.add_column(sa.Column("stream", sa.String(length=40), server_default="", nullable=False))
        batch.add_column(sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False))
        batch.drop_index("ix_outbox_messages_due")
        batch.create_index("ix_outbox_messages_due", ["state", "priority", "due_at", "id"], unique=False)
        batch.create_index("ix_outbox_messages_stream", ["stream", "state"], unique=False)
    with _altered("phases", NEW_CHECKS) as batch:
        batch.add_column(
            sa.Column(
                "source",
                sa.Enum("list", "choice", native_enum=False, length=30),
                server_default="list",
                nullable=False,
            )
        )
        batch.add_column(sa.Column("organisation_ids", sa.JSON(), server_default="[]", nullable=False))
        batch.add_column(sa.Column("group_ids", sa.JSON(), server_default="[]", nullable=False))
        batch.add_column(sa.Column("not_joined_from", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("challenge_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("from_name", sa.String(length=100), server_default="", nullable=False))
        batch.add_column(sa.Column("reply_to", sa.String(length=254), server_default="", nullable=False))
        batch.add_column(sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("hourly_rate", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column(
                "sending_days",
                sa.Enum("weekdays", "every day", native_enum=False, length=30),
                server_default="every day",
                nullable=False,
            )
        )
        batch.add_column(sa.Column("sending_from", sa.SmallInteger(), server_default="0", nullable=False))
        batch.add_column(sa.Column("sending_until", sa.SmallInteger(), server_default="24", nullable=False))
        batch.add_column(sa.Column("first_reminder_days", sa.SmallInteger(), nullable=True))
        batch.add_column(sa.Column("second_reminder_days", sa.SmallInteger(), nullable=True))
        batch.add_column(
            sa.Column("reminder_subject", sa.String(length=150), server_default="", nullable=False)
        )
        batch.add_column(sa.Column("reminder_message", sa.Text(), server_default="", nullable=False))
        batch.add_column(
            sa.Column(
                "pause_cause",
                sa.Enum("", "admin", "mail server", native_enum=False, length=30),
                server_default="",
                nullable=False,
            )
        )
        batch.add_column(sa.Column("next_send_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index("ix_phases_state", ["state", "starts_at"], unique=False)
        batch.create_foreign_key(
            op.f("fk_phases_not_joined_from_phases"), "phases", ["not_joined_from"], ["id"]
        )
        batch.create_foreign_key(
            op.f("fk_phases_challenge_id_challenges"), "challenges", ["challenge_id"], ["id"]
        )
    with _altered("staff_list_rows", NEW_CHECKS) as batch:
        batch.add_column(sa.Column("field", sa.String(length=20), server_default="", nullable=False))
        batch.add_column(sa.Column("suggestion", sa.String(length=200), server_default="", nullable=False))
        batch.add_column(sa.Column("cells", sa.JSON(none_as_null=True), nullable=True))
        batch.add_column(sa.Column("member_id", sa.Integer(), nullable=True))
        batch.create_index("ix_staff_list_rows_email", ["email", "outcome"], unique=False)
        batch.create_foreign_key(
            op.f("fk_staff_list_rows_member_id_members"), "members", ["member_id"], ["id"]
        )
    with _altered("staff_lists", NEW_CHECKS) as batch:
        batch.add_column(
            sa.Column(
                "kind",
                sa.Enum("joining", "leaving", native_enum=False, length=30),
                server_default="joining",
                nullable=False,
            )
        )
        batch.add_column(
            sa.Column(
                "state",
                sa.Enum("uploaded", "reading", "read", "stopped", "failed", native_enum=False, length=30),
                server_default="read",
                nullable=False,
            )
        )
        batch.add_column(sa.Column("file_format", sa.String(length=60), server_default="", nullable=False))
        batch.add_column(sa.Column("sheet", sa.SmallInteger(), server_default="0", nullable=False))
        batch.add_column(sa.Column("heading_row", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("headings", sa.JSON(), server_default="[]", nullable=False))
        batch.add_column(sa.Column("columns", sa.JSON(), server_default="{}", nullable=False))
        batch.add_column(sa.Column("corrections", sa.JSON(), server_default="{}", nullable=False))
        batch.add_column(sa.Column("rows_read", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("rows_expected", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("problem", sa.String(length=300), server_default="", nullable=False))
        batch.add_column(sa.Column("claimed_by", sa.String(length=80), server_default="", nullable=False))
        batch.add_column(sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("applied_by", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_staff_lists_applied_by_members"), "members", ["applied_by"], ["id"])
        batch.create_index("ix_staff_lists_state", ["state", "id"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    for statement in FORMER:
        op.execute(statement)
    with _altered("staff_lists", OLD_CHECKS) as batch:
        batch.drop_constraint(op.f("fk_staff_lists_applied_by_members"), type_="foreignkey")
        batch.drop_index("ix_staff_lists_state")
        batch.drop_column("applied_by")
        batch.drop_column("applied_at")
        batch.drop_column("lease_until")
        batch.drop_column("claimed_by")
        batch.drop_column("problem")
        batch.drop_column("rows_expected")
        batch.drop_column("rows_read")
        batch.drop_column("corrections")
        batch.drop_column("columns")
        batch.drop_column("headings")
        batch.drop_column("heading_row")
        batch.drop_column("sheet")
        batch.drop_column("file_format")
        batch.drop_column("state")
        batch.drop_column("kind")
    with _altered("staff_list_rows", OLD_CHECKS) as batch:
        batch.drop_constraint(op.f("fk_staff_list_rows_member_id_members"), type_="foreignkey")
        batch.drop_index("ix_staff_list_rows_email")
        batch.drop_column("member_id")
        batch.drop_column("cells")
        batch.drop_column("suggestion")
        batch.drop_column("field")
    with _altered("phases", OLD_CHECKS) as batch:
        batch.drop_constraint(op.f("fk_phases_challenge_id_challenges"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_phases_not_joined_from_phases"), type_="foreignkey")
        batch.drop_index("ix_phases_state")
        batch.drop_column("next_send_at")
        batch.drop_column("pause_cause")
        batch.drop_column("reminder_message")
        batch.drop_column("reminder_subject")
        batch.drop_column("second_reminder_days")
        batch.drop_column("first_reminder_days")
        batch.drop_column("sending_until")
        batch.drop_column("sending_from")
        batch.drop_column("sending_days")
        batch.drop_column("hourly_rate")
        batch.drop_column("starts_at")
        batch.drop_column("reply_to")
        batch.drop_column("from_name")
        batch.drop_column("challenge_id")
        batch.drop_column("not_joined_from")
        batch.drop_column("group_ids")
        batch.drop_column("organisation_ids")
        batch.drop_column("source")
    with _altered("outbox_messages", OLD_CHECKS) as batch:
        batch.drop_index("ix_outbox_messages_stream")
        batch.drop_index("ix_outbox_messages_due")
        batch.create_index(op.f("ix_outbox_messages_due"), ["state", "due_at", "id"], unique=False)
        batch.drop_column("priority")
        batch.drop_column("stream")
    with _altered("members", OLD_CHECKS) as batch:
        batch.drop_index("ix_members_waiting")
        batch.drop_column("photo_key")
        batch.drop_column("shown_as_former")
        batch.drop_column("awaiting_approval")
    with _altered("member_sessions", OLD_CHECKS) as batch:
        batch.drop_column("is_shared")
    with _altered("invitations", OLD_CHECKS) as batch:
        batch.drop_index(op.f("ix_invitations_next_reminder_at"))
        batch.drop_column("renewed_at")
        batch.drop_column("next_reminder_at")
        batch.drop_column("reminders")
        batch.drop_column("soft_bounces")
        batch.drop_column("bounced_at")
        batch.drop_column("decline_reason")
        batch.drop_column("declined_at")
        batch.drop_column("opened_at")
    op.drop_index("ix_audit_entries_subject", table_name="audit_entries")
    op.drop_index(op.f("ix_join_code_uses_join_code_id"), table_name="join_code_uses")
    op.drop_table("join_code_uses")
    op.drop_table("staff_list_files")
    op.drop_table("join_codes")
    op.drop_table("member_photos")
    op.drop_index(op.f("ix_delivery_attempts_outbox_id"), table_name="delivery_attempts")
    op.drop_table("delivery_attempts")
    op.drop_table("bounces")
    op.drop_table("suppressed_addresses")
    op.drop_table("mail_server_state")
