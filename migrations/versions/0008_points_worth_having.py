"""Points worth having: versions of rules, totals, milestones, thanks."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# What a member is listed by on a leaderboard.
LISTED = "m.on_leaderboard AND m.is_active AND m.role = 'staff' AND NOT m.hides_points"
# Events that are no achievement: what is spent, and what a week's hidden contributions come to.
NEW_RULES = (
    ("comment thanked", 5, 5),
    ("reward redeemed", 0, None),
    ("draw entered", 0, None),
    ("points pledged", 0, None),
    ("week of hidden names", 0, None),
)
SPENDING = ("reward redeemed", "draw entered", "points pledged", "week of hidden names")
ROLES = "role IN ('staff', 'moderator', 'admin')"
ROLES_WITH_SPONSORS = "role IN ('staff', 'moderator', 'admin', 'sponsor')"
BEGINNING = "1970-01-01 00:00:00+00:00"


def _seed() -> None:
    rules = sa.table("point_rules", sa.column("event"), sa.column("points"), sa.column("daily_cap"))
    op.bulk_insert(
        rules,
        [{"event": event, "points": points, "daily_cap": cap} for event, points, cap in NEW_RULES],
    )
    left_out = ", ".join(f"'{event}'" for event in SPENDING)
    began = BEGINNING if _on_postgresql() else BEGINNING.removesuffix("+00:00") + ".000000"
    op.execute(
        "INSERT INTO point_rule_versions (event, version, points, daily_cap, is_on, starts_at, made_at) "
        f"SELECT event, 1, points, daily_cap, true, '{began}', '{began}' FROM point_rules "
        f"WHERE event NOT IN ({left_out})"
    )
    op.execute("INSERT INTO point_settings (id) VALUES (1)")
    month = "to_char(e.day, 'YYYY-MM')" if _on_postgresql() else "substr(e.day, 1, 7)"
    for board, more in (
        ("'all'", ""),
        (f"'month:' || {month}", ""),
        ("'challenge:' || i.challenge_id", "JOIN ideas i ON i.id = e.idea_id "),
    ):
        op.execute(
            f"INSERT INTO point_totals (board, member_id, points, shown, listed) "
            f"SELECT {board}, e.member_id, SUM(e.points), SUM(e.points), {LISTED} FROM point_entries e {more}"
            f"JOIN members m ON m.id = e.member_id GROUP BY 1, 2, {LISTED}"
        )
    op.execute("INSERT INTO boards_to_count (board) SELECT DISTINCT board FROM point_totals")
    op.execute("INSERT INTO milestone_checks (member_id) SELECT DISTINCT member_id FROM point_entries")


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _keep_totals() -> None:
    """Let each entry add to the totals and ask for a look at milestones, and members list theirs."""
    month = "to_char(NEW.day, 'YYYY-MM')" if _on_postgresql() else "substr(NEW.day, 1, 7)"
    adding = (
        "INSERT INTO point_totals (board, member_id, points, listed) "
        f"SELECT b.board, m.id, NEW.points, {LISTED} FROM members m CROSS JOIN ("
        f"SELECT 'all' AS board UNION ALL SELECT 'month:' || {month} UNION ALL "
        "SELECT 'challenge:' || i.challenge_id FROM ideas i WHERE i.id = NEW.idea_id) b "
        "WHERE m.id = NEW.member_id AND NEW.on_boards AND NOT NEW.is_spending "
        "ON CONFLICT (board, member_id) DO UPDATE SET points = point_totals.points + excluded.points; "
        "INSERT INTO milestone_checks (member_id) SELECT NEW.member_id WHERE NOT NEW.is_spending "
        "ON CONFLICT (member_id) DO NOTHING;"
    )
    listing = (
        f"UPDATE point_totals SET listed = (SELECT {LISTED} FROM members m WHERE m.id = NEW.id) "
        "WHERE member_id = NEW.id; "
        # Whoever told them of the site has brought a colleague, or has none any more.
        "INSERT INTO milestone_checks (member_id) SELECT NEW.told_by_id "
        "WHERE NEW.told_by_id IS NOT NULL AND NEW.is_active <> OLD.is_active "
        "ON CONFLICT (member_id) DO NOTHING;"
    )
    columns = "on_leaderboard, is_active, role, hides_points"
    for name, when, body in (
        ("point_entries_total", "AFTER INSERT ON point_entries", adding),
        ("members_list_totals", f"AFTER UPDATE OF {columns} ON members", listing),
    ):
        if _on_postgresql():
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {body} RETURN NULL; END $$"
            )
            op.execute(f"CREATE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {name}()")
        else:
            op.execute(f"CREATE TRIGGER {name} {when} FOR EACH ROW BEGIN {body} END")


def _forget_totals() -> None:
    for name, table in (("members_list_totals", "members"), ("point_entries_total", "point_entries")):
        if _on_postgresql():
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
        else:
            op.execute(f"DROP TRIGGER {name}")


def upgrade() -> None:
    """Apply the change."""
    for column in (
        sa.Column("rule_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("is_spending", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("on_boards", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("reward_id", sa.Integer(), nullable=True),
    ):
        op.add_column("point_entries", column)
    with op.batch_alter_table("members") as batch:
        batch.drop_constraint(op.f("ck_members_role_known"), type_="check")
        batch.add_column(sa.Column("hides_points", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("word", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("told_by_id", sa.Integer(), nullable=True))
        batch.create_check_constraint(op.f("ck_members_role_known"), ROLES_WITH_SPONSORS)
        batch.create_check_constraint(
            op.f("ck_members_desk_without_organisation"), "role <> 'sponsor' OR organisation_id IS NULL"
        )
        batch.create_unique_constraint(op.f("uq_members_word"), ["word"])
        batch.create_foreign_key(batch.f("fk_members_told_by_id_members"), "members", ["told_by_id"], ["id"])
        batch.create_index(batch.f("ix_members_told_by_id"), ["told_by_id"], unique=False)
        batch.drop_index("ix_members_leaderboard")
    op.create_table(
        "group_point_totals",
        sa.Column("board", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.Enum("organisation", "group", native_enum=False, length=30), nullable=False),
        sa.Column("group_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("per_head", sa.Float(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('organisation', 'group')", name=op.f("ck_group_point_totals_kind_known")
        ),
        sa.PrimaryKeyConstraint("board", "kind", "group_id", name=op.f("pk_group_point_totals")),
    )
    op.create_index(
        "ix_group_point_totals_rank",
        "group_point_totals",
        ["board", "kind", "per_head", "group_id"],
        unique=False,
    )
    op.create_table(
        "boards_to_count",
        sa.Column("board", sa.String(length=30), nullable=False),
        sa.PrimaryKeyConstraint("board", name=op.f("pk_boards_to_count")),
    )
    op.create_table(
        "point_settings",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("leaderboards_on", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_point_settings_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_settings")),
    )
    op.create_table(
        "held_point_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("event_key", sa.String(length=100), nullable=False),
        sa.Column("is_reversal", sa.Boolean(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("share_of", sa.String(length=100), nullable=True),
        sa.Column("entered_key", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["event"], ["point_rules.event"], name=op.f("fk_held_point_entries_event_point_rules")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_held_point_entries_member_id_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_point_entries")),
        sa.UniqueConstraint("event_key", name=op.f("uq_held_point_entries_event_key")),
    )
    op.create_index(
        "ix_held_point_entries_day", "held_point_entries", ["member_id", "day", "event"], unique=False
    )
    op.create_index(
        "ix_held_point_entries_shares",
        "held_point_entries",
        ["share_of"],
        unique=False,
        postgresql_where=sa.text("share_of IS NOT NULL"),
        sqlite_where=sa.text("share_of IS NOT NULL"),
    )
    op.create_index(
        "ix_held_point_entries_waiting",
        "held_point_entries",
        ["day", "member_id"],
        unique=False,
        postgresql_where=sa.text("entered_key IS NULL"),
        sqlite_where=sa.text("entered_key IS NULL"),
    )
    op.create_table(
        "milestone_checks",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_milestone_checks_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_milestone_checks")),
    )
    op.create_table(
        "milestones",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "first idea",
                "first votes",
                "comment helped",
                "idea done",
                "colleague joined",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idea_id", sa.BigInteger(), nullable=True),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('first idea', 'first votes', 'comment helped', 'idea done', 'colleague joined')",
            name=op.f("ck_milestones_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_milestones_member_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "kind", name=op.f("pk_milestones")),
    )
    op.create_index("ix_milestones_kind", "milestones", ["kind", "reached_at"], unique=False)
    op.create_table(
        "point_rule_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("daily_cap", sa.Integer(), nullable=True),
        sa.Column("is_on", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "daily_cap BETWEEN 1 AND 1000", name=op.f("ck_point_rule_versions_daily_cap_in_range")
        ),
        sa.CheckConstraint("points BETWEEN 0 AND 10000", name=op.f("ck_point_rule_versions_points_in_range")),
        sa.ForeignKeyConstraint(
            ["event"], ["point_rules.event"], name=op.f("fk_point_rule_versions_event_point_rules")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["members.id"], name=op.f("fk_point_rule_versions_made_by_id_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_rule_versions")),
        sa.UniqueConstraint("event", "version", name=op.f("uq_point_rule_versions_event_version")),
    )
    op.create_index(
        "ix_point_rule_versions_in_force",
        "point_rule_versions",
        ["event", "starts_at", "version"],
        unique=False,
    )
    op.create_table(
        "point_totals",
        sa.Column("board", sa.String(length=30), nullable=False),
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("points", sa.Integer(), server_default="0", nullable=False),
        sa.Column("shown", sa.Integer(), server_default="0", nullable=False),
        sa.Column("listed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_point_totals_member_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("board", "member_id", name=op.f("pk_point_totals")),
    )
    op.create_index(
        "ix_point_totals_listed", "point_totals", ["board", "listed", "shown", "member_id"], unique=False
    )
    op.create_index(op.f("ix_point_totals_member_id"), "point_totals", ["member_id"], unique=False)
    op.create_table(
        "comment_thanks",
        sa.Column(
            "comment_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_comment_thanks_by_id_members")),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_comment_thanks_comment_id_comments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_comment_thanks")),
    )
    _seed()
    _keep_totals()


def downgrade() -> None:
    """Take the change back."""
    _forget_totals()
    op.drop_table("comment_thanks")
    op.drop_index(op.f("ix_point_totals_member_id"), table_name="point_totals")
    op.drop_index("ix_point_totals_listed", table_name="point_totals")
    op.drop_table("point_totals")
    op.drop_index("ix_point_rule_versions_in_force", table_name="point_rule_versions")
    op.drop_table("point_rule_versions")
    op.drop_index("ix_milestones_kind", table_name="milestones")
    op.drop_table("milestones")
    op.drop_table("milestone_checks")
    op.drop_index(
        "ix_held_point_entries_waiting",
        table_name="held_point_entries",
        postgresql_where=sa.text("entered_key IS NULL"),
        sqlite_where=sa.text("entered_key IS NULL"),
    )
    op.drop_index(
        "ix_held_point_entries_shares",
        table_name="held_point_entries",
        postgresql_where=sa.text("share_of IS NOT NULL"),
        sqlite_where=sa.text("share_of IS NOT NULL"),
    )
    op.drop_index("ix_held_point_entries_day", table_name="held_point_entries")
    op.drop_table("held_point_entries")
    op.drop_table("point_settings")
    op.drop_table("boards_to_count")
    op.drop_index("ix_group_point_totals_rank", table_name="group_point_totals")
    op.drop_table("group_point_totals")
    # Entries of kinds that the release before does not know would not add up without them.
    with op.batch_alter_table("members") as batch:
        batch.create_index(
            "ix_members_leaderboard", ["on_leaderboard", "is_active", "points", "id"], unique=False
        )
        batch.drop_index(batch.f("ix_members_told_by_id"))
        batch.drop_constraint(batch.f("fk_members_told_by_id_members"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_members_word"), type_="unique")
        batch.drop_constraint(op.f("ck_members_desk_without_organisation"), type_="check")
        batch.drop_constraint(op.f("ck_members_role_known"), type_="check")
        batch.drop_column("told_by_id")
        batch.drop_column("word")
        batch.drop_column("hides_points")
    # Nobody serves at a desk in the release before: they stay as members who may not sign in.
    op.execute("UPDATE members SET role = 'staff', is_active = false WHERE role = 'sponsor'")
    with op.batch_alter_table("members") as batch:
        batch.create_check_constraint(op.f("ck_members_role_known"), ROLES)
    for column in ("reward_id", "on_boards", "is_spending", "rule_version"):
        op.drop_column("point_entries", column)
    # Events that entries name stay, since entries are never deleted.
    unknown = ", ".join(f"'{event}'" for event, _points, _cap in NEW_RULES)
    op.execute(
        f"DELETE FROM point_rules WHERE event IN ({unknown}) "
        "AND event NOT IN (SELECT event FROM point_entries)"
    )
