"""Writing a site of simulated members into an empty database."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from talking_together.accounts.models import Member
from talking_together.comments.models import Comment
from talking_together.extensions import db
from talking_together.ideas import ranking
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.invitations.models import JoinCodeUse
from talking_together.votes.models import CommentVote, IdeaVote

if TYPE_CHECKING:
    from tests.support.gaming import Simulation

Thing = tuple[str, int]


def write_down(simulation: "Simulation") -> None:
    """Write all that was drawn into the database."""
    up, down = defaultdict[Thing, int](int), defaultdict[Thing, int](int)
    for (thing, _), (value, _) in simulation.votes.items():
        (up if value == 1 else down)[thing] += 1
    published = simulation.now - timedelta(hours=23)
    db.session.execute(insert(Member), simulation.members)
    db.session.execute(insert(JoinCodeUse), simulation.uses)
    db.session.execute(
        insert(Idea),
        [
            _idea_row(idea, up["ideas", idea["id"]], down["ideas", idea["id"]], published)
            for idea in simulation.ideas
        ],
    )
    db.session.execute(
        insert(IdeaCoAuthor),
        [
            {
                "idea_id": idea_id,
                "member_id": member,
                "state": "accepted",
                "asked_at": published,
                "settled_at": published,
            }
            for idea_id, member in simulation.beside.items()
        ],
    )
    db.session.execute(
        insert(Comment),
        [
            {
                **comment,
                "path": f"{comment['id']:019d}",
                "body_source": "We tried it",
                "body_html": "<p>We tried it</p>",
                "created_at": published,
                "up_count": up["comments", comment["id"]],
                "down_count": down["comments", comment["id"]],
            }
            for comment in simulation.comments
        ],
    )
    for kind, table, name in (("ideas", IdeaVote, "idea_id"), ("comments", CommentVote, "comment_id")):
        rows = [
            {name: thing[1], "member_id": voter, "value": value, "cast_at": at}
            for (thing, voter), (value, at) in simulation.votes.items()
            if thing[0] == kind
        ]
        db.session.execute(insert(table), rows)
    db.session.commit()
    simulation.world.ideas, simulation.world.comments = len(simulation.ideas), len(simulation.comments)
    simulation.world.votes = len(simulation.votes)


def _idea_row(idea: dict[str, Any], up: int, down: int, published: datetime) -> dict[str, Any]:
    return {
        **idea,
        "body_source": idea["excerpt"],
        "body_html": f"<p>{idea['excerpt']}</p>",
        "listed": idea["status"] == "new",
        "created_at": published,
        "published_at": published,
        "up_count": up,
        "down_count": down,
        "votes_count": up + down,
        "wilson": ranking.wilson_lower_bound(up, down),
        "trending": ranking.trending_of(1.0, published),
    }
