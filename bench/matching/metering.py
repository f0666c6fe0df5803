"""What a command costs: CPU of everything it started, and the most memory its processes held together."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event, Thread

import psutil

_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Cost:
    """`peak_mib` is the resident memory of the whole tree, looked at every 50 ms, or the high-water mark of its largest
    process where that is more. (`ru_maxrss` would begin at what the caller held when it forked.)"""

    code: int
    cpu_s: float
    wall_s: float
    peak_mib: float
    output: str


def run(command: Sequence[str], *, timeout_s: float) -> Cost:
    """Run a command to its end, or until the time is over (then `code` is negative)."""
    started = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    watch = _Watch(child.pid, started + timeout_s)
    watch.start()
    assert child.stdout is not None
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    watch.over.set()
    watch.join()
    return Cost(
        code=child.returncode,
        cpu_s=usage.ru_utime + usage.ru_stime,
        wall_s=time.monotonic() - started,
        peak_mib=watch.peak / 2**20,
        output=output,
    )


class _Watch(Thread):
    """Adds up the memory of the tree, and ends it when its time is over."""

    def __init__(self, pid: int, until: float) -> None:
        super().__init__(daemon=True)
        self.pid, self.until, self.peak, self.over = pid, until, 0, Event()

    def run(self) -> None:
        while not self.over.wait(_EVERY_S):
            tree = _tree(self.pid)
            self.peak = max(self.peak, sum(map(_resident, tree)), *(_highest(one.pid) for one in tree), 0)
            if time.monotonic() > self.until:
                for one in tree:
                    _end(one)
                return


def _tree(pid: int) -> list[psutil.Process]:
    try:
        top = psutil.Process(pid)
        return [top, *top.children(recursive=True)]
    except psutil.Error:
        return []


def _resident(one: psutil.Process) -> int:
    try:
        return int(one.memory_info().rss)
    except psutil.Error:
        return 0


def _highest(pid: int) -> int:
    """The most memory this process has held since it began its program."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:")), 0)
    except OSError:
        return 0


def _end(one: psutil.Process) -> None:
    try:
        one.kill()
    except psutil.Error:
        return
