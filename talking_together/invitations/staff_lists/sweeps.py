"""Background work: reading long lists, ending the access of leavers, forgetting what nobody read."""

from collections.abc import Callable

from talking_together.core.commits import in_transaction
from talking_together.invitations.staff_lists.leavers import end_access_of_some, lists_to_apply
from talking_together.invitations.staff_lists.readings import Claim, claim_reading, read_claimed
from talking_together.invitations.staff_lists.uploads import forget_old_uploads


def read_staff_lists(*, stop: Callable[[], bool] = lambda: False) -> int:
    """Read every list that waits for it and apply those of leavers; return how many were read."""
    read = 0
    while not stop():
        claim, leaving = in_transaction(_next)
        if claim is not None:
            read_claimed(claim, stop=stop)
            read += 1
        for list_id in leaving:
            apply_leavers(list_id, stop=stop)
        if claim is None:
            break
    return read


def apply_leavers(list_id: int, *, stop: Callable[[], bool] = lambda: False, most: int | None = None) -> int:
    """End the access of those on a list that an admin asked to apply; return how many rows are done."""
    done = 0
    while not stop() and (most is None or done < most):
        some = in_transaction(lambda: end_access_of_some(list_id))
        if not some:
            break
        done += some
    return done


def _next() -> tuple[Claim | None, list[int]]:
    forget_old_uploads()
    return claim_reading(), lists_to_apply()
