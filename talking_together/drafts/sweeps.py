"""Background work on kept drafts: forgetting what nobody came back to."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.drafts.models import KeptDraft
from talking_together.extensions import db

KEPT_FOR = timedelta(days=90)


def clear_drafts() -> int:
    """Delete drafts that are older than they are kept; return how many."""
    return in_transaction(_delete_old)


def _delete_old() -> int:
    gone: Any = db.session.execute(
        delete(KeptDraft)
        .where(KeptDraft.saved_at <= clock.now() - KEPT_FOR)
        .execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)
