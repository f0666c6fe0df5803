"""Documentation that fails the build: dead links inside the repository, tests and files that are named but not there,
pages nobody can reach, pictures that are too heavy, and settings that are written down nowhere."""

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
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)((?:::\w+)+)`")
NAMED_PATH = re.compile(r"`((?:src|tests|docs|scripts|deploy|bench|frontend)/[\w./-]*\w)`")
PICTURE_BYTES, PICTURES = 250 * 1024, 10
SETTING = re.compile(r"\bLIANFANG_[A-Z][A-Z_]+\b")
# Set by our own programs for each other; nobody sets them by hand.
INTERNAL = {"LIANFANG_PARENT"}


def main() -> int:
    """Print every fault as `file: what`; exit code 1 when there is one."""
    faults = [*dead_links(), *named_but_absent(), *unreachable(), *heavy_pictures(), *unwritten_settings()]
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


def named_but_absent() -> Iterator[str]:
    """Files and tests that a page names in backticks and that do not exist."""
    for page in pages():
        text = page.read_text(encoding="utf-8")
        for path in sorted(set(NAMED_PATH.findall(text))):
            if not (ROOT / path).exists():
                yield f"{page.relative_to(ROOT)}: names {path}, which is not there"
        for path, names in sorted(set(NAMED_TEST.findall(text))):
            file = ROOT / path
            code = file.read_text(encoding="utf-8") if file.exists() else ""
            absent = [name for name in names.split("::")[1:] if not re.search(rf"\b(?:class|def) {name}\b", code)]
            if absent or not file.exists():
                yield f"{page.relative_to(ROOT)}: names {path}{names}, which is not there"


def unreachable() -> Iterator[str]:
    """Pages under docs/ to which no path of links leads from README.md."""
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md" or not page.exists():
            continue
        seen.add(page)
        for match in LINK.finditer(page.read_text(encoding="utf-8")):
            target = unquote(match[1] or match[2]).partition("#")[0]
            if target and ":" not in target:
                waiting.append((page.parent / target).resolve())
    lost = sorted(page for page in (ROOT / "docs").rglob("*.md") if page not in seen)
    yield from (f"{page.relative_to(ROOT)}: no page leads here" for page in lost)


def heavy_pictures() -> Iterator[str]:
    """Pictures above 250 KB, and more of them than ten: every clone carries them for ever."""
    pictures = sorted((ROOT / "docs").rglob("*.png"))
    for picture in pictures:
        if picture.stat().st_size > PICTURE_BYTES:
            yield f"{picture.relative_to(ROOT)}: {picture.stat().st_size // 1024} KB, at most {PICTURE_BYTES // 1024}"
    if len(pictures) > PICTURES:
        yield f"docs: {len(pictures)} pictures, at most {PICTURES}"


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
