"""Background work on files: clearing those that nothing came to hold."""

from datetime import timedelta

from sqlalchemy import String, cast, column, delete, exists, literal, select, table

from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.files.models import File

KEPT = timedelta(days=7)
BATCH = 100

# Named, not imported: drafts are a room beside this one.
_drafts = table("kept_drafts", column("member_id"), column("fields"))


def clear_files() -> int:
    """Delete files that were sent a week ago and belong to nothing; return how many.

    One that a draft on the server still mentions is kept with it. What belongs to a challenge or an
    idea stays as long as that does, even when its text no longer mentions it: an earlier wording may.
    """
    cleared = 0
    while batch := in_transaction(_clear_batch):
        cleared += batch
    return cleared


def _clear_batch() -> int:
    is_in_a_draft = exists().where(
        _drafts.c.member_id == File.sent_by,
        cast(_drafts.c.fields, String).like(literal("%/files/") + cast(File.id, String) + literal("/%")),
    )
    over = (
        select(File.id)
        .where(
            File.challenge_id.is_(None),
            File.idea_id.is_(None),
            File.sent_at < clock.now() - KEPT,
            ~is_in_a_draft,
        )
        .order_by(File.id)
        .limit(BATCH)
    )
    gone = db.session.execute(
        delete(File)
        .where(File.id.in_(over), File.challenge_id.is_(None), File.idea_id.is_(None))
        .returning(File.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
