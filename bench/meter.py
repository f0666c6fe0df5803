"""CPU time of this process and of its PostgreSQL backend: a busy machine changes the clock, hardly the CPU time."""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Spent:
    """What a block cost. Times in seconds; `rss_mb` is the process's largest resident size so far, in MiB."""

    wall_s: float = 0.0
    python_s: float = 0.0
    postgres_s: float = 0.0
    rss_mb: float = 0.0

    @property
    def cpu_s(self) -> float:
        """CPU of server process and database together."""
        return self.python_s + self.postgres_s


def backend_pid() -> int:
    """Process number of the database backend that serves this connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def backend_cpu(pid: int) -> float:
    """CPU seconds of a process (user and system), to a hundredth; 0 when it is not on this machine."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def own_cpu() -> float:
    """CPU seconds of this process, user and system."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_mb() -> float:
    """The largest resident size of this process so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def measured() -> Iterator[Spent]:
    """What the block costs; filled in when it ends."""
    spent, pid = Spent(), backend_pid()
    wall, own, backend = time.perf_counter(), own_cpu(), backend_cpu(pid)
    yield spent
    spent.wall_s = time.perf_counter() - wall
    spent.python_s = own_cpu() - own
    spent.postgres_s = backend_cpu(pid) - backend
    spent.rss_mb = peak_mb()


@dataclass(frozen=True, slots=True)
class Repeated:
    """Cost of one of many equal requests.

    `python_ms` is the median CPU of the server process, `postgres_ms` the mean of the backend (its clock ticks only
    every 10 ms), `queries` the median number of statements, `wall_ms` the median on the clock.
    """

    times: int
    python_ms: float
    postgres_ms: float
    wall_ms: float
    queries: float

    @property
    def cpu_ms(self) -> float:
        """Server process and database together."""
        return self.python_ms + self.postgres_ms

    def as_dict(self) -> dict[str, float]:
        """For JSON."""
        return {**asdict(self), "cpu_ms": self.cpu_ms}


def repeat(step: Callable[[int], object], *, times: int, warm: int = 5) -> Repeated:
    """Run `step(number)` `warm` times unmeasured, then `times` times measured."""
    from django.db import connection

    for number in range(warm):
        step(number)
    pid = backend_pid()
    backend = backend_cpu(pid)
    cpu, wall, queries = [], [], []
    for number in range(warm, warm + times):
        counted = _Count()
        own, clock = own_cpu(), time.perf_counter()
        with connection.execute_wrapper(counted):
            step(number)
        wall.append(time.perf_counter() - clock)
        cpu.append(own_cpu() - own)
        queries.append(counted.statements)
    return Repeated(
        times=times,
        python_ms=statistics.median(cpu) * 1000,
        postgres_ms=(backend_cpu(pid) - backend) / times * 1000,
        wall_ms=statistics.median(wall) * 1000,
        queries=statistics.median(queries),
    )


class _Count:
    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute: Callable[..., object], *arguments: object) -> object:
        self.statements += 1
        return execute(*arguments)
