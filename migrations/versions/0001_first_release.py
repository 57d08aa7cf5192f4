"""The first release: every table, the rules of points, and the append-only triggers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

POINT_RULES = (
    ("joined", 50, None),
    ("profile completed", 10, None),
    ("idea published", 20, 3),
    ("comment published", 5, 5),
    ("vote cast", 1, 20),
    ("thumb up on idea", 2, 25),
    ("thumb up on comment", 1, 25),
    ("idea shortlisted", 50, None),
    ("idea done", 100, None),
)
APPEND_ONLY = ("audit_entries", "point_entries")


def _seed_point_rules() -> None:
    rules = sa.table("point_rules", sa.column("event"), sa.column("points"), sa.column("daily_cap"))
    op.bulk_insert(
        rules,
        [{"event": event, "points": points, "daily_cap": cap} for event, points, cap in POINT_RULES],
    )


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_refuse_{verb.lower()}"
            if op.get_bind().dialect.name == "postgresql":
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
                )
            else:
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )


def _allow_changes() -> None:
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_refuse_{verb.lower()}"
            on = f" ON {table}" if op.get_bind().dialect.name == "postgresql" else ""
            op.execute(f"DROP TRIGGER {name}{on}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "failed_attempts",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("window_started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_failed_attempts")),
    )
    op.create_index(
        op.f("ix_failed_attempts_window_started_at"),
        "failed_attempts",
        ["window_started_at"],
        unique=False,
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("short_name", sa.String(length=20), nullable=False),
        sa.Column("colour", sa.String(length=7), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("headcount >= 0", name=op.f("ck_organisations_headcount_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    op.create_index(
        "uq_organisations_name_lower",
        "organisations",
        [sa.literal_column("lower(name)")],
        unique=True,
    )
    op.create_index(
        "uq_organisations_short_name_lower",
        "organisations",
        [sa.literal_column("lower(short_name)")],
        unique=True,
    )
    op.create_table(
        "outbox_messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("ref_id", sa.Integer(), nullable=True),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("from_name", sa.String(length=100), nullable=False),
        sa.Column("reply_to", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "claimed",
                "sending",
                "sent",
                "failed",
                "outcome unknown",
                "cancelled",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=80), nullable=False),
        sa.Column("last_answer", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'claimed', 'sending', 'sent', 'failed', 'outcome unknown', 'cancelled')",
            name=op.f("ck_outbox_messages_state_known"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbox_messages_attempts_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_messages")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_messages_message_id")),
    )
    op.create_index(
        "ix_outbox_messages_due",
        "outbox_messages",
        ["state", "due_at", "id"],
        unique=False,
    )
    op.create_index("ix_outbox_messages_ref", "outbox_messages", ["purpose", "ref_id"], unique=False)
    op.create_table(
        "point_rules",
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("daily_cap", sa.Integer(), nullable=True),
        sa.CheckConstraint("daily_cap > 0", name=op.f("ck_point_rules_daily_cap_positive")),
        sa.CheckConstraint("points BETWEEN 0 AND 10000", name=op.f("ck_point_rules_points_in_range")),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_point_rules")),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sign_in_name", sa.String(length=254), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("job_title", sa.String(length=120), nullable=False),
        sa.Column("about", sa.String(length=500), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column(
            "role",
            sa.Enum("staff", "moderator", "admin", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_leaderboard", sa.Boolean(), nullable=False),
        sa.Column(
            "theme",
            sa.Enum("system", "light", "dark", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("imported_from", sa.String(length=200), nullable=True),
        sa.Column("imported_id", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "role IN ('staff', 'moderator', 'admin')",
            name=op.f("ck_members_role_known"),
        ),
        sa.CheckConstraint("theme IN ('system', 'light', 'dark')", name=op.f("ck_members_theme_known")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_members_email_lower")),
        sa.CheckConstraint(
            "sign_in_name = lower(sign_in_name)",
            name=op.f("ck_members_sign_in_name_lower"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_members_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("email", name=op.f("uq_members_email")),
        sa.UniqueConstraint(
            "imported_from",
            "imported_id",
            name=op.f("uq_members_imported_from_imported_id"),
        ),
        sa.UniqueConstraint("sign_in_name", name=op.f("uq_members_sign_in_name")),
    )
    op.create_index(
        "ix_members_leaderboard",
        "members",
        ["on_leaderboard", "is_active", "points", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_members_name"), "members", ["name"], unique=False)
    op.create_index(op.f("ix_members_organisation_id"), "members", ["organisation_id"], unique=False)
    op.create_table(
        "organisation_domains",
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("domain = lower(domain)", name=op.f("ck_organisation_domains_domain_lower")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_domains_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_organisation_domains")),
    )
    op.create_index(
        op.f("ix_organisation_domains_organisation_id"),
        "organisation_domains",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "staff_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_staff_groups_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_groups")),
    )
    op.create_index(
        op.f("ix_staff_groups_organisation_id"),
        "staff_groups",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "uq_staff_groups_name_lower",
        "staff_groups",
        [sa.literal_column("lower(name)")],
        unique=True,
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("subject_label", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["members.id"], name=op.f("fk_audit_entries_actor_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_action", "audit_entries", ["action", "id"], unique=False)
    op.create_index("ix_audit_entries_actor", "audit_entries", ["actor_id", "id"], unique=False)
    op.create_index(op.f("ix_audit_entries_at"), "audit_entries", ["at"], unique=False)
    op.create_table(
        "challenges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("brief_source", sa.Text(), nullable=False),
        sa.Column("brief_html", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column(
            "audience",
            sa.Enum("everyone", "chosen", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voting_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ideas_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_from", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "audience IN ('everyone', 'chosen')",
            name=op.f("ck_challenges_audience_known"),
        ),
        sa.CheckConstraint(
            "NOT is_published OR opens_at IS NOT NULL",
            name=op.f("ck_challenges_published_has_opening"),
        ),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_challenges_closes_after_opening")),
        sa.CheckConstraint("ideas_count >= 0", name=op.f("ck_challenges_ideas_count_not_negative")),
        sa.CheckConstraint(
            "voting_closes_at > closes_at",
            name=op.f("ck_challenges_voting_closes_after_ideas"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["members.id"], name=op.f("fk_challenges_author_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
        sa.UniqueConstraint("imported_from", name=op.f("uq_challenges_imported_from")),
    )
    op.create_index(op.f("ix_challenges_author_id"), "challenges", ["author_id"], unique=False)
    op.create_index(
        "ix_challenges_opens",
        "challenges",
        ["is_published", "opens_at", "id"],
        unique=False,
    )
    op.create_table(
        "member_groups",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["staff_groups.id"],
            name=op.f("fk_member_groups_group_id_staff_groups"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_member_groups_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "group_id", name=op.f("pk_member_groups")),
    )
    op.create_index(op.f("ix_member_groups_group_id"), "member_groups", ["group_id"], unique=False)
    op.create_table(
        "member_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_member_sessions_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_member_sessions_token_hash")),
    )
    op.create_index(
        op.f("ix_member_sessions_expires_at"),
        "member_sessions",
        ["expires_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_member_sessions_member_id"),
        "member_sessions",
        ["member_id"],
        unique=False,
    )
    op.create_table(
        "password_resets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_password_resets_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_resets")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_resets_token_hash")),
    )
    op.create_index(
        op.f("ix_password_resets_handled_at"),
        "password_resets",
        ["handled_at"],
        unique=False,
    )
    op.create_table(
        "point_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("event_key", sa.String(length=100), nullable=False),
        sa.Column("is_reversal", sa.Boolean(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event"],
            ["point_rules.event"],
            name=op.f("fk_point_entries_event_point_rules"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_point_entries_member_id_members"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_entries")),
        sa.UniqueConstraint("event_key", name=op.f("uq_point_entries_event_key")),
    )
    op.create_index(
        "ix_point_entries_day",
        "point_entries",
        ["member_id", "day", "event"],
        unique=False,
    )
    op.create_table(
        "staff_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["uploaded_by"],
            ["members.id"],
            name=op.f("fk_staff_lists_uploaded_by_members"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_lists")),
    )
    op.create_table(
        "challenge_groups",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_challenge_groups_challenge_id_challenges"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["staff_groups.id"],
            name=op.f("fk_challenge_groups_group_id_staff_groups"),
        ),
        sa.PrimaryKeyConstraint("challenge_id", "group_id", name=op.f("pk_challenge_groups")),
    )
    op.create_index(
        op.f("ix_challenge_groups_group_id"),
        "challenge_groups",
        ["group_id"],
        unique=False,
    )
    op.create_table(
        "challenge_organisations",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_challenge_organisations_challenge_id_challenges"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_challenge_organisations_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("challenge_id", "organisation_id", name=op.f("pk_challenge_organisations")),
    )
    op.create_index(
        op.f("ix_challenge_organisations_organisation_id"),
        "challenge_organisations",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "ideas",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("body_source", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.String(length=320), nullable=False),
        sa.Column(
            "status",
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
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("up_count", sa.Integer(), nullable=False),
        sa.Column("down_count", sa.Integer(), nullable=False),
        sa.Column("votes_count", sa.Integer(), nullable=False),
        sa.Column("comments_count", sa.Integer(), nullable=False),
        sa.Column("wilson", sa.Double(), nullable=False),
        sa.Column("activity", sa.Double(), nullable=False),
        sa.Column("trending", sa.Double(), nullable=False),
        sa.Column("shuffle_key", sa.BigInteger(), nullable=False),
        sa.Column("imported_id", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "status IN ('draft', 'waiting for approval', 'new', 'under review', 'shortlisted', 'planned', 'in progress', 'done', 'not now', 'merged', 'withdrawn', 'hidden')",
            name=op.f("ck_ideas_status_known"),
        ),
        sa.CheckConstraint(
            "NOT listed OR published_at IS NOT NULL",
            name=op.f("ck_ideas_listed_is_published"),
        ),
        sa.CheckConstraint("comments_count >= 0", name=op.f("ck_ideas_comments_count_not_negative")),
        sa.CheckConstraint("down_count >= 0", name=op.f("ck_ideas_down_count_not_negative")),
        sa.CheckConstraint("up_count >= 0", name=op.f("ck_ideas_up_count_not_negative")),
        sa.CheckConstraint(
            "votes_count = up_count + down_count",
            name=op.f("ck_ideas_votes_count_is_sum"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["members.id"], name=op.f("fk_ideas_author_id_members")),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_ideas_challenge_id_challenges"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ideas")),
        sa.UniqueConstraint(
            "challenge_id",
            "imported_id",
            name=op.f("uq_ideas_challenge_id_imported_id"),
        ),
    )
    op.create_index("ix_ideas_author", "ideas", ["author_id", "id"], unique=False)
    op.create_index(
        "ix_ideas_discussed",
        "ideas",
        ["challenge_id", "listed", "comments_count", "id"],
        unique=False,
    )
    op.create_index(
        "ix_ideas_needs_votes",
        "ideas",
        ["challenge_id", "listed", "votes_count", "shuffle_key"],
        unique=False,
    )
    op.create_index(
        "ix_ideas_new",
        "ideas",
        ["challenge_id", "listed", "published_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_ideas_top",
        "ideas",
        ["challenge_id", "listed", "wilson", "id"],
        unique=False,
    )
    op.create_index(
        "ix_ideas_trending",
        "ideas",
        ["challenge_id", "listed", "trending", "id"],
        unique=False,
    )
    op.create_index(
        "ix_ideas_unanswered",
        "ideas",
        ["status", "published_at", "id", "challenge_id"],
        unique=False,
    )
    op.create_table(
        "phases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=150), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("expires_days", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "sending", "sent", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("people_count", sa.Integer(), nullable=False),
        sa.Column("sent_count", sa.Integer(), nullable=False),
        sa.Column("joined_count", sa.Integer(), nullable=False),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("unknown_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'sending', 'sent')", name=op.f("ck_phases_state_known")),
        sa.CheckConstraint(
            "expires_days BETWEEN 15 AND 365",
            name=op.f("ck_phases_expires_days_in_range"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["members.id"], name=op.f("fk_phases_created_by_members")),
        sa.ForeignKeyConstraint(["list_id"], ["staff_lists.id"], name=op.f("fk_phases_list_id_staff_lists")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phases")),
        sa.UniqueConstraint("name", name=op.f("uq_phases_name")),
    )
    op.create_table(
        "staff_list_rows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("groups", sa.String(length=500), nullable=False),
        sa.Column("job_title", sa.String(length=200), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "new",
                "already invited",
                "already a member",
                "needs attention",
                "ignored",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('new', 'already invited', 'already a member', 'needs attention', 'ignored')",
            name=op.f("ck_staff_list_rows_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["staff_lists.id"],
            name=op.f("fk_staff_list_rows_list_id_staff_lists"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_staff_list_rows_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_list_rows")),
        sa.UniqueConstraint("list_id", "line", name=op.f("uq_staff_list_rows_list_id_line")),
    )
    op.create_index(
        "ix_staff_list_rows_outcome",
        "staff_list_rows",
        ["list_id", "outcome", "line"],
        unique=False,
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "idea_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "parent_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=60), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("body_source", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("up_count", sa.Integer(), nullable=False),
        sa.Column("down_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("depth BETWEEN 0 AND 2", name=op.f("ck_comments_depth_in_range")),
        sa.CheckConstraint("down_count >= 0", name=op.f("ck_comments_down_count_not_negative")),
        sa.CheckConstraint("up_count >= 0", name=op.f("ck_comments_up_count_not_negative")),
        sa.ForeignKeyConstraint(["author_id"], ["members.id"], name=op.f("fk_comments_author_id_members")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_comments_idea_id_ideas")),
        sa.ForeignKeyConstraint(["parent_id"], ["comments.id"], name=op.f("fk_comments_parent_id_comments")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index("ix_comments_author", "comments", ["author_id", "id"], unique=False)
    op.create_index(op.f("ix_comments_parent_id"), "comments", ["parent_id"], unique=False)
    op.create_index("ix_comments_thread", "comments", ["idea_id", "path"], unique=True)
    op.create_table(
        "idea_decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "idea_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "from_status",
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
        sa.Column(
            "to_status",
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
        sa.Column("response_source", sa.Text(), nullable=False),
        sa.Column("response_html", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "from_status IN ('draft', 'waiting for approval', 'new', 'under review', 'shortlisted', 'planned', 'in progress', 'done', 'not now', 'merged', 'withdrawn', 'hidden')",
            name=op.f("ck_idea_decisions_from_status_known"),
        ),
        sa.CheckConstraint(
            "to_status IN ('draft', 'waiting for approval', 'new', 'under review', 'shortlisted', 'planned', 'in progress', 'done', 'not now', 'merged', 'withdrawn', 'hidden')",
            name=op.f("ck_idea_decisions_to_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["members.id"],
            name=op.f("fk_idea_decisions_decided_by_members"),
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"],
            ["ideas.id"],
            name=op.f("fk_idea_decisions_idea_id_ideas"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_decisions")),
    )
    op.create_index(op.f("ix_idea_decisions_idea_id"), "idea_decisions", ["idea_id"], unique=False)
    op.create_table(
        "idea_revisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "idea_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("body_source", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"],
            ["ideas.id"],
            name=op.f("fk_idea_revisions_idea_id_ideas"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_revisions")),
    )
    op.create_index(op.f("ix_idea_revisions_idea_id"), "idea_revisions", ["idea_id"], unique=False)
    op.create_table(
        "idea_votes",
        sa.Column(
            "idea_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value IN (-1, 1)", name=op.f("ck_idea_votes_value_up_or_down")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_idea_votes_idea_id_ideas")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_idea_votes_member_id_members")),
        sa.PrimaryKeyConstraint("idea_id", "member_id", name=op.f("pk_idea_votes")),
    )
    op.create_index(op.f("ix_idea_votes_member_id"), "idea_votes", ["member_id"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("phase_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("job_title", sa.String(length=120), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("group_ids", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "queued",
                "sending",
                "sent",
                "joined",
                "outcome unknown",
                "failed",
                "revoked",
                "expired",
                "already a member",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("last_answer", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'queued', 'sending', 'sent', 'joined', 'outcome unknown', 'failed', 'revoked', 'expired', 'already a member')",
            name=op.f("ck_invitations_state_known"),
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_invitations_email_lower")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_invitations_member_id_members")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_invitations_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["phase_id"], ["phases.id"], name=op.f("fk_invitations_phase_id_phases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("phase_id", "email", name=op.f("uq_invitations_phase_id_email")),
    )
    op.create_index(op.f("ix_invitations_email"), "invitations", ["email"], unique=False)
    op.create_index(op.f("ix_invitations_member_id"), "invitations", ["member_id"], unique=False)
    op.create_index("ix_invitations_state", "invitations", ["phase_id", "state", "id"], unique=False)
    op.create_table(
        "comment_revisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "comment_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("body_source", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_comment_revisions_comment_id_comments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_revisions")),
    )
    op.create_index(
        op.f("ix_comment_revisions_comment_id"),
        "comment_revisions",
        ["comment_id"],
        unique=False,
    )
    op.create_table(
        "comment_votes",
        sa.Column(
            "comment_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value IN (-1, 1)", name=op.f("ck_comment_votes_value_up_or_down")),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_comment_votes_comment_id_comments"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_comment_votes_member_id_members"),
        ),
        sa.PrimaryKeyConstraint("comment_id", "member_id", name=op.f("pk_comment_votes")),
    )
    op.create_index(op.f("ix_comment_votes_member_id"), "comment_votes", ["member_id"], unique=False)
    op.create_table(
        "notifications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "comment on your idea",
                "reply to your comment",
                "status of your idea",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "idea_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "comment_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("fact_key", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('comment on your idea', 'reply to your comment', 'status of your idea')",
            name=op.f("ck_notifications_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_notifications_comment_id_comments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"],
            ["ideas.id"],
            name=op.f("fk_notifications_idea_id_ideas"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_notifications_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("fact_key", name=op.f("uq_notifications_fact_key")),
    )
    op.create_index(
        op.f("ix_notifications_comment_id"),
        "notifications",
        ["comment_id"],
        unique=False,
    )
    op.create_index(op.f("ix_notifications_idea_id"), "notifications", ["idea_id"], unique=False)
    op.create_index("ix_notifications_member", "notifications", ["member_id", "id"], unique=False)
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["member_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
        sqlite_where=sa.text("read_at IS NULL"),
    )
    _seed_point_rules()
    _refuse_changes()


def downgrade() -> None:
    """Take the change back."""
    _allow_changes()
    op.drop_index(
        "ix_notifications_unread",
        table_name="notifications",
        postgresql_where=sa.text("read_at IS NULL"),
        sqlite_where=sa.text("read_at IS NULL"),
    )
    op.drop_index("ix_notifications_member", table_name="notifications")
    op.drop_index(op.f("ix_notifications_idea_id"), table_name="notifications")
    op.drop_index(op.f("ix_notifications_comment_id"), table_name="notifications")
    op.drop_table("notifications")
    op.drop_index(op.f("ix_comment_votes_member_id"), table_name="comment_votes")
    op.drop_table("comment_votes")
    op.drop_index(op.f("ix_comment_revisions_comment_id"), table_name="comment_revisions")
    op.drop_table("comment_revisions")
    op.drop_index("ix_invitations_state", table_name="invitations")
    op.drop_index(op.f("ix_invitations_member_id"), table_name="invitations")
    op.drop_index(op.f("ix_invitations_email"), table_name="invitations")
    op.drop_table("invitations")
    op.drop_index(op.f("ix_idea_votes_member_id"), table_name="idea_votes")
    op.drop_table("idea_votes")
    op.drop_index(op.f("ix_idea_revisions_idea_id"), table_name="idea_revisions")
    op.drop_table("idea_revisions")
    op.drop_index(op.f("ix_idea_decisions_idea_id"), table_name="idea_decisions")
    op.drop_table("idea_decisions")
    op.drop_index("ix_comments_thread", table_name="comments")
    op.drop_index(op.f("ix_comments_parent_id"), table_name="comments")
    op.drop_index("ix_comments_author", table_name="comments")
    op.drop_table("comments")
    op.drop_index("ix_staff_list_rows_outcome", table_name="staff_list_rows")
    op.drop_table("staff_list_rows")
    op.drop_table("phases")
    op.drop_index("ix_ideas_unanswered", table_name="ideas")
    op.drop_index("ix_ideas_trending", table_name="ideas")
    op.drop_index("ix_ideas_top", table_name="ideas")
    op.drop_index("ix_ideas_new", table_name="ideas")
    op.drop_index("ix_ideas_needs_votes", table_name="ideas")
    op.drop_index("ix_ideas_discussed", table_name="ideas")
    op.drop_index("ix_ideas_author", table_name="ideas")
    op.drop_table("ideas")
    op.drop_index(
        op.f("ix_challenge_organisations_organisation_id"),
        table_name="challenge_organisations",
    )
    op.drop_table("challenge_organisations")
    op.drop_index(op.f("ix_challenge_groups_group_id"), table_name="challenge_groups")
    op.drop_table("challenge_groups")
    op.drop_table("staff_lists")
    op.drop_index("ix_point_entries_day", table_name="point_entries")
    op.drop_table("point_entries")
    op.drop_index(op.f("ix_password_resets_handled_at"), table_name="password_resets")
    op.drop_table("password_resets")
    op.drop_index(op.f("ix_member_sessions_member_id"), table_name="member_sessions")
    op.drop_index(op.f("ix_member_sessions_expires_at"), table_name="member_sessions")
    op.drop_table("member_sessions")
    op.drop_index(op.f("ix_member_groups_group_id"), table_name="member_groups")
    op.drop_table("member_groups")
    op.drop_index("ix_challenges_opens", table_name="challenges")
    op.drop_index(op.f("ix_challenges_author_id"), table_name="challenges")
    op.drop_table("challenges")
    op.drop_index(op.f("ix_audit_entries_at"), table_name="audit_entries")
    op.drop_index("ix_audit_entries_actor", table_name="audit_entries")
    op.drop_index("ix_audit_entries_action", table_name="audit_entries")
    op.drop_table("audit_entries")
    op.drop_index("uq_staff_groups_name_lower", table_name="staff_groups")
    op.drop_index(op.f("ix_staff_groups_organisation_id"), table_name="staff_groups")
    op.drop_table("staff_groups")
    op.drop_index(
        op.f("ix_organisation_domains_organisation_id"),
        table_name="organisation_domains",
    )
    op.drop_table("organisation_domains")
    op.drop_index(op.f("ix_members_organisation_id"), table_name="members")
    op.drop_index(op.f("ix_members_name"), table_name="members")
    op.drop_index("ix_members_leaderboard", table_name="members")
    op.drop_table("members")
    op.drop_table("point_rules")
    op.drop_index("ix_outbox_messages_ref", table_name="outbox_messages")
    op.drop_index("ix_outbox_messages_due", table_name="outbox_messages")
    op.drop_table("outbox_messages")
    op.drop_index("uq_organisations_short_name_lower", table_name="organisations")
    op.drop_index("uq_organisations_name_lower", table_name="organisations")
    op.drop_table("organisations")
    op.drop_index(op.f("ix_failed_attempts_window_started_at"), table_name="failed_attempts")
    op.drop_table("failed_attempts")
