"""The leaderboard, and the setting that turns it off."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.commits import commits
from talking_together.core.errors import NotFound
from talking_together.leaderboards import boards, queries, services
from talking_together.leaderboards.boards import Board
from talking_together.leaderboards.counting import LEAST_GROUP
from talking_together.leaderboards.forms import ChallengeForm, MonthForm, SettingsForm
from talking_together.leaderboards.policies import ensure_leaderboards_on

blueprint = Blueprint("leaderboards", __name__)


@blueprint.get("/leaderboard")
@access("staff")
def leaderboard() -> ResponseReturnValue:
    """Show who is ahead on a board, and where the member stands."""
    ensure_leaderboards_on(viewer())
    kind = request.args.get("board", boards.MONTH)
    board, form = _board_asked_for(kind)
    if board is None:
        return render_template("leaderboards/no_challenges.html", kind=kind)
    leaders = queries.leading_members(viewer(), board.key)
    own = queries.standing_of(viewer(), board.key, leaders)
    organisations, groups = queries.leading_groups(board.key)
    return render_template(
        "leaderboards/leaderboard.html",
        kind=kind,
        board=board,
        form=form,
        leaders=leaders,
        own=own,
        as_of=boards.as_of_words(own.shown_at) if own.shown_at else None,
        organisations=organisations,
        groups=groups,
        least_group=LEAST_GROUP,
        last_counted=queries.LAST_COUNTED,
    )


def _board_asked_for(kind: str) -> tuple[Board | None, MonthForm | ChallengeForm | None]:
    """Return the board with the form that chooses another; no board where there is no challenge."""
    if kind == boards.ALL:
        return boards.ALL_TIME, None
    if kind == boards.MONTH:
        return _month_asked_for()
    if kind == boards.CHALLENGE:
        return _challenge_asked_for()
    raise NotFound()


def _month_asked_for() -> tuple[Board, MonthForm]:
    months = boards.months_between(queries.first_month(), boards.month_of(clock.today()))
    form = MonthForm(request.args, data={"month": months[0]})
    form.offer(months)
    if not form.validate():
        raise NotFound()
    return boards.month_board(form.month.data), form


def _challenge_asked_for() -> tuple[Board | None, ChallengeForm | None]:
    challenges = queries.challenges_with_boards(viewer())
    if not challenges and "challenge" not in request.args:
        return None, None
    form = ChallengeForm(request.args, data={"challenge": str(challenges[0].id) if challenges else ""})
    form.offer(challenges)
    if not form.validate():
        raise NotFound()
    titles = {str(row.id): row.title for row in challenges}
    return boards.challenge_board(int(form.challenge.data), titles[form.challenge.data]), form


@blueprint.route("/admin/points/settings", methods=["GET", "POST"])
@access("admin")
@commits
def settings() -> ResponseReturnValue:
    """Turn leaderboards on or off for the whole site."""
    form = SettingsForm(data={"leaderboards_on": viewer().leaderboards_on})
    if not form.validate_on_submit():
        status = 400 if form.errors else 200
        return render_template("leaderboards/settings.html", form=form), status
    on = form.leaderboards_on.data
    changed = services.turn_leaderboards(viewer(), on=on, reason=form.reason.data or "")
    words = "Leaderboards are shown from now on" if on else "There are no leaderboards from now on"
    flash(words if changed else "Nothing was changed", "success")
    return redirect("/admin/points/settings", 303)
