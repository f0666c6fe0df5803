"""Documentation that fails the build: dead links inside the repository, and settings that are written down nowhere."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
SETTINGS_PAGE = ROOT / "docs" / "reference" / "settings.md"
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|\b(?:src|href)=\"([^\"]+)\"")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)
SETTING = re.compile(r"\bLIANFANG_[A-Z][A-Z_]+\b")
# Set by our own programs for each other; nobody sets them by hand.
INTERNAL = {"LIANFANG_PARENT"}


def main() -> int:
    """Print every fault as `file: what`; exit code 1 when there is one."""
    faults = [*dead_links(), *unwritten_settings()]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def pages() -> list[Path]:
    """Markdown files that belong to the repository, also those not yet added."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).exists()]


def dead_links() -> Iterator[str]:
    """Links to files that are not there, or to headings that the file does not have."""
    for page in pages():
        for match in LINK.finditer(CODE.sub("", page.read_text(encoding="utf-8"))):
            target = unquote(match[1] or match[2])
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            file, _, heading = target.partition("#")
            found = (page.parent / file) if file else page
            if not found.exists():
                yield f"{page.relative_to(ROOT)}: {target} is not there"
            elif heading and found.suffix == ".md" and heading not in anchors(found):
                yield f"{page.relative_to(ROOT)}: {target}: no such heading"


def anchors(page: Path) -> set[str]:
    """The addresses of a page's headings, made as GitHub makes them."""
    made = set()
    for heading in HEADING.findall(page.read_text(encoding="utf-8")):
        made.add(re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-"))
    return made


def unwritten_settings() -> Iterator[str]:
    """Environment variables that the product reads but the page does not name, and the reverse."""
    used: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        used.update(SETTING.findall(path.read_text(encoding="utf-8")))
    written = set(SETTING.findall(SETTINGS_PAGE.read_text(encoding="utf-8"))) if SETTINGS_PAGE.exists() else set()
    name = SETTINGS_PAGE.relative_to(ROOT)
    yield from (
        f"{name}: {setting} is read by the product but not explained" for setting in sorted(used - INTERNAL - written)
    )
    yield from (f"{name}: {setting} is explained but nothing reads it" for setting in sorted(written - used))


if __name__ == "__main__":
    sys.exit(main())
