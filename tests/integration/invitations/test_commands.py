"""The commands about invitations."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.audit.models import AuditEntry
from talking_together.core.clock import held_at
from talking_together.extensions import db
from talking_together.invitations.models import Invitation, Phase
from tests.factories.organisations import make_organisation


@pytest.fixture
def staff_file(tmp_path: Path) -> Path:
    """Return a staff list of two people and a row that cannot be used."""
    make_organisation(domains=("riverside.example",))
    file = tmp_path / "nurses.csv"
    file.write_text("Name,Email\nA,a@riverside.example\nB,b@riverside.example\nC,\n")
    return file


def run(app: Flask, *words: str) -> tuple[int, str]:
    """Run a command; return its exit code and what it wrote."""
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["invitations", *words])
    db.session.expire_all()
    return result.exit_code, result.output


def test_a_list_is_imported_as_a_draft_phase_and_started(app: Flask, staff_file: Path) -> None:
    code, output = run(app, "import", str(staff_file), "--phase", "Champions")
    assert code == 0
    assert "new: 2" in output
    assert "needs attention: 1" in output
    assert "What needs attention, and why, stands at http" in output
    phase = db.session.execute(select(Phase)).scalar_one()
    assert (phase.name, phase.state) == ("Champions", "draft")
    code, output = run(app, "start", "champions")
    assert (code, "2 invitations" in output) == (0, True)
    assert sorted(db.session.scalars(select(Invitation.email))) == [
        "a@riverside.example",
        "b@riverside.example",
    ]
    assert set(db.session.scalars(select(AuditEntry.actor_id))) == {None}


def test_a_command_that_cannot_be_done_says_why_in_one_line(app: Flask, staff_file: Path) -> None:
    assert run(app, "start", "Nothing") == (1, "Error: There is no phase named “Nothing”.\n")
    run(app, "import", str(staff_file), "--phase", "Champions")
    code, output = run(app, "import", str(staff_file), "--phase", "CHAMPIONS")
    assert (code, output) == (1, "Error: Another phase has this name\n")
    run(app, "start", "Champions")
    assert run(app, "start", "Champions") == (1, "Error: This phase has been started already.\n")
    staff_file.write_text("Phone\n1\n")
    code, output = run(app, "import", str(staff_file), "--phase", "Wards")
    assert (code, output.startswith("Error: We could not find a column of email addresses")) == (1, True)


def test_a_start_at_night_says_when_the_first_email_leaves(app: Flask, staff_file: Path) -> None:
    run(app, "import", str(staff_file), "--phase", "Champions")
    # A Sunday evening.
    with held_at(datetime(2025, 11, 23, 19, tzinfo=UTC)):
        code, output = run(app, "start", "Champions")
    assert (code, "The first leaves Monday 24 November at 8am" in output) == (0, True)


def test_a_failed_import_leaves_nothing_behind(app: Flask, staff_file: Path) -> None:
    run(app, "import", str(staff_file), "--phase", "x" * 200)
    assert db.session.execute(select(Phase)).first() is None
