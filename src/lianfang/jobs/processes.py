"""What the operating system says about processes, read from /proc (Linux).

`os.kill(pid, 0)` calls a killed but not yet reaped process (a zombie) alive, and a stale process file may name a
number that something else has since been given. Both mistakes keep a database from ever starting again, so neither is
made here.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_DEAD_STATES = {"Z", "X", "x"}


def state_of(pid: int) -> str | None:
    """The one-letter state of a process, or None when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The second field is the command in parentheses and may itself contain spaces and parentheses.
    return stat.rpartition(")")[2].split()[0]


def is_alive(pid: int) -> bool:
    """True when the process exists and is more than a zombie."""
    state = state_of(pid)
    return state is not None and state not in _DEAD_STATES


def works_in(pid: int, folder: Path) -> bool:
    """True when the living process has `folder` as its working directory."""
    if not is_alive(pid):
        return False
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", folder)
    except OSError:
        return False


def working_in(folder: Path) -> list[int]:
    """Numbers of all living processes whose working directory is `folder`, lowest first."""
    numbers = (int(name) for name in os.listdir("/proc") if name.isdigit())
    return sorted(pid for pid in numbers if works_in(pid, folder))


def die_with_parent(parent: int, sig: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to send `sig` to this process when its parent ends, however it ends.

    Call it first thing in a child. `parent` is the number the parent knew itself by: if the parent ended before the
    request was made nobody would ever send the signal, so the child ends at once with exit code 0.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, int(sig), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")
    if os.getppid() != parent:
        raise SystemExit(0)
