"""Large blocks go back to the system when nobody needs them any more."""

import subprocess
import sys

import pytest

from talking_together.core import memory

BLOCK = 24 * 1024 * 1024
# In a process of its own: what other tests and their threads do with memory is not looked at.
SCRIPT = """
import re, runpy, sys
from pathlib import Path

module, block_size = sys.argv[1], int(sys.argv[2])

def resident():
    return 1024 * int(re.search(r"VmRSS:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])

runpy.run_path(module)["give_back_large_blocks"]()
before = resident()
for _ in range(3):
    # Written to, or the system would not have found room for it at all.
    block = b"x" * block_size
    del block
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux says of the process")
def test_a_process_holds_on_to_no_large_block_that_it_is_done_with() -> None:
    command = [sys.executable, "-c", SCRIPT, memory.__file__, str(BLOCK)]
    held = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert int(held) < BLOCK // 4
