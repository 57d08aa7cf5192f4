"""Ideas, their earlier wordings, and the decisions made on them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.ideas.statuses import STATUSES
from talking_together.orm import Base, BigId, check_one_of, one_of

# "credited": the author of an idea that was merged into this one.
CO_AUTHOR_STATES = ("invited", "accepted", "declined", "credited")
_ACTED = text("to_status IN ('in progress', 'done') AND undone_at IS NULL")


class Idea(Base):
    """A member's answer to a challenge.

    `listed` says whether its status shows it to the audience. The counts, and the values that
    the orders of a list stand on (`wilson`, `trending`, `shuffle_key`; see `ideas.ranking`), are
    kept with every write. `activity` is the undecayed sum behind `trending`.

    `answers` are those to the challenge's prompts, each with the words it was asked in:
    [{"prompt": 3, "words": "Who would it help?", "source": "…"}]. `co_authors_count` counts those
    who accepted or are credited. An answer is owed by `answer_owner_id` until `answer_due_at`, who is
    told once when it is late (`overdue_told_at`); `answered_at` is when the first response in words
    was given. `form_key` is that of the form that the draft began in, so that a form which saves
    itself makes one draft however often it tries. Where a challenge asks for approval,
    `seen_revision_id` is the latest of its revisions whose change a moderator has looked at.
    """

    __tablename__ = "ideas"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenges.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    title: Mapped[str] = mapped_column(String(150))
    body_source: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = mapped_column(String(320))
    status: Mapped[str] = mapped_column(one_of(STATUSES))
    listed: Mapped[bool]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    edited_at: Mapped[datetime | None]
    up_count: Mapped[int] = mapped_column(default=0)
    down_count: Mapped[int] = mapped_column(default=0)
    votes_count: Mapped[int] = mapped_column(default=0)
    comments_count: Mapped[int] = mapped_column(default=0)
    wilson: Mapped[float] = mapped_column(default=0.0)
    activity: Mapped[float] = mapped_column(default=1.0)
    trending: Mapped[float] = mapped_column(default=0.0)
    shuffle_key: Mapped[int] = mapped_column(BigInteger, default=0)
    imported_id: Mapped[str | None] = mapped_column(String(40))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("challenge_themes.id", ondelete="SET NULL"))
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    co_authors_count: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    answer_owner_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    answer_due_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    overdue_told_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("ideas.id"), index=True)
    form_key: Mapped[str | None] = mapped_column(String(40))
    seen_revision_id: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        check_one_of("status", STATUSES),
        CheckConstraint("co_authors_count >= 0", name="co_authors_count_not_negative"),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        CheckConstraint("up_count >= 0", name="up_count_not_negative"),
        CheckConstraint("down_count >= 0", name="down_count_not_negative"),
        CheckConstraint("votes_count = up_count + down_count", name="votes_count_is_sum"),
        CheckConstraint("comments_count >= 0", name="comments_count_not_negative"),
        CheckConstraint("NOT listed OR published_at IS NOT NULL", name="listed_is_published"),
        UniqueConstraint("challenge_id", "imported_id"),
        UniqueConstraint("author_id", "form_key"),
        Index("ix_ideas_trending", "challenge_id", "listed", "trending", "id"),
        Index("ix_ideas_top", "challenge_id", "listed", "wilson", "id"),
        Index("ix_ideas_new", "challenge_id", "listed", "published_at", "id"),
        Index("ix_ideas_discussed", "challenge_id", "listed", "comments_count", "id"),
        Index("ix_ideas_needs_votes", "challenge_id", "listed", "votes_count", "shuffle_key"),
        Index("ix_ideas_shuffled", "challenge_id", "listed", "shuffle_key"),
        Index("ix_ideas_author", "author_id", "id"),
        Index("ix_ideas_theme", "theme_id", "id"),
        # What is owed an answer, the longest overdue first.
        Index(
            "ix_ideas_owed",
            "answer_due_at",
            "id",
            postgresql_where=text("answer_due_at IS NOT NULL AND answered_at IS NULL"),
            sqlite_where=text("answer_due_at IS NOT NULL AND answered_at IS NULL"),
        ),
        # What has had no response in words, the one that waited longest first.
        Index(
            "ix_ideas_no_answer",
            "challenge_id",
            "listed",
            "published_at",
            "id",
            postgresql_where=text("answered_at IS NULL"),
            sqlite_where=text("answered_at IS NULL"),
        ),
        # For moderators: which ideas have waited longest, and how many wait in each challenge.
        Index("ix_ideas_unanswered", "status", "published_at", "id", "challenge_id"),
    )


class IdeaRevision(Base):
    """A wording that an edit replaced."""

    __tablename__ = "idea_revisions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(150))
    body_source: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    # Who saved the wording that replaced this one.
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    replaced_at: Mapped[datetime]


class IdeaDecision(Base):
    """A change of an idea's status, with the response in words where one was given.

    Those concerned are told once it has stood for a while (`told_at`); until then it can be
    undone (`undone_at`), and nobody hears of it.
    """

    __tablename__ = "idea_decisions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), index=True)
    from_status: Mapped[str] = mapped_column(one_of(STATUSES))
    to_status: Mapped[str] = mapped_column(one_of(STATUSES))
    response_source: Mapped[str] = mapped_column(Text, default="")
    response_html: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    # The role of who decided, as it was then.
    decided_as: Mapped[str] = mapped_column(String(30), default="", server_default="")

    __table_args__ = (
        check_one_of("from_status", STATUSES),
        check_one_of("to_status", STATUSES),
        Index(
            "ix_idea_decisions_untold",
            "at",
            postgresql_where=text("told_at IS NULL AND undone_at IS NULL"),
            sqlite_where=text("told_at IS NULL AND undone_at IS NULL"),
        ),
        # What was acted on, for "You said, we did".
        Index("ix_idea_decisions_acted", "at", "id", postgresql_where=_ACTED, sqlite_where=_ACTED),
    )


class IdeaTag(Base):
    """A word that an author put on an idea, in lower case."""

    __tablename__ = "idea_tags"

    idea_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True
    )
    tag: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)

    __table_args__ = (CheckConstraint("tag = lower(tag)", name="tag_lower"),)


class IdeaCoAuthor(Base):
    """Somebody who was asked to stand beside an idea's author, or is credited by a merge."""

    __tablename__ = "idea_co_authors"

    idea_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    state: Mapped[str] = mapped_column(one_of(CO_AUTHOR_STATES))
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (check_one_of("state", CO_AUTHOR_STATES),)


class IdeaNote(Base):
    """What a moderator wrote about an idea for other moderators alone."""

    __tablename__ = "idea_notes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    idea_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ideas.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class BoardAct(Base):
    """Something that a moderator did to one idea or to many at once, which can be undone for a while.

    `report` says which ideas were left as they were: [{"idea": 3, "title": "…", "why": "…"}].
    """

    __tablename__ = "board_acts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    words: Mapped[str] = mapped_column(String(300))
    report: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_board_acts_actor", "actor_id", "at"),)


class BoardActIdea(Base):
    """An idea as it was before an act and after it, and the keys of the points that the act moved."""

    __tablename__ = "board_act_ideas"

    act_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("board_acts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    idea_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    decision_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("idea_decisions.id", ondelete="CASCADE"), index=True
    )
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    earned: Mapped[list[str]] = mapped_column(JSON, default=list)
    taken_back: Mapped[list[str]] = mapped_column(JSON, default=list)

    __table_args__ = (Index("ix_board_act_ideas_idea", "idea_id", "act_id"),)
