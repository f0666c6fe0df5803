"""What a command costs is measured for everything it started."""

from __future__ import annotations

import sys

from bench.matching.metering import run

HELD = "import time; held = bytearray(150_000_000); time.sleep(0.6)"
BURN = "import time\nwhile time.process_time() < 0.4: pass\nprint('done')"


class TestACost:
    def test_counts_what_a_child_of_the_command_spent(self) -> None:
        through = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN!r}])"
        cost = run([sys.executable, "-c", through], timeout_s=60)
        assert (cost.code, cost.output.strip()) == (0, "done")
        assert cost.cpu_s >= 0.4

    def test_sees_the_memory_of_the_command_but_not_of_its_caller(self) -> None:
        mine = bytearray(400_000_000)
        cost = run([sys.executable, "-c", HELD], timeout_s=60)
        assert 140 < cost.peak_mib < 300
        assert len(mine) == 400_000_000

    def test_ends_a_command_that_takes_too_long(self) -> None:
        assert run([sys.executable, "-c", "import time; time.sleep(60)"], timeout_s=0.3).code < 0
