"""Asking for a look at members' milestones, as an entry in the ledger does by itself.

For facts that need not reach the ledger: a rule may be off, or its cap of the day be met.
"""

from collections.abc import Collection

from sqlalchemy import Integer, column, table

from talking_together.core.database import insert_into
from talking_together.extensions import db
from talking_together.points.services import hold

# Named, not imported: milestones are a room above this one.
_checks = table("milestone_checks", column("member_id", Integer))


def ask_for_milestones(member_ids: Collection[int], *, are_held: bool = False) -> None:
    """Let the milestones of members be computed again.

    Their rows are locked first, unless the caller holds them: whoever computes does so under the same
    locks, and would else miss what is not committed yet.
    """
    if not member_ids:
        return
    if not are_held:
        hold(member_ids)
    db.session.execute(
        insert_into(_checks)
        .values([{"member_id": member_id} for member_id in sorted(set(member_ids))])
        .on_conflict_do_nothing(index_elements=["member_id"])
    )
