"""Large blocks go back to the system when nobody needs them any more."""

import re
import sys
from pathlib import Path

import pytest

from talking_together.core.memory import give_back_large_blocks

BLOCK = 24 * 1024 * 1024


def resident() -> int:
    found = re.search(r"^VmRSS:\s*(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found
    return 1024 * int(found.group(1))


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux says of the process")
def test_a_process_holds_on_to_no_large_block_that_it_is_done_with() -> None:
    give_back_large_blocks()
    before = resident()
    for _ in range(3):
        # Written to, or the system would not have found room for it at all.
        block = b"x" * BLOCK
        del block

    assert resident() < before + BLOCK // 4
