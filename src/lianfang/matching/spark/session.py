"""A Spark session for one run, and what to install where there cannot be one. Importing this needs no Spark."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OLDEST_JAVA: Final = 17
_PYTHON: Final = "PYSPARK_PYTHON"
_QUIET: Final = """rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{1}: %m%n
logger.gateway.name = org.apache.spark.api.python.PythonGatewayServer
logger.gateway.level = error
"""


class NoSpark(ValueError):
    """Spark cannot be used here. `code` never changes, `message` says what is wrong, `fix` is what to do about it."""

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(f"{message} {fix}")
        self.code, self.message, self.fix = code, message, fix


def require() -> None:
    """Raises `NoSpark` unless pyspark (with pandas, which it asks for) and a Java that it runs on are here."""
    if not (find_spec("pyspark") and find_spec("pandas")):
        raise NoSpark("spark.missing", "Spark is not installed.", "Run: pip install 'lianfang[spark]'")
    install = f"Install Java {OLDEST_JAVA} or later: apt install openjdk-17-jre-headless"
    version = java_version()
    if version is None:
        raise NoSpark("spark.no_java", "Spark needs Java and none was found.", install)
    if version < OLDEST_JAVA:
        raise NoSpark("spark.old_java", f"Spark does not run on Java {version}.", install)


def java_version() -> int | None:
    """The major version of the Java that Spark would start, None when there is none."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None:
        return None
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', told)
    return int(found[1]) if found else None


@contextmanager
def running(master: str | None = None) -> Iterator[SparkSession]:
    """A session, ended together with its Java when the block is left.

    `master` is Spark's: unless given LIANFANG_SPARK_MASTER, or this machine alone. What Spark writes to this machine's
    disk is in a folder that only this user may read and that is removed. Raises `NoSpark`.
    """
    require()
    chosen = master or os.environ.get("LIANFANG_SPARK_MASTER", "local[2]")
    python = os.environ.get(_PYTHON)
    with tempfile.TemporaryDirectory(prefix="lianfang-spark-") as folder:
        os.environ[_PYTHON] = python or sys.executable
        session = None
        try:
            session = _started(chosen, Path(folder))
            yield session
        finally:
            if session is not None:
                _end(session)
            if python is None:
                del os.environ[_PYTHON]


def is_local(session: SparkSession) -> bool:
    """Whether all workers are on this machine and can read its files."""
    return str(session.sparkContext.master).startswith("local")


def _started(master: str, folder: Path) -> SparkSession:
    from pyspark.sql import SparkSession

    (folder / "log.properties").write_text(_QUIET, encoding="utf-8")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }
    java = [f"-Dlog4j2.configurationFile=file:{folder / 'log.properties'}"]
    if master.startswith("local"):
        java += ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", f"-Djava.io.tmpdir={folder}"]
        settings |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.local.dir": str(folder / "local"),
            "spark.sql.shuffle.partitions": "4",
        }
    else:
        settings["spark.io.encryption.enabled"] = "true"  # people's numbers on disks of machines that are not ours
    settings["spark.driver.extraJavaOptions"] = " ".join(java)
    builder = SparkSession.builder.master(master).appName("lianfang")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _end(session: SparkSession) -> None:
    """Spark itself leaves its Java to the end of this process."""
    from pyspark import SparkContext

    told: Any = SparkContext
    gateway = told._gateway
    session.stop()
    gateway.shutdown()
    told._gateway = told._jvm = None
    if gateway.proc is not None:
        gateway.proc.stdin.close()
        gateway.proc.wait()
