"""Votes set aside and brought back, as the tests of fairness do it."""

from collections.abc import Iterable

from sqlalchemy import select

from talking_together.comments.models import Comment
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.votes.models import CommentVote, IdeaVote, KeptBackThumb
from talking_together.votes.voiding import NamedVote, Returned, Voided, return_votes, void_votes
from tests.support.snapshots import Rows, snapshot

SIGN = 7


def votes_of(*members: int, on: Iterable[Idea | Comment] = ()) -> list[NamedVote]:
    """Return the votes that members have, on all things or on some."""
    chosen = {(type(thing), thing.id) for thing in on}
    named = []
    for kind, model, table, thing_id in (
        ("ideas", Idea, IdeaVote, IdeaVote.idea_id),
        ("comments", Comment, CommentVote, CommentVote.comment_id),
    ):
        rows = db.session.execute(
            select(thing_id, table.member_id, table.value, table.cast_at).where(table.member_id.in_(members))
        )
        named += [NamedVote(kind, *row) for row in rows if not chosen or (model, row[0]) in chosen]
    db.session.commit()
    return named


def void(named: list[NamedVote], *, sign_id: int = SIGN) -> Voided:
    """Set votes aside."""
    done = in_transaction(lambda: void_votes(named, sign_id=sign_id, at=clock.now()))
    db.session.expire_all()
    return done


def bring_back(*, sign_id: int = SIGN) -> Returned:
    """Bring votes back."""
    done = in_transaction(lambda: return_votes(sign_id=sign_id, at=clock.now()))
    db.session.expire_all()
    return done


def all_but_the_ledger() -> Rows:
    """Return every row that must be as it was, the thumbs that wait among them."""
    rows = snapshot()
    del rows["point_entries"]
    thumbs = db.session.execute(select(KeptBackThumb.__table__)).mappings()
    rows["kept_back_thumbs"] = {(row["event_key"],): dict(row) for row in thumbs}
    db.session.commit()
    return rows
