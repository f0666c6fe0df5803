"""The machine that was measured on, and how busy it was."""

from __future__ import annotations

import os
import platform
import statistics
from pathlib import Path

from bench.meter import own_cpu

LOOP = 2_000_000


def describe() -> dict[str, str | float]:
    """Processor, cores, memory, kernel, Python, load of the last minute, and CPU-ms of a fixed loop of Python.

    The loop is the same everywhere: on a busy machine, where two processes share a core, it takes longer.
    """
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": _processor(),
        "cores": float(os.cpu_count() or 0),
        "memory_gib": round(pages / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_1min": os.getloadavg()[0],
        "loop_cpu_ms": _loop_ms(),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _loop_ms() -> float:
    taken = []
    for _ in range(5):
        start, total = own_cpu(), 0
        for number in range(LOOP):
            total += number & 7
        taken.append((own_cpu() - start) * 1000)
    return round(statistics.median(taken), 1)
