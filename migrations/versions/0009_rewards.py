"""Rewards: sponsors, what they give, vouchers, draws, team prizes."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
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
)
NEW_KINDS = (
    *OLD_KINDS,
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


def _among(values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"kind IN ({listed})"


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "reward_pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("alternative_text", sa.String(length=300), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_pictures")),
        sa.UniqueConstraint("key", name=op.f("uq_reward_pictures_key")),
    )
    op.create_table(
        "gift_policies",
        sa.Column("organisation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opted_out", sa.Boolean(), nullable=False),
        sa.Column("ceiling_pence", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ceiling_pence >= 0", name=op.f("ck_gift_policies_ceiling_not_negative")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_gift_policies_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_gift_policies")),
    )
    op.create_table(
        "sponsors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("logo_id", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["logo_id"], ["reward_pictures.id"], name=op.f("fk_sponsors_logo_id_reward_pictures")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sponsors")),
    )
    op.create_index("uq_sponsors_name_lower", "sponsors", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "desk_members",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_desk_members_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsors.id"], name=op.f("fk_desk_members_sponsor_id_sponsors")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_desk_members")),
    )
    op.create_index(op.f("ix_desk_members_sponsor_id"), "desk_members", ["sponsor_id"], unique=False)
    op.create_table(
        "rewards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum("redeem", "draw", "team", "gift", native_enum=False, length=30), nullable=False
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body_source", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("face_value_pence", sa.Integer(), nullable=False),
        sa.Column("stock_kind", sa.Enum("number", "codes", native_enum=False, length=30), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), server_default="0", nullable=False),
        sa.Column("per_member", sa.Integer(), nullable=True),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("given_for", sa.String(length=30), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum("draft", "published", "closed", native_enum=False, length=30),
            server_default="draft",
            nullable=False,
        ),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'gift') = (given_for IS NOT NULL)", name=op.f("ck_rewards_gifts_are_for_something")
        ),
        sa.CheckConstraint("kind <> 'gift' OR cost = 0", name=op.f("ck_rewards_gifts_cost_nothing")),
        sa.CheckConstraint("kind IN ('redeem', 'draw', 'team', 'gift')", name=op.f("ck_rewards_kind_known")),
        sa.CheckConstraint("state IN ('draft', 'published', 'closed')", name=op.f("ck_rewards_state_known")),
        sa.CheckConstraint("stock_kind IN ('number', 'codes')", name=op.f("ck_rewards_stock_kind_known")),
        sa.CheckConstraint("cost BETWEEN 0 AND 100000", name=op.f("ck_rewards_cost_in_range")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_rewards_ends_after_start")),
        sa.CheckConstraint(
            "face_value_pence BETWEEN 0 AND 100000", name=op.f("ck_rewards_face_value_in_range")
        ),
        sa.CheckConstraint("per_member > 0", name=op.f("ck_rewards_per_member_positive")),
        sa.CheckConstraint(
            "stock >= 0 AND given >= 0 AND given <= stock", name=op.f("ck_rewards_given_within_stock")
        ),
        sa.CheckConstraint("valid_days BETWEEN 1 AND 730", name=op.f("ck_rewards_valid_days_in_range")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["members.id"], name=op.f("fk_rewards_created_by_id_members")
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["reward_pictures.id"], name=op.f("fk_rewards_picture_id_reward_pictures")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsors.id"], name=op.f("fk_rewards_sponsor_id_sponsors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewards")),
    )
    op.create_index(op.f("ix_rewards_sponsor_id"), "rewards", ["sponsor_id"], unique=False)
    op.create_index("ix_rewards_state", "rewards", ["state", "ends_at", "id"], unique=False)
    op.create_table(
        "draws",
        sa.Column("reward_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("seed_hash", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drawn_by_id", sa.Integer(), nullable=True),
        sa.Column("entries_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["members.id"], name=op.f("fk_draws_drawn_by_id_members")),
        sa.ForeignKeyConstraint(
            ["reward_id"], ["rewards.id"], name=op.f("fk_draws_reward_id_rewards"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("reward_id", name=op.f("pk_draws")),
    )
    op.create_table(
        "pledges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reward_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("pledged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("points > 0", name=op.f("ck_pledges_points_positive")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["staff_groups.id"], name=op.f("fk_pledges_group_id_staff_groups")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_pledges_member_id_members")),
        sa.ForeignKeyConstraint(["reward_id"], ["rewards.id"], name=op.f("fk_pledges_reward_id_rewards")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledges")),
    )
    op.create_index(op.f("ix_pledges_member_id"), "pledges", ["member_id"], unique=False)
    op.create_index("ix_pledges_prize", "pledges", ["reward_id", "group_id", "id"], unique=False)
    op.create_table(
        "reward_groups",
        sa.Column("reward_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["staff_groups.id"],
            name=op.f("fk_reward_groups_group_id_staff_groups"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reward_id"], ["rewards.id"], name=op.f("fk_reward_groups_reward_id_rewards"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("reward_id", "group_id", name=op.f("pk_reward_groups")),
    )
    op.create_index(op.f("ix_reward_groups_group_id"), "reward_groups", ["group_id"], unique=False)
    op.create_table(
        "reward_organisations",
        sa.Column("reward_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_reward_organisations_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reward_id"],
            ["rewards.id"],
            name=op.f("fk_reward_organisations_reward_id_rewards"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("reward_id", "organisation_id", name=op.f("pk_reward_organisations")),
    )
    op.create_index(
        op.f("ix_reward_organisations_organisation_id"),
        "reward_organisations",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "vouchers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("reward_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum("redeem", "draw", "team", "gift", native_enum=False, length=30), nullable=False
        ),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("organisation_name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("donor", sa.String(length=120), nullable=False),
        sa.Column("reward_title", sa.String(length=120), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("face_value_pence", sa.Integer(), nullable=False),
        sa.Column("tax_year", sa.SmallInteger(), nullable=False),
        sa.Column("sponsor_code", sa.String(length=80), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_id", sa.Integer(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=500), server_default="", nullable=False),
        sa.CheckConstraint("kind IN ('redeem', 'draw', 'team', 'gift')", name=op.f("ck_vouchers_kind_known")),
        sa.CheckConstraint(
            "used_at IS NULL OR cancelled_at IS NULL", name=op.f("ck_vouchers_used_or_cancelled")
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_by_id"], ["members.id"], name=op.f("fk_vouchers_cancelled_by_id_members")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["staff_groups.id"],
            name=op.f("fk_vouchers_group_id_staff_groups"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_vouchers_member_id_members")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_vouchers_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["reward_id"], ["rewards.id"], name=op.f("fk_vouchers_reward_id_rewards")),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsors.id"], name=op.f("fk_vouchers_sponsor_id_sponsors")
        ),
        sa.ForeignKeyConstraint(["used_by_id"], ["members.id"], name=op.f("fk_vouchers_used_by_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouchers")),
        sa.UniqueConstraint("code", name=op.f("uq_vouchers_code")),
        sa.UniqueConstraint(
            "reward_id", "member_id", "number", name=op.f("uq_vouchers_reward_id_member_id_number")
        ),
    )
    op.create_index(
        "ix_vouchers_ending",
        "vouchers",
        ["expires_at", "id"],
        unique=False,
        postgresql_where=sa.text("used_at IS NULL AND cancelled_at IS NULL"),
        sqlite_where=sa.text("used_at IS NULL AND cancelled_at IS NULL"),
    )
    op.create_index("ix_vouchers_given", "vouchers", ["given_at", "id"], unique=False)
    op.create_index("ix_vouchers_member", "vouchers", ["member_id", "given_at", "id"], unique=False)
    op.create_index("ix_vouchers_member_year", "vouchers", ["member_id", "tax_year"], unique=False)
    op.create_index(
        "ix_vouchers_organisation", "vouchers", ["organisation_id", "given_at", "id"], unique=False
    )
    op.create_index("ix_vouchers_used", "vouchers", ["sponsor_id", "used_at", "id"], unique=False)
    op.create_table(
        "draw_entries",
        sa.Column("reward_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_draw_entries_member_id_members")
        ),
        sa.ForeignKeyConstraint(
            ["reward_id"], ["draws.reward_id"], name=op.f("fk_draw_entries_reward_id_draws")
        ),
        sa.PrimaryKeyConstraint("reward_id", "number", name=op.f("pk_draw_entries")),
    )
    op.create_index(op.f("ix_draw_entries_member_id"), "draw_entries", ["member_id"], unique=False)
    op.create_index(
        "ix_draw_entries_standing",
        "draw_entries",
        ["reward_id", "number"],
        unique=False,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
        sqlite_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "draw_winners",
        sa.Column("reward_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=True),
        sa.Column("passed_over", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["reward_id"], ["draws.reward_id"], name=op.f("fk_draw_winners_reward_id_draws")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_draw_winners_voucher_id_vouchers")
        ),
        sa.PrimaryKeyConstraint("reward_id", "place", name=op.f("pk_draw_winners")),
        sa.UniqueConstraint("reward_id", "number", name=op.f("uq_draw_winners_reward_id_number")),
    )
    op.create_table(
        "reward_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reward_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reward_id"], ["rewards.id"], name=op.f("fk_reward_codes_reward_id_rewards")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_reward_codes_voucher_id_vouchers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_codes")),
        sa.UniqueConstraint("reward_id", "code", name=op.f("uq_reward_codes_reward_id_code")),
    )
    op.create_index(
        "uq_reward_codes_voucher_id",
        "reward_codes",
        ["voucher_id"],
        unique=True,
        postgresql_where=sa.text("voucher_id IS NOT NULL"),
        sqlite_where=sa.text("voucher_id IS NOT NULL"),
    )
    op.create_index(
        "ix_reward_codes_free",
        "reward_codes",
        ["reward_id", "id"],
        unique=False,
        postgresql_where=sa.text("voucher_id IS NULL"),
        sqlite_where=sa.text("voucher_id IS NULL"),
    )
    op.create_table(
        "team_prizes",
        sa.Column("reward_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("pledged", sa.Integer(), nullable=False),
        sa.Column("won_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voucher_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("pledged >= 0", name=op.f("ck_team_prizes_pledged_not_negative")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["staff_groups.id"], name=op.f("fk_team_prizes_group_id_staff_groups")
        ),
        sa.ForeignKeyConstraint(["reward_id"], ["rewards.id"], name=op.f("fk_team_prizes_reward_id_rewards")),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_team_prizes_voucher_id_vouchers")
        ),
        sa.PrimaryKeyConstraint("reward_id", "group_id", name=op.f("pk_team_prizes")),
    )
    op.create_index(op.f("ix_team_prizes_group_id"), "team_prizes", ["group_id"], unique=False)
    with op.batch_alter_table("notifications") as batch:
        batch.drop_constraint(op.f("ck_notifications_kind_known"), type_="check")
        batch.add_column(sa.Column("reward_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("voucher_id", sa.Integer(), nullable=True))
        for name, table in (("reward_id", "rewards"), ("voucher_id", "vouchers")):
            batch.create_foreign_key(
                batch.f(f"fk_notifications_{name}_{table}"), table, [name], ["id"], ondelete="CASCADE"
            )
        batch.create_check_constraint(op.f("ck_notifications_kind_known"), _among(NEW_KINDS))


def downgrade() -> None:
    """Take the change back."""
    kind = sa.column("kind", sa.String)
    op.execute(sa.delete(sa.table("notifications", kind)).where(kind.not_in(OLD_KINDS)))
    with op.batch_alter_table("notifications") as batch:
        batch.drop_constraint(op.f("ck_notifications_kind_known"), type_="check")
        for name, table in (("reward_id", "rewards"), ("voucher_id", "vouchers")):
            batch.drop_constraint(batch.f(f"fk_notifications_{name}_{table}"), type_="foreignkey")
            batch.drop_column(name)
        batch.create_check_constraint(op.f("ck_notifications_kind_known"), _among(OLD_KINDS))
    op.drop_index(op.f("ix_team_prizes_group_id"), table_name="team_prizes")
    op.drop_table("team_prizes")
    op.drop_index(
        "uq_reward_codes_voucher_id",
        table_name="reward_codes",
        postgresql_where=sa.text("voucher_id IS NOT NULL"),
        sqlite_where=sa.text("voucher_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_reward_codes_free",
        table_name="reward_codes",
        postgresql_where=sa.text("voucher_id IS NULL"),
        sqlite_where=sa.text("voucher_id IS NULL"),
    )
    op.drop_table("reward_codes")
    op.drop_table("draw_winners")
    op.drop_index(
        "ix_draw_entries_standing",
        table_name="draw_entries",
        postgresql_where=sa.text("withdrawn_at IS NULL"),
        sqlite_where=sa.text("withdrawn_at IS NULL"),
    )
    op.drop_index(op.f("ix_draw_entries_member_id"), table_name="draw_entries")
    op.drop_table("draw_entries")
    op.drop_index("ix_vouchers_used", table_name="vouchers")
    op.drop_index("ix_vouchers_organisation", table_name="vouchers")
    op.drop_index("ix_vouchers_member_year", table_name="vouchers")
    op.drop_index("ix_vouchers_member", table_name="vouchers")
    op.drop_index("ix_vouchers_given", table_name="vouchers")
    op.drop_index(
        "ix_vouchers_ending",
        table_name="vouchers",
        postgresql_where=sa.text("used_at IS NULL AND cancelled_at IS NULL"),
        sqlite_where=sa.text("used_at IS NULL AND cancelled_at IS NULL"),
    )
    op.drop_table("vouchers")
    op.drop_index(op.f("ix_reward_organisations_organisation_id"), table_name="reward_organisations")
    op.drop_table("reward_organisations")
    op.drop_index(op.f("ix_reward_groups_group_id"), table_name="reward_groups")
    op.drop_table("reward_groups")
    op.drop_index("ix_pledges_prize", table_name="pledges")
    op.drop_index(op.f("ix_pledges_member_id"), table_name="pledges")
    op.drop_table("pledges")
    op.drop_table("draws")
    op.drop_index("ix_rewards_state", table_name="rewards")
    op.drop_index(op.f("ix_rewards_sponsor_id"), table_name="rewards")
    op.drop_table("rewards")
    op.drop_index(op.f("ix_desk_members_sponsor_id"), table_name="desk_members")
    op.drop_table("desk_members")
    op.drop_index("uq_sponsors_name_lower", table_name="sponsors")
    op.drop_table("sponsors")
    op.drop_table("gift_policies")
    op.drop_table("reward_pictures")
