"""Commands about invitations: `flask --app wsgi invitations …`."""

import shlex
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from talking_together.core.clock import now
from talking_together.core.commits import in_transaction
from talking_together.core.errors import TalkingTogetherError
from talking_together.core.formatting import count_of, moment
from talking_together.invitations.phases import moving, queries, services
from talking_together.invitations.phases.messages import DEFAULT_MESSAGE, DEFAULT_SUBJECT
from talking_together.invitations.phases.plan import Plan
from talking_together.invitations.phases.schedule import next_sending_moment
from talking_together.invitations.staff_lists import services as staff_lists
from talking_together.invitations.staff_lists.queries import outcome_counts

group = AppGroup("invitations", help="Staff lists and phases.")

MAX_NAME = 119


def register(app: Flask) -> None:
    """Add the commands to the site's."""
    app.cli.add_command(group)


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--phase", "phase_name", required=True, help="The name of the phase to make.")
@click.option("--create-groups", is_flag=True, help="Make the staff groups that do not exist yet.")
def import_list(file: Path, phase_name: str, create_groups: bool) -> None:
    """Keep a staff list (XLSX, ODS or CSV) and make a draft phase for it with a default message."""
    name = " ".join(phase_name.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise click.ClickException(f"The name of a phase has from 1 to {MAX_NAME} characters, on one line.")
    try:
        with file.open("rb") as stream:
            checked = staff_lists.check_staff_list(stream, create_groups=create_groups)
        list_id = in_transaction(lambda: _keep(name, file.name, checked))
    except TalkingTogetherError as error:
        raise click.ClickException(error.message) from None
    counts = outcome_counts(list_id)
    for outcome, count in counts.items():
        click.echo(f"{outcome}: {count:,}")
    if counts["needs attention"]:
        page = f"{current_app.config['BASE_URL']}/admin/invitations/lists/{list_id}"
        click.echo(f"What needs attention, and why, stands at {page}")
    click.echo(f"Made the draft phase “{name}”. Start it with: invitations start {shlex.quote(name)}")


def _keep(name: str, filename: str, checked: staff_lists.CheckedList) -> int:
    list_id = staff_lists.keep_staff_list(None, name=name, filename=filename, checked=checked)
    services.create_phase(None, plan=Plan(name, DEFAULT_SUBJECT, DEFAULT_MESSAGE, list_id=list_id))
    return list_id


@group.command("start")
@click.argument("phase")
def start(phase: str) -> None:
    """Start the phase with this name: everybody on its list who is new is invited."""
    try:
        phase_id = queries.get_phase_id_named(phase)
        people = in_transaction(lambda: moving.start_phase(None, phase_id=phase_id))
    except TalkingTogetherError as error:
        raise click.ClickException(error.message) from None
    click.echo(f"Started “{phase}”: {count_of(people, 'invitation')} on the way.")
    first = next_sending_moment(queries.get_phase(phase_id), now())
    if first > now():
        click.echo(f"The first leaves {moment(first)}, when its sending hours begin.")
