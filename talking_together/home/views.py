"""The first page of each role, a member's own contributions, and the pages about the site."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.challenges.queries import live_challenges
from talking_together.core import clock
from talking_together.core.access import access, public, viewer
from talking_together.home.queries import admin_figures, comments_by, to_vote_on
from talking_together.home.returning import is_beginner, news_for, unfinished_of, waiting_for
from talking_together.ideas.own import ideas_by
from talking_together.ideas.queries import ideas_in
from talking_together.ideas.titles import ideas_beside
from talking_together.leaderboards.queries import leaderboards_on
from talking_together.points.queries import rules
from talking_together.results.acted import titles_acted_on

blueprint = Blueprint("home", __name__)

VOTES_OFFERED = 3
# Enough of the fewest-votes-first order to find some that the member has not voted on.
VOTES_LOOKED_AT = 10
DRAFTS_SHOWN = 3
NEWS_SHOWN = 5
ACTED_SHOWN = 2
DRAFTS_LISTED = 50


@blueprint.get("/")
@access("staff", desk=True)
def home() -> ResponseReturnValue:
    """Show what is open to the member, what happened since, what needs their vote, what they began."""
    member = viewer()
    if member.serves_at_desk:
        return redirect("/desk")
    now = clock.now()
    challenges = live_challenges(member, at=now)
    ideas = []
    if next_to_close := next((each for each in challenges if each.ideas_count), None):
        page = ideas_in(member, next_to_close, order="needs-votes", size=VOTES_LOOKED_AT, at=now)
        ideas = to_vote_on(page.rows, VOTES_OFFERED)
    news = news_for(member, most=NEWS_SHOWN)
    unfinished = unfinished_of(member, most=DRAFTS_SHOWN)
    return render_template(
        "home/home.html",
        challenges=challenges,
        next_to_close=next_to_close,
        ideas=ideas,
        news=news,
        unfinished=unfinished,
        is_new=is_beginner(member) and not (news or unfinished),
        acted=titles_acted_on(member, most=ACTED_SHOWN),
        waiting=waiting_for(member, at=now) if member.is_moderator else None,
    )


@blueprint.get("/me/ideas")
@access("staff")
def my_ideas() -> ResponseReturnValue:
    """Show the member what they wrote: drafts, ideas and comments, each list with its own pages."""
    after, comments_after = request.args.get("after"), request.args.get("comments-after")
    return render_template(
        "home/my_ideas.html",
        drafts=ideas_by(viewer(), drafts=True, size=DRAFTS_LISTED).rows,
        ideas=ideas_by(viewer(), after=after),
        comments=comments_by(viewer(), after=comments_after),
        beside=ideas_beside(viewer()),
        after=after,
        comments_after=comments_after,
    )


@blueprint.get("/admin")
@access("admin")
def admin() -> ResponseReturnValue:
    """Show the admin's places and a few numbers."""
    return render_template("home/admin.html", figures=admin_figures())


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Say what is kept about people, why, and who sees it."""
    return render_template("home/privacy.html", leaderboards_on=leaderboards_on())


@blueprint.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """State how far the site can be used by everyone."""
    return render_template("home/accessibility.html")


@blueprint.get("/help")
@public
def help_page() -> ResponseReturnValue:
    """Say how to take part, what earns points and what the site is not for."""
    return render_template("home/help.html", rules=rules())


@blueprint.get("/house-rules")
@public
def house_rules() -> ResponseReturnValue:
    """Say how people treat each other here."""
    return render_template("home/house_rules.html")
