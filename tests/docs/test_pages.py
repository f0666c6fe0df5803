"""The checker of the docs finds what it is there to find, and finds nothing in the docs as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import check_docs


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository whose pages are whatever Markdown lies in it."""
    monkeypatch.setattr(check_docs, "ROOT", tmp_path)
    monkeypatch.setattr(check_docs, "pages", lambda: sorted(tmp_path.rglob("*.md")))
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text("# Read me\n\n[more](docs/more.md)\n", encoding="utf-8")
    (tmp_path / "docs" / "more.md").write_text("# More\n\n## A part\n", encoding="utf-8")
    return tmp_path


class TestTheDocs:
    def test_have_no_fault(self, capsys: pytest.CaptureFixture[str]) -> None:
        code = check_docs.main()
        assert (code, capsys.readouterr().out) == (0, "")


class TestTheChecker:
    def test_is_content_with_sound_pages(self, library: Path) -> None:
        assert [*check_docs.dead_links(), *check_docs.named_but_absent(), *check_docs.unreachable()] == []

    @pytest.mark.parametrize("target", ["gone.md", "more.md#no-such-part", "../pictures/gone.png"])
    def test_finds_a_dead_link(self, library: Path, target: str) -> None:
        (library / "docs" / "more.md").write_text(f"# More\n\n[there]({target})\n", encoding="utf-8")
        assert len(list(check_docs.dead_links())) == 1

    def test_follows_a_link_to_a_heading(self, library: Path) -> None:
        (library / "README.md").write_text("# Read me\n\n[part](docs/more.md#a-part)\n", encoding="utf-8")
        assert list(check_docs.dead_links()) == []

    def test_finds_a_page_nobody_can_reach(self, library: Path) -> None:
        (library / "docs" / "lost.md").write_text("# Lost\n", encoding="utf-8")
        assert list(check_docs.unreachable()) == ["docs/lost.md: no page leads here"]

    def test_finds_tests_and_files_that_are_named_but_not_there(self, library: Path) -> None:
        (library / "tests").mkdir()
        (library / "tests" / "test_a.py").write_text("class TestA:\n    pass\n", encoding="utf-8")
        page = "# More\n\n`tests/test_a.py::TestA` `tests/test_a.py::TestB` `src/gone.py`\n"
        (library / "docs" / "more.md").write_text(page, encoding="utf-8")
        found = list(check_docs.named_but_absent())
        assert len(found) == 2
        assert "src/gone.py" in found[0]
        assert "TestB" in found[1]

    def test_finds_a_heavy_picture(self, library: Path) -> None:
        (library / "docs" / "big.png").write_bytes(bytes(check_docs.PICTURE_BYTES + 1))
        assert len(list(check_docs.heavy_pictures())) == 1
