"""`flask verify`: whether everything that is kept beside the facts is what the facts add up to."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import click
from flask.cli import with_appcontext

from talking_together.comments import recounts as comments
from talking_together.core.database import one_snapshot
from talking_together.ideas import recounts as ideas
from talking_together.invitations import recounts as invitations
from talking_together.merging import recounts as merging
from talking_together.milestones import recounts as milestones
from talking_together.points import recounts as points
from talking_together.rewards import recounts as rewards
from talking_together.search import recounts as search
from talking_together.votes import recounts as votes

RECOUNTS: dict[str, Callable[[], Iterator[tuple[str, Any, Any]]]] = {
    "ideas": ideas.drift,
    "comments": comments.drift,
    "votes": votes.drift,
    "merging": merging.drift,
    "points": points.drift,
    "milestones": milestones.drift,
    "invitations": invitations.drift,
    "search": search.drift,
    "rewards": rewards.drift,
}


def differences() -> Iterator[str]:
    """Yield a line for each kept value that a recount contradicts, all as of one moment."""
    with one_snapshot():
        for drift in RECOUNTS.values():
            for label, stored, counted in drift():
                yield f"{label}: kept {stored}, counted {counted}"


@click.command("verify")
@with_appcontext
def verify() -> None:
    """Recount votes, ranks, comments, balances, invitations, the search and rewards; print what differs."""
    found = 0
    for line in differences():
        click.echo(line)
        found += 1
    if found:
        click.echo(f"{found} differ", err=True)
        sys.exit(1)
    click.echo(f"Nothing differs: {', '.join(RECOUNTS)}")
