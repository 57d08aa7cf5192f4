"""Downloading a challenge as files for spreadsheets: for moderators, and noted."""

import tempfile

from flask import current_app, send_file
from flask.typing import ResponseReturnValue
from wtforms import HiddenField
from wtforms.validators import AnyOf

from talking_together.challenges.queries import get_challenge
from talking_together.core import clock
from talking_together.core.access import access, viewer
from talking_together.core.addresses import slug_of
from talking_together.core.commits import in_transaction
from talking_together.core.errors import InvalidInput
from talking_together.core.forms import Form
from talking_together.core.spreadsheets import XLSX_TYPE, ZIP_TYPE
from talking_together.results.exports import FORMATS, write_challenge
from talking_together.results.services import record_export
from talking_together.results.views import blueprint

# Smaller files never touch the disk.
IN_MEMORY = 4_000_000


class ExportForm(Form):
    """Which kind of file."""

    format = HiddenField(validators=[AnyOf(FORMATS)])


@blueprint.post("/moderation/challenges/<int:challenge_id>/export")
@access("moderator")
def export_challenge(challenge_id: int) -> ResponseReturnValue:
    """Answer with a workbook or a ZIP of CSV files, and note who took it."""
    form = ExportForm()
    if not form.validate():
        raise InvalidInput("Choose a workbook or CSV files.")
    challenge = get_challenge(viewer(), challenge_id, at=clock.now())
    format = form.format.data
    # It reads for a while, so nothing else waits for it: what is noted is written afterwards.
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed with the answer
    write_challenge(file, challenge_id, format=format, base_url=current_app.config["BASE_URL"])
    in_transaction(lambda: record_export(viewer(), challenge=challenge, format=format))
    file.seek(0)
    ending, kind = ("xlsx", XLSX_TYPE) if format == "xlsx" else ("zip", ZIP_TYPE)
    name = f"{slug_of(challenge.title) or 'challenge'}-{clock.today()}.{ending}"
    return send_file(file, mimetype=kind, as_attachment=True, download_name=name)
