"""Partner organisations, their email domains, and staff groups."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base


class Organisation(Base):
    """A partner: its staff take part; `headcount` is the number of people it employs."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(20))
    colour: Mapped[str] = mapped_column(String(7))
    headcount: Mapped[int]
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("headcount >= 0", name="headcount_not_negative"),
        Index("uq_organisations_name_lower", func.lower(name), unique=True),
        Index("uq_organisations_short_name_lower", func.lower(short_name), unique=True),
    )


class OrganisationDomain(Base):
    """An email domain, in lower case, that belongs to an organisation's staff."""

    __tablename__ = "organisation_domains"

    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), index=True
    )

    __table_args__ = (CheckConstraint("domain = lower(domain)", name="domain_lower"),)


class StaffGroup(Base):
    """A set of people across organisations, or within one."""

    __tablename__ = "staff_groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_staff_groups_name_lower", func.lower(name), unique=True),)
