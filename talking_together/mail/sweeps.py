"""The sweep that delivers the outbox: what is about to leave is written down before it leaves.

A message goes `queued → claimed → sending → sent`. A crash while it is `claimed` costs nothing:
the lease runs out and it is queued again. A crash while it is `sending` leaves open whether the
server took it, so it becomes `outcome unknown` and only a person sends it again.
"""

import logging
from collections.abc import Callable

from talking_together.core.clock import now
from talking_together.core.database import one_snapshot
from talking_together.mail.claims import anything_due, recover_lapsed
from talking_together.mail.delivery import Delivery
from talking_together.mail.queries import server_state
from talking_together.mail.recording import OutcomeHandlers

log = logging.getLogger(__name__)


def deliver_outbox(on_outcome: OutcomeHandlers, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Send what is due until nothing is left, the server is away or `stop` says so.

    `on_outcome` holds, for a purpose, the function that is told of what ended in the transaction
    that records it. Returns how many messages were sent.
    """
    recover_lapsed(on_outcome)
    # Looked at first without holding up those who write: this runs every second.
    with one_snapshot():
        state = server_state()
        waits = anything_due()
    away = state is not None and state.failing_since is not None
    if stop() or (state.next_try_at > now() if away else not waits):
        return 0
    sent = Delivery(on_outcome, stop).run(look_first=away)
    if sent:
        log.info("mail delivered", extra={"messages": sent})
    return sent
