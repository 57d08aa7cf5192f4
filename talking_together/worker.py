"""The schedule: which sweep runs how often, beside the web server or in processes of its own."""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask, current_app
from flask.cli import with_appcontext

from talking_together.accounts import sweeps as accounts
from talking_together.core.clock import LONDON
from talking_together.core.logs import frames_of
from talking_together.drafts import sweeps as drafts
from talking_together.fairness.sweeps import look_for_signs
from talking_together.files.sweeps import clear_files
from talking_together.ideas import sweeps as ideas
from talking_together.invitations.declining.returned import record_bounce
from talking_together.invitations.phases import sweeps as invitations
from talking_together.invitations.phases.delivery import (
    count_all_deliveries,
    count_deliveries,
    record_deliveries,
)
from talking_together.invitations.phases.emails import PURPOSE
from talking_together.invitations.staff_lists.sweeps import read_staff_lists
from talking_together.invitations.states import EMAIL_PURPOSES
from talking_together.leaderboards.sweeps import count_boards
from talking_together.mail import bounces
from talking_together.mail import sweeps as mail
from talking_together.milestones.sweeps import settle_all_milestones, settle_due_milestones
from talking_together.points.sweeps import enter_weeks_of_hidden_names
from talking_together.results.sweeps import announce_results
from talking_together.rewards.draws import sweeps as draws
from talking_together.rewards.gifts.sweeps import give_gifts
from talking_together.rewards.team_prizes.sweeps import return_pledges_that_did_not_win
from talking_together.rewards.vouchers.sweeps import remind_of_vouchers
from talking_together.telling.facts import tell_settled
from talking_together.telling.mailing import write_due_emails
from talking_together.telling.unseen import mark_unseen_read
from talking_together.votes.sweeps import enter_kept_back_points

log = logging.getLogger(__name__)

# Who is told what became of a message, by its purpose.
ON_OUTCOME = {PURPOSE: record_deliveries}
# And who is told that it came back.
ON_BOUNCE = dict.fromkeys(EMAIL_PURPOSES, record_bounce)


class Worker:
    """The sweeps on their schedule, until `stop`."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.stopping = threading.Event()
        # A tick that comes while the same sweep still runs is no fault worth a line each time.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        # Several at once, so that a slow mail server does not hold up everything else.
        self.scheduler = BackgroundScheduler(
            timezone=LONDON,
            executors={"default": ThreadPoolExecutor(6)},
            # A tick missed costs nothing: the next one finds the same rows.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for name, seconds, sweep in self.schedule():
            self.scheduler.add_job(
                self._run,
                "interval",
                args=(name, sweep),
                id=name,
                seconds=seconds,
                next_run_time=datetime.now(LONDON),
            )

    def schedule(self) -> list[tuple[str, int, Callable[[], Any]]]:
        """Return each sweep with its name and the seconds between two runs."""
        return [
            ("start due phases", 15, invitations.start_due_phases),
            ("feed phases", 1, lambda: invitations.feed_phases(stop=self.stopping.is_set)),
            ("feed reminders", 30, lambda: invitations.feed_reminders(stop=self.stopping.is_set)),
            ("keep sending hours", 15, invitations.keep_hours),
            ("follow the mail server", 5, invitations.follow_mail_server),
            ("read staff lists", 3, lambda: read_staff_lists(stop=self.stopping.is_set)),
            ("expire invitations", 600, invitations.expire_invitations),
            ("answer password resets", 1, accounts.answer_password_resets),
            ("clear accounts", 3_600, accounts.clear_accounts),
            ("clear kept drafts", 3_600, drafts.clear_drafts),
            ("enter points kept back", 300, enter_kept_back_points),
            ("count leaderboards", 300, count_boards),
            ("settle milestones", 20, lambda: settle_due_milestones(stop=self.stopping.is_set)),
            ("look at all milestones", 86_400, lambda: settle_all_milestones(stop=self.stopping.is_set)),
            ("enter weeks of hidden names", 3_600, enter_weeks_of_hidden_names),
            ("clear files", 3_600, clear_files),
            ("look for signs of gaming", 900, lambda: look_for_signs(stop=self.stopping.is_set)),
            ("tell those concerned", 10, lambda: tell_settled(stop=self.stopping.is_set)),
            ("mark the unseen as read", 3_600, lambda: mark_unseen_read(stop=self.stopping.is_set)),
            ("write what was told", 20, lambda: write_due_emails(stop=self.stopping.is_set)),
            ("read bounces", 60, lambda: bounces.read_bounces(ON_BOUNCE, stop=self.stopping.is_set)),
            ("deliver the outbox", 1, lambda: mail.deliver_outbox(ON_OUTCOME, stop=self.stopping.is_set)),
            ("take back lapsed mail", 5, lambda: mail.recover_lapsed(ON_OUTCOME)),
            ("announce results", 15, announce_results),
            ("remind of vouchers", 3_600, remind_of_vouchers),
            ("make draws", 15, draws.make_due_draws),
            ("return entries of no draw", 30, draws.return_called_off_entries),
            ("return pledges", 30, return_pledges_that_did_not_win),
            ("give gifts", 60, give_gifts),
            ("give out answers owed", 60, ideas.give_answers_owed),
            ("tell of overdue answers", 300, ideas.tell_of_overdue_answers),
            ("count deliveries", 3, count_deliveries),
            ("count all deliveries", 600, count_all_deliveries),
        ]

    def start(self) -> None:
        """Begin to run the sweeps in threads."""
        self.scheduler.start()
        log.info("worker started")

    def stop(self) -> None:
        """Finish the message in hand, then stop."""
        self.stopping.set()
        if self.scheduler.running:
            self.scheduler.shutdown(wait=True)
        log.info("worker stopped")

    def _run(self, name: str, sweep: Callable[[], Any]) -> None:
        if self.stopping.is_set():
            return
        with self.app.app_context():
            try:
                sweep()
            except Exception as error:  # noqa: BLE001 - the schedule goes on
                # The rows are as they were; the next run tries them again.
                log.error(  # noqa: TRY400 - a message could hold an address
                    "sweep failed",
                    extra={"sweep": name, "kind": type(error).__name__, "trace": frames_of(error)},
                )


def start_worker_thread(app: Flask) -> Worker:
    """Start the worker within this process and return it, for its `stop`."""
    worker = Worker(app)
    worker.start()
    return worker


def register(app: Flask) -> None:
    """Add the command `flask worker`."""
    app.cli.add_command(_run_worker)


@click.command("worker")
@with_appcontext
def _run_worker() -> None:
    """Run the sweeps until told to stop (SIGTERM or Ctrl-C)."""
    asked_to_stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: asked_to_stop.set())
    # The threads need the app itself, not what stands for it in this one.
    worker = Worker(current_app._get_current_object())  # type: ignore[attr-defined] # noqa: SLF001
    worker.start()
    asked_to_stop.wait()
    worker.stop()
