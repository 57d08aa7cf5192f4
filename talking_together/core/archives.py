"""The zip archive that an office document is, opened without trust in what it says of itself."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, Literal

Why = Literal["damaged", "encrypted", "unpacks to too much"]
Refusal = Callable[[Why], Exception]

# What one part of a document may become when it is inflated, and how many times its archive's size.
MAX_INFLATED = 256 * 1024 * 1024
MAX_RATIO = 200
RATIO_COUNTS_FROM = 16 * 1024 * 1024
MAX_PARTS = 5_000
# The directory is read as a whole, so its size is looked at before; an entry takes about 80 bytes.
MAX_DIRECTORY = 1024 * 1024

_DIRECTORY_END = struct.Struct("<4sHHHHLLH")


class Archive:
    """A document's parts by name; `refusal` makes the error for why it is none that we can read."""

    def __init__(self, content: bytes, *, refusal: Refusal) -> None:
        _check_directory(content, refusal)
        self.size, self._refusal = len(content), refusal
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise refusal("damaged") from None
        self.names = set(self._zip.namelist())
        if len(self._zip.infolist()) > MAX_PARTS:
            raise refusal("unpacks to too much")

    def open(self, name: str) -> "Part":
        """Return a part to be read piece by piece; raises the refusal."""
        try:
            info = self._zip.getinfo(name)
            if info.flag_bits & 1:
                raise self._refusal("encrypted")
            # Other methods inflate whatever they are given in one go.
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise self._refusal("damaged")
            return Part(self._zip.open(info), self.size, self._refusal)
        except (KeyError, zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise self._refusal("damaged") from None


class Part:
    """A part that is inflated as it is read, and only so far."""

    def __init__(self, file: IO[bytes], archive_size: int, refusal: Refusal) -> None:
        self._file, self._refusal = file, refusal
        self._most = max(RATIO_COUNTS_FROM, min(MAX_INFLATED, archive_size * MAX_RATIO))
        self._inflated = 0

    def read(self, size: int) -> bytes:
        """Return the next piece; raises the refusal beyond the bounds, whatever the archive says."""
        try:
            piece = self._file.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
            raise self._refusal("damaged") from None
        self._inflated += len(piece)
        if self._inflated > self._most:
            raise self._refusal("unpacks to too much")
        return piece


def _check_directory(content: bytes, refusal: Refusal) -> None:
    """Raise the refusal unless the archive's directory is one that can be read."""
    at = content.rfind(b"PK\x05\x06", -65_535 - _DIRECTORY_END.size)
    if at < 0 or len(content) - at < _DIRECTORY_END.size:
        raise refusal("damaged")
    # 0xffffffff announces a directory of the large kind, which no document of a few megabytes needs.
    if _DIRECTORY_END.unpack_from(content, at)[5] > MAX_DIRECTORY:
        raise refusal("unpacks to too much")
