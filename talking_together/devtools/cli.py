"""`flask demo …` and `flask verify`."""

import click
from flask import Flask
from flask.cli import AppGroup

from talking_together.core.errors import Conflict
from talking_together.devtools.sign_ins import PASSWORD, SIGN_INS
from talking_together.devtools.verify import verify

SIZES = ("small", "large")

group = AppGroup("demo", help="A demo with invented people.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
    app.cli.add_command(verify)


@group.command("load")
@click.option("--size", type=click.Choice(SIZES), default=SIZES[0], show_default=True)
def load_(size: str) -> None:
    """Load the demo into an empty site; load it again and nothing changes."""
    # Here, so that servers do not keep the demo's words in memory.
    from talking_together.devtools.loading import load  # noqa: PLC0415

    try:
        for line in load(size):
            click.echo(line)
    except Conflict as error:
        raise click.ClickException(error.message) from None
    click.echo(f"Sign in as {', '.join(SIGN_INS)}; the password is {PASSWORD}.")
