"""What a merge moved from one idea to another, row by row, and proposals to merge.

A merge keeps all that undoing it needs: what was moved or set aside, as it was, and the values
that cannot be worked out again to the last digit.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.ideas.models import CO_AUTHOR_STATES
from talking_together.ideas.statuses import STATUSES
from talking_together.orm import Base, BigId, check_one_of, one_of

# moved: stands on the kept idea now. both: the member's own on the kept idea stands instead.
# own: the member is an author of the kept idea, and nobody votes on their own.
VOTE_FATES = ("moved", "both", "own")
FOLLOW_FATES = ("moved", "both")
PROPOSAL_STATES = ("open", "merged", "dismissed")


class Merge(Base):
    """One idea merged into another; `undone_at` is when that was taken back.

    `*_activity` are the stored sums behind `trending` as they were, `*_terms` the exact sums of
    the votes and comments that they stood for: where those are the same at the undoing, the stored
    sum is put back to the last digit.
    """

    __tablename__ = "merges"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    survivor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ideas.id"))
    merged_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ideas.id"), index=True)
    decision_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("idea_decisions.id"))
    reason: Mapped[str] = mapped_column(String(500))
    merged_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    merged_at: Mapped[datetime]
    undo_reason: Mapped[str] = mapped_column(String(500), default="")
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    undone_at: Mapped[datetime | None]
    merged_status: Mapped[str] = mapped_column(one_of(STATUSES))
    answer_owner_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    answer_due_at: Mapped[datetime | None]
    merged_activity: Mapped[float]
    merged_terms: Mapped[float]
    survivor_activity: Mapped[float]
    survivor_terms: Mapped[float]
    # What the report says: how many votes moved, how many people had voted on both, and how many
    # of those had voted differently on the two.
    votes_moved: Mapped[int]
    votes_on_both: Mapped[int]
    votes_differing: Mapped[int]
    comments_moved: Mapped[int]
    followers_moved: Mapped[int]

    __table_args__ = (
        check_one_of("merged_status", STATUSES),
        CheckConstraint("survivor_id <> merged_id", name="not_into_itself"),
        Index("ix_merges_survivor", "survivor_id", "id"),
        # An idea is merged into one other at a time.
        Index(
            "uq_merges_standing",
            "merged_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
            sqlite_where=text("undone_at IS NULL"),
        ),
    )


class MergeVote(Base):
    """A vote that a merge took from an idea: the merged one's, or an author's on the kept one.

    `moved_from` is what the vote's row held. Who voted how is shown to nobody.
    """

    __tablename__ = "merge_votes"

    merge_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("merges.id", ondelete="CASCADE"), primary_key=True
    )
    idea_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ideas.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True, index=True)
    value: Mapped[int] = mapped_column(SmallInteger)
    cast_at: Mapped[datetime]
    moved_from: Mapped[str] = mapped_column(Text, default="")
    fate: Mapped[str] = mapped_column(one_of(VOTE_FATES))

    __table_args__ = (
        check_one_of("fate", VOTE_FATES),
        CheckConstraint("value IN (-1, 1)", name="value_up_or_down"),
    )


class MergeFollow(Base):
    """A follow that a merge took from the merged idea."""

    __tablename__ = "merge_follows"

    merge_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("merges.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    since: Mapped[datetime]
    fate: Mapped[str] = mapped_column(one_of(FOLLOW_FATES))

    __table_args__ = (check_one_of("fate", FOLLOW_FATES),)


class MergeThread(Base):
    """A conversation that a merge moved, by the comment that began it."""

    __tablename__ = "merge_threads"

    merge_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("merges.id", ondelete="CASCADE"), primary_key=True
    )
    comment_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("comments.id"), primary_key=True)


class MergeCredit(Base):
    """Somebody whom a merge credits on the kept idea, with how they stood beside it before.

    `state` is None for who did not stand there at all.
    """

    __tablename__ = "merge_credits"

    merge_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("merges.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    state: Mapped[str | None] = mapped_column(one_of(CO_AUTHOR_STATES))
    asked_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    __table_args__ = (check_one_of("state", CO_AUTHOR_STATES),)


class MergeProposal(Base):
    """A member's word that two ideas look alike, for moderators to decide."""

    __tablename__ = "merge_proposals"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    lower_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ideas.id", ondelete="CASCADE"))
    higher_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ideas.id", ondelete="CASCADE"), index=True)
    why: Mapped[str] = mapped_column(String(500), default="")
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    proposed_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(one_of(PROPOSAL_STATES), default="open")
    answer: Mapped[str] = mapped_column(String(500), default="")
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        check_one_of("state", PROPOSAL_STATES),
        CheckConstraint("lower_id < higher_id", name="pair_in_order"),
        Index("ix_merge_proposals_state", "state", "id"),
        Index("ix_merge_proposals_proposer", "proposed_by", "state"),
        # One open proposal for a pair.
        Index(
            "uq_merge_proposals_open",
            "lower_id",
            "higher_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
    )
