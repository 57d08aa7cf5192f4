"""What happens to prize draws by the clock."""

from functools import partial

from talking_together.core import clock
from talking_together.core.commits import each_in_transaction, in_transaction
from talking_together.rewards.draws.drawing import make_draw, return_entries
from talking_together.rewards.draws.queries import called_off_draws, due_draws


def make_due_draws() -> int:
    """Make the draws whose time has come, and return how many this run made."""
    due = in_transaction(partial(due_draws, clock.now()))
    return sum(each_in_transaction(make_draw, due))


def return_called_off_entries() -> int:
    """Give back what entering cost where there will be no draw, and return how many entries."""
    returned = 0
    for reward_id in in_transaction(called_off_draws):
        while some := in_transaction(partial(return_entries, reward_id)):
            returned += some
    return returned
