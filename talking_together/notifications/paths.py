"""Where what a member was told of leads."""

from typing import Any

from talking_together.core.addresses import slug_path
from talking_together.notifications.kinds import TABLE

# Where a moderator's answer can be read, and where one's own is given.
_PAGES_OF_IDEAS = {"merge proposal settled": "looks-like", "co-author asked": "co-author"}


def path_of(row: Any, *, idea_title: str | None, challenge_title: str | None) -> str:
    """Return the path of what a notification is about; the titles are of what exists for the member."""
    if row.comment_id:
        return f"/comments/{row.comment_id}"
    if idea_title is not None:
        page = _PAGES_OF_IDEAS.get(row.kind)
        return f"/ideas/{row.idea_id}/{page}" if page else slug_path("ideas", row.idea_id, idea_title)
    if challenge_title is not None:
        path = slug_path("challenges", row.challenge_id, challenge_title)
        return f"{path}/results" if row.kind == "results published" else path
    if row.voucher_id:
        return f"/vouchers/{row.voucher_id}"
    if row.reward_id:
        path = slug_path("rewards", row.reward_id, row.reward_title)
        return f"{path}/draw" if row.kind.startswith("draw ") else path
    return TABLE[row.kind].path
