"""The archive that a workbook is, with the words for one that cannot be read."""

from talking_together.core import archives
from talking_together.invitations.staff_lists.files.tables import UnreadableList

DAMAGED = "The workbook is damaged. Open it, save it again as XLSX or CSV, and upload that."
ENCRYPTED = "The workbook is protected by a password. Save it without one and upload that."
BOMB = (
    "The workbook unpacks to far more than a staff list needs. "
    "Copy the rows of the list into a new workbook and upload that."
)

_WORDS: dict[archives.Why, str] = {
    "damaged": DAMAGED,
    "encrypted": ENCRYPTED,
    "unpacks to too much": BOMB,
}


class Archive(archives.Archive):
    """A workbook's parts by name; raises UnreadableList."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content, refusal=lambda why: UnreadableList(_WORDS[why]))
