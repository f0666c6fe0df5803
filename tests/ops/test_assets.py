"""Files of others: named in one place, checked by npm, never half there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from lianfang.jobs import assets

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose files are all in place."""
    (tmp_path / "frontend").mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(ROOT / "frontend" / name, tmp_path / "frontend" / name)
    for target in assets.missing(tmp_path):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("")
    (assets.vendor_folder(tmp_path) / ".stamp").write_text(assets.digest(tmp_path))
    return tmp_path


class TestAssets:
    def test_are_not_downloaded_again_when_they_are_all_there(self, checkout: Path) -> None:
        said: list[str] = []
        assets.install(checkout, say=said.append)
        assert assets.installed(checkout)
        assert said == []

    def test_count_as_missing_when_one_file_is_gone(self, checkout: Path) -> None:
        gone = assets.font_folder(checkout) / "NotoSansSC-Regular.ttf"
        gone.unlink()
        assert assets.missing(checkout) == [gone]
        assert not assets.installed(checkout)

    def test_count_as_missing_when_the_lock_file_names_others(self, checkout: Path) -> None:
        lock = checkout / "frontend" / "package-lock.json"
        lock.write_text(lock.read_text() + "\n")
        assert not assets.installed(checkout)

    def test_are_locked_with_a_checksum_each_and_no_address_of_a_registry(self) -> None:
        lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
        packages = {name: entry for name, entry in lock["packages"].items() if name}
        assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
        assert not any("resolved" in entry for entry in packages.values())
