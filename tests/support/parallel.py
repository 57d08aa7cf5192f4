"""Work done at the same moment by real parallel connections."""

import contextvars
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from talking_together.extensions import db

TIMEOUT_S = 30


def run_together(app: Flask, jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """Start all jobs at one moment, each with a connection of its own.

    Returns their results in order; a job that raised gives its exception. A job commits for
    itself, as with `core.commits.in_transaction`.
    """
    # What the test holds open would keep the jobs waiting for its lock.
    db.session.commit()
    barrier = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        with app.app_context():
            barrier.wait(TIMEOUT_S)
            try:
                return job()
            except Exception as error:  # noqa: BLE001 - it is the job's result
                return error

    with ThreadPoolExecutor(len(jobs)) as pool:
        # A copy of the context brings the clock that the test may be holding.
        futures = [pool.submit(contextvars.copy_context().run, run, job) for job in jobs]
        results = [future.result(TIMEOUT_S) for future in futures]
    db.session.expire_all()
    return results
