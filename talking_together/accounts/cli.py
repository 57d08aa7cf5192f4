"""Commands about members: `flask --app wsgi members …`."""

import csv
import sys

import click
from flask import Flask
from flask.cli import AppGroup

from talking_together.accounts import passwords, queries, services
from talking_together.audit.services import record
from talking_together.core.commits import in_transaction
from talking_together.core.errors import TalkingTogetherError
from talking_together.mail.addresses import is_address, normal_address

MAX_NAME = 100

group = AppGroup("members", help="Accounts.")


def register(app: Flask) -> None:
    """Add the commands to the site's."""
    app.cli.add_command(group)


@group.command("create-admin")
@click.option("--email", required=True, help="The address to sign in with.")
@click.option("--name", required=True, help="First and last name.")
def create_admin(email: str, name: str) -> None:
    """Make an account with the role admin; asks for the password or reads it from standard input."""
    email, name = normal_address(email), " ".join(name.split())
    if not is_address(email):
        raise click.ClickException(f"{email} is not an email address.")
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise click.ClickException(f"A name has from 1 to {MAX_NAME} characters, on one line.")
    password = _read_password()
    try:
        passwords.check_password(password, name=name, email=email)
        password_hash = passwords.hash_password(password)
        member_id = in_transaction(lambda: _create_admin(email, name, password_hash))
    except TalkingTogetherError as error:
        raise click.ClickException(error.message) from None
    click.echo(f"Made {name} <{email}> an admin (member {member_id}).")


def _create_admin(email: str, name: str, password_hash: str) -> int:
    member_id = services.create_member(name=name, email=email, password_hash=password_hash, role="admin")
    record(
        None,
        "admin created",
        subject_type="member",
        subject_id=member_id,
        subject_label=name,
        reason="Command on the server",
    )
    return member_id


def _read_password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


@group.command("list")
def list_members() -> None:
    """Write every member as CSV: id, email, name, organisation, role, active."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["id", "email", "name", "organisation", "role", "active"])
    for row in queries.members_listed():
        active = "yes" if row.active else "no"
        cells = [row.id, row.email, row.name, row.organisation, row.role, active]
        writer.writerow(["" if cell is None else cell for cell in cells])
