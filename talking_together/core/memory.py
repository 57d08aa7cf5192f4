"""What becomes of memory that the process is done with."""

import ctypes
import sys

LARGE_BYTES = 1024 * 1024
# glibc's number for the setting, from its malloc.h.
_M_MMAP_THRESHOLD = -3


def give_back_large_blocks() -> None:
    """Let every large block go back to the system as soon as it is free; where there is glibc.

    Left to itself, glibc learns from the first 19 MB that a password is checked with, or from the
    first picture, to keep blocks of that size, and every process holds on to them for good.
    """
    # Elsewhere the program itself may have no name to be opened by.
    set_option = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if set_option is not None:
        set_option(_M_MMAP_THRESHOLD, LARGE_BYTES)
