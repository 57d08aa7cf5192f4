"""The features of the site, in one list: their tables, pages and commands."""

from importlib import import_module

from flask import Flask

from talking_together.core import health

MODELS = (
    "organisations",
    "accounts",
    "audit",
    "mail",
    "points",
    "notifications",
    "files",
    "drafts",
    "following",
    "challenges",
    "ideas",
    "comments",
    "votes",
    "merging",
    "one_minute",
    "telling",
    "results",
    "invitations",
    "milestones",
    "rewards",
    "fairness",
)
# Modules with views; those of one feature share its blueprint.
PAGES = (
    "home.views",
    "home.welcome",
    "accounts.views",
    "accounts.me",
    "accounts.photo_views",
    "accounts.admin_views",
    "organisations.views",
    "audit.views",
    "challenges.views",
    "challenges.moderator_views",
    "challenges.act_views",
    "challenges.file_views",
    "ideas.views",
    "ideas.moderator_views",
    "ideas.writing_views",
    "ideas.approval_views",
    "ideas.co_author_views",
    "comments.views",
    "comments.thanks_views",
    "votes.views",
    "search.views",
    "votes.co_author_views",
    "one_minute.views",
    "files.views",
    "points.views",
    "leaderboards.views",
    "point_rules.views",
    "notifications.views",
    "notifications.choosing_views",
    "telling.views",
    "telling.stop_views",
    "drafts.views",
    "invitations.views",
    "invitations.staff_lists.views",
    "invitations.staff_lists.leaver_views",
    "invitations.phases.views",
    "invitations.phases.preview_views",
    "invitations.people.views",
    "invitations.people.list_views",
    "invitations.joining.views",
    "invitations.joining.code_views",
    "invitations.declining.views",
    "invitations.declining.admin_views",
    "invitations.team_codes.views",
    "invitations.team_codes.joining_views",
    "invitations.team_codes.approval_views",
    "invitations.team_codes.address_views",
    "merging.views",
    "merging.moderator_views",
    "fairness.views",
    "moderation.views",
    "moderation.board_views",
    "insights.views",
    "results.views",
    "results.acted_views",
    "results.export_views",
    "results.moderator_views",
    "rewards.catalogue.views",
    "rewards.catalogue.admin_views",
    "rewards.catalogue.code_views",
    "rewards.gift_policies.views",
    "rewards.desk.views",
    "rewards.desk.admin_views",
    "rewards.register.views",
    "rewards.sponsors.views",
    "rewards.vouchers.views",
    "rewards.vouchers.admin_views",
    "rewards.draws.views",
    "rewards.team_prizes.views",
)
COMMANDS = ("accounts", "invitations", "consultations", "devtools")


def import_models() -> None:
    """Make every table known to the metadata."""
    for name in MODELS:
        import_module(f"talking_together.{name}.models")


def register(app: Flask) -> None:
    """Add the pages and commands of every feature."""
    app.register_blueprint(health.blueprint)
    modules = [import_module(f"talking_together.{name}") for name in PAGES]
    for blueprint in dict.fromkeys(module.blueprint for module in modules):
        app.register_blueprint(blueprint)
    if app.config["DEMO"]:
        app.register_blueprint(import_module("talking_together.devtools.mailbox").blueprint)
    if app.config["RUNS_COMMANDS"]:
        # What is left of them in a process that serves pages is nothing but memory.
        for name in COMMANDS:
            import_module(f"talking_together.{name}.cli").register(app)
        import_module("talking_together.worker").register(app)
