"""Serve the demo by one command: `python -m talking_together.devtools.serve`.

The web server's one process also runs the sweeps, in a thread, as a small installation may.
"""

import os
import sys
from importlib import import_module
from multiprocessing.util import Finalize
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from talking_together.devtools.sign_ins import PASSWORD, SIGN_INS

ADDRESS = "127.0.0.1"
STOP_WITHIN_S = 15


def make_site() -> Any:
    """Return the site, with its sweeps running; called once within the serving process."""
    # Ctrl-C goes to every process of a terminal's group; this one stops when the server tells it
    # to. Told twice, it now and then never stopped.
    os.setpgrp()
    # Settings are read by what servers load, never by the package.
    app = import_module("wsgi").app
    worker = import_module("talking_together.worker").start_worker_thread(app)
    # Runs where atexit does not: at the end of a process that was forked.
    Finalize(None, worker.stop, exitpriority=10)
    return app


def serve(port: int) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    Granian(
        "talking_together.devtools.serve:make_site",
        factory=True,
        address=ADDRESS,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=1,
        websockets=False,
        log_enabled=False,
        workers_kill_timeout=STOP_WITHIN_S,
    ).serve()


def greeting(port: int) -> str:
    """Return what to open and how to sign in."""
    site = f"http://{ADDRESS}:{port}"
    return "\n".join(
        (
            "",
            f"Talking Together is at {site}",
            f"Sign in as {', '.join(SIGN_INS[:-1])} or {SIGN_INS[-1]}; the password is {PASSWORD}",
            f"Emails are kept at {site}/development/mailbox",
            "Stop with Ctrl-C",
            "",
        )
    )


if __name__ == "__main__":
    os.environ.setdefault("DEMO", "1")
    chosen_port = int(os.environ.get("PORT") or 8000)
    print(greeting(chosen_port), flush=True)
    serve(chosen_port)
    sys.exit(0)
