"""What is being told to so many that one transaction did not do."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base, check_one_of, one_of

SOURCES = ("decisions", "comments", "news")


class Telling(Base):
    """A fact that was told to the members up to an id; the row goes when all were told."""

    __tablename__ = "tellings"

    source: Mapped[str] = mapped_column(one_of(SOURCES), primary_key=True)
    row_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    up_to: Mapped[int]

    __table_args__ = (check_one_of("source", SOURCES),)
