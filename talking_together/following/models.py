"""Who follows what."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base


class IdeaFollow(Base):
    """A member who is told of what happens to an idea."""

    __tablename__ = "idea_follows"

    idea_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    since: Mapped[datetime]


class ChallengeFollow(Base):
    """A member who is told of what happens to a challenge."""

    __tablename__ = "challenge_follows"

    challenge_id: Mapped[int] = mapped_column(
        ForeignKey("challenges.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    since: Mapped[datetime]
