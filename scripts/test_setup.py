"""Install what tests need beyond Python, from Debian: Chromium, a Chinese font and a library of Playwright for the
browser, Java for Spark."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OLDEST_JAVA = 17
FONT_FOLDERS = ("/usr/share/fonts/opentype/noto", "/usr/share/fonts/truetype/noto")


def missing_packages() -> list[str]:
    """Debian packages that have to be installed; empty when nothing is missing."""
    packages = []
    if not any(shutil.which(name) for name in BROWSERS):
        packages.append("chromium")
    if not any(path.name.startswith("NotoSansCJK") for folder in FONT_FOLDERS for path in Path(folder).glob("*")):
        packages.append("fonts-noto-cjk")
    try:
        ctypes.CDLL("libatomic.so.1")  # Playwright's Node is linked against it, and a bare machine has none
    except OSError:
        packages.append("libatomic1")
    if not has_java():
        packages.append("openjdk-17-jre-headless")
    return packages


def has_java() -> bool:
    """Whether Spark finds a Java it runs on."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if not java or not Path(java).exists():
        return False
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', told)
    return version is not None and int(version[1]) >= OLDEST_JAVA


def main() -> int:
    packages = missing_packages()
    if not packages:
        return 0
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    by_hand = f"Tests need {' and '.join(packages)}. Install by hand: sudo {' '.join(install)}"
    before: list[str] = []
    if os.geteuid() != 0:
        before = ["sudo", "-n"]
        if not shutil.which("sudo") or subprocess.run([*before, "true"], capture_output=True, check=False).returncode:
            print(by_hand, file=sys.stderr)
            return 1
    if not shutil.which("apt-get"):
        print(by_hand, file=sys.stderr)
        return 1
    print(f"Installing {' and '.join(packages)} with apt-get")
    before += ["env", "DEBIAN_FRONTEND=noninteractive"]  # sudo drops variables of the caller
    for command in (["apt-get", "update", "-q"], install):
        if subprocess.run([*before, *command], check=False).returncode:
            print(by_hand, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
