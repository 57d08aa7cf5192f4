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
