"""The commands of `flask consultations`."""

from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from talking_together.consultations.services import import_consultation
from talking_together.core.commits import in_transaction
from talking_together.core.errors import InvalidInput

group = AppGroup("consultations", help="Earlier consultations.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)


@group.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--challenge", "title", required=True, help="The title of the challenge.")
def import_(folder: Path, title: str) -> None:
    """Bring the Polis export in FOLDER in as a challenge with ideas and votes."""
    try:
        report = in_transaction(lambda: import_consultation(folder, title=title))
    except InvalidInput as error:
        raise click.ClickException(error.message) from None
    for line in report.lines():
        click.echo(line)
    state = "Imported into" if report.changed else "Nothing to change in"
    click.echo(f"{state} challenge {report.challenge_id}.")
