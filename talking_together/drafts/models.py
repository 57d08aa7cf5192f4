"""What members have typed and not sent yet, kept on the server."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base


class KeptDraft(Base):
    """The fields of a form as a member left them; `key` names the form, as in "challenge:12"."""

    __tablename__ = "kept_drafts"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(index=True)
