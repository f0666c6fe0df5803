"""Keeping child processes alive: started in order, started again when they end, stopped in reverse order.

The children lead their own process groups, so Ctrl-C reaches only the supervisor, which stops them in order. Each
child asks the kernel to be stopped when the supervisor ends, so nothing is left behind even by kill -9.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType

from lianfang.jobs.trouble import Trouble

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  # seconds before the first, second, … new start in a row
STEADY_SECONDS = 30.0  # a child that lived this long starts from the first pause again
GIVE_UP_AFTER = 20
STOP_SECONDS = 25.0
LOOK_SECONDS = 0.2


@dataclass
class Child:
    """One kind of process and its present incarnation."""

    name: str
    command: Sequence[str]
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    next_start: float = 0.0

    def start(self) -> None:
        """Start it; times are those of the monotonic clock."""
        self.running = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, start_new_session=True)
        self.started_at = time.monotonic()

    def look(self) -> None:
        """Start it again when it has ended, later each time it fails in a row."""
        now = time.monotonic()
        if self.running is not None:
            if self.running.poll() is None:
                return
            code, self.running = self.running.returncode, None
            self.failures = 0 if now - self.started_at > STEADY_SECONDS else self.failures + 1
            if self.failures > GIVE_UP_AFTER:
                raise Trouble(
                    "serve.child_fails",
                    f"The {self.name} process ended {self.failures} times in a row, last with code {code}.",
                    "Read its messages above, then run: lianfang doctor",
                )
            self.next_start = now + PAUSES[min(self.failures, len(PAUSES)) - 1 if self.failures else 0]
        if now >= self.next_start:
            self.start()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Ask it to end; kill it when it does not within `seconds`."""
        if self.running is None:
            return
        self.running.terminate()
        try:
            self.running.wait(seconds)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()
        self.running = None


@dataclass
class Supervisor:
    """Children in the order in which they are started.

    `between` is called about every second, to look after other things.
    """

    children: list[Child]
    between: Callable[[], object] = lambda: None
    asked_to_stop: bool = field(default=False, init=False)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """The children run for the length of the block; Ctrl-C, SIGTERM and SIGHUP set `asked_to_stop`."""
        signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {sig: signal.signal(sig, self._ask_to_stop) for sig in signals}
        try:
            for child in self.children:
                child.start()
            yield
        finally:
            for child in reversed(self.children):
                child.stop()
            for sig, action in before.items():
                signal.signal(sig, action)

    def look_after(self, until: Callable[[], bool] = lambda: False) -> None:
        """Keep the children alive until somebody asks to stop or `until` says so."""
        next_between = 0.0
        while not self.asked_to_stop and not until():
            for child in self.children:
                child.look()
            if time.monotonic() >= next_between:
                self.between()
                next_between = time.monotonic() + 1.0
            time.sleep(LOOK_SECONDS)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop = True


def child(name: str) -> Child:
    """A child of `lianfang.jobs.children`, tied to the life of this process."""
    return Child(name=name, command=[sys.executable, "-m", "lianfang.jobs.children", name, str(os.getpid())])
