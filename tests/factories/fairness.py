"""Signs of gaming, noted as the sweep notes them."""

from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.fairness.found import Found
from talking_together.fairness.models import GamingSign
from talking_together.fairness.signs import note_sign
from talking_together.ideas.models import Idea
from tests.factories.challenges import make_challenge
from tests.factories.ideas import make_idea
from tests.factories.members import make_member
from tests.support.merging import vote


def make_ring(size: int = 3) -> tuple[list[Member], list[Idea]]:
    """Return members with an idea each, who have all voted for one another's."""
    challenge, members = make_challenge(), [make_member() for _ in range(size)]
    ideas = [make_idea(challenge, author=member) for member in members]
    db.session.commit()
    for member in members:
        for idea in ideas:
            if idea.author_id != member.id:
                vote(member, idea, 1)
    return members, ideas


def ring_found(members: list[Member], *, votes: int | None = None) -> Found:
    """Return the sign of a ring whose members gave one another that many votes."""
    ids = tuple(sorted(member.id for member in members))
    inside = votes if votes is not None else len(ids) * (len(ids) - 1)
    return Found(
        "ring",
        f"ring:members:{','.join(map(str, ids))}",
        ids,
        inside,
        votes=inside,
        figures={"given": inside + 1, "inside": inside, "outside": 900, "from_others": 9},
    )


def note(found: Found) -> int:
    """Note a sign; return its id."""
    in_transaction(lambda: note_sign(found))
    sign_id = db.session.scalars(
        select(GamingSign.id).where(GamingSign.subject_key == found.subject_key)
    ).one()
    db.session.commit()
    return sign_id


def make_sign() -> int:
    """Return the id of a sign of a ring without a vote, which waits for a moderator."""
    return note(ring_found([make_member() for _ in range(3)]))


def signs_of_each_kind(members: list[Member], idea: Idea) -> list[Found]:
    """Return a sign of every kind but a ring, about these members and an idea of the first."""
    one, two, three = (member.id for member in members[:3])
    day, at = "2026-11-26", ("2026-11-26T09:00:00+00:00", "2026-11-26T09:00:06+00:00")
    joins = {"by": "code", "way": 1, "joins": 8, "minutes": 12, "first": at[0]}
    for_one = {"author": one, "thumbs": 30, "to_author": 28, "wrote": 1}
    burst = {"day": day, "spans": [list(at)], "seconds": 7}
    target = {"value": -1, "count": 9, "total": 9}
    copies = {"challenge": idea.challenge_id, "ideas": [idea.id, idea.id], "withdrawn": 1}
    return [
        Found("burst of votes", f"burst of votes:member:{two}:{day}", (two,), 21, votes=21, figures=burst),
        Found("one target", f"one target:{two}", (two,), 9, authors=(one,), votes=9, figures=target),
        Found("own duplicates", f"own duplicates:member:{one}", (one,), 2, figures=copies),
        Found(
            "burst of joins",
            f"burst of joins:code:1:{day}",
            (two, three),
            28,
            authors=(one,),
            votes=28,
            figures={**joins, **for_one},
        ),
    ]
