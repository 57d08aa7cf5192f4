"""The demo as it stands on the day of loading."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from talking_together.accounts.models import Member
from talking_together.comments.models import Comment
from talking_together.core.access import SPONSOR
from talking_together.devtools.demo_joining import write_joining
from talking_together.devtools.demo_life import write_life
from talking_together.devtools.demo_rewards import write_rewards
from talking_together.devtools.demo_talk import write_talk
from talking_together.devtools.demo_team_codes import write_team_codes
from talking_together.devtools.diary import Diary
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.notifications.models import Notification
from talking_together.votes.models import CommentVote, IdeaVote

# What is younger has not been read yet.
READ_AFTER = timedelta(days=3)


def load_demo(*, password_hash: str, now: datetime) -> list[str]:
    """Let everything happen that the demo tells, up to now; return what is there, line by line."""
    diary = Diary(now)
    write_joining(diary, password_hash=password_hash)
    write_talk(diary)
    write_life(diary)
    write_team_codes(diary)
    write_rewards(diary, password_hash=password_hash)
    diary.carry_out()
    _read_notifications(now)
    counts = [
        f"{db.session.scalar(select(func.count()).select_from(model).where(*which)):,} {name}"
        for model, name, *which in (
            (Member, "members", Member.role != SPONSOR),
            (Idea, "ideas"),
            (Comment, "comments"),
            (IdeaVote, "votes on ideas"),
            (CommentVote, "votes on comments"),
        )
    ]
    return [f"Demo loaded: {', '.join(counts[:-1])} and {counts[-1]}."]


def _read_notifications(now: datetime) -> None:
    """Mark what is older than a few days as read, soon after the member was told."""
    db.session.execute(
        update(Notification)
        .where(Notification.at < now - READ_AFTER)
        .values(read_at=now - READ_AFTER)
        .execution_options(synchronize_session=False)
    )
