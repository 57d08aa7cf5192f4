"""The zip archive that a workbook is, opened without trust in what it says of itself."""

import io
import struct
import zipfile
import zlib
from typing import IO

from talking_together.invitations.staff_lists.files.tables import UnreadableList

# What one part of a workbook may become when it is inflated, and how many times its archive's size.
MAX_INFLATED = 256 * 1024 * 1024
MAX_RATIO = 200
RATIO_COUNTS_FROM = 16 * 1024 * 1024
MAX_PARTS = 5_000
# The directory is read as a whole, so its size is looked at before; an entry takes about 80 bytes.
MAX_DIRECTORY = 1024 * 1024

DAMAGED = "The workbook is damaged. Open it, save it again as XLSX or CSV, and upload that."
ENCRYPTED = "The workbook is protected by a password. Save it without one and upload that."
BOMB = (
    "The workbook unpacks to far more than a staff list needs. "
    "Copy the rows of the list into a new workbook and upload that."
)

_DIRECTORY_END = struct.Struct("<4sHHHHLLH")


class Archive:
    """A workbook's parts by name."""

    def __init__(self, content: bytes) -> None:
        _check_directory(content)
        self.size = len(content)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise UnreadableList(DAMAGED) from None
        self.names = set(self._zip.namelist())
        if len(self._zip.infolist()) > MAX_PARTS:
            raise UnreadableList(BOMB)

    def open(self, name: str) -> "Part":
        """Return a part to be read piece by piece."""
        try:
            info = self._zip.getinfo(name)
            if info.flag_bits & 1:
                raise UnreadableList(ENCRYPTED)
            # Other methods inflate whatever they are given in one go.
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise UnreadableList(DAMAGED)
            return Part(self._zip.open(info), self.size)
        except (KeyError, zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise UnreadableList(DAMAGED) from None


class Part:
    """A part that is inflated as it is read, and only so far."""

    def __init__(self, file: IO[bytes], archive_size: int) -> None:
        self._file = file
        self._most = max(RATIO_COUNTS_FROM, min(MAX_INFLATED, archive_size * MAX_RATIO))
        self._inflated = 0

    def read(self, size: int) -> bytes:
        """Return the next piece; raises UnreadableList beyond the bounds, whatever the archive says."""
        try:
            piece = self._file.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
            raise UnreadableList(DAMAGED) from None
        self._inflated += len(piece)
        if self._inflated > self._most:
            raise UnreadableList(BOMB)
        return piece


def _check_directory(content: bytes) -> None:
    """Raise UnreadableList unless the archive's directory is one that can be read."""
    at = content.rfind(b"PK\x05\x06", -65_535 - _DIRECTORY_END.size)
    if at < 0 or len(content) - at < _DIRECTORY_END.size:
        raise UnreadableList(DAMAGED)
    # 0xffffffff announces a directory of the large kind, which no workbook of a few megabytes needs.
    if _DIRECTORY_END.unpack_from(content, at)[5] > MAX_DIRECTORY:
        raise UnreadableList(BOMB)
