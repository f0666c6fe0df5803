"""Compiled messages are what gettext of the standard library reads back."""

from __future__ import annotations

import gettext
import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.jobs import catalogue

HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)


def read_back(text: str) -> gettext.GNUTranslations:
    return gettext.GNUTranslations(io.BytesIO(catalogue.compile_text(HEADER + text)))


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


class TestCompiledCatalogue:
    def test_says_each_message_in_the_other_language(self) -> None:
        messages = read_back('msgid "Overdue"\nmsgstr "超期"\n\nmsgid "To do"\nmsgstr "待办"\n')
        assert [messages.gettext("Overdue"), messages.gettext("To do")] == ["超期", "待办"]

    def test_joins_a_text_written_over_several_lines(self) -> None:
        messages = read_back('msgid ""\n"first line\\n"\n"second \\"line\\""\nmsgstr ""\n"第一行\\n"\n"第二行"\n')
        assert messages.gettext('first line\nsecond "line"') == "第一行\n第二行"

    def test_keeps_plural_forms_and_contexts_apart(self) -> None:
        messages = read_back(
            'msgid "one row"\nmsgid_plural "%d rows"\nmsgstr[0] "一行"\nmsgstr[1] "%d 行"\n'
            'msgctxt "lists"\nmsgid "new"\nmsgstr "新人"\nmsgctxt "work"\nmsgid "new"\nmsgstr "新单"\n'
        )
        assert [messages.ngettext("one row", "%d rows", n) for n in (1, 2)] == ["一行", "%d 行"]
        assert [messages.pgettext(place, "new") for place in ("lists", "work")] == ["新人", "新单"]

    def test_leaves_out_what_is_fuzzy_obsolete_or_not_translated(self) -> None:
        messages = read_back(
            '#, fuzzy, python-format\nmsgid "doubtful"\nmsgstr "可疑"\n\nmsgid "open"\nmsgstr ""\n\n'
            '#~ msgid "gone"\n#~ msgstr "已删"\n\n#. for the table\n#: web/x.py:1\nmsgid "sure"\nmsgstr "确定"\n'
        )
        assert [messages.gettext(word) for word in ("doubtful", "open", "gone", "sure")] == [
            "doubtful",
            "open",
            "gone",
            "确定",
        ]

    @pytest.mark.parametrize("line", ['msgid "open', "msgid Overdue", '"a text before any keyword"', 'msgid "a" "b"c"'])
    def test_refuses_a_broken_line_by_its_number(self, line: str) -> None:
        with pytest.raises(catalogue.MalformedCatalogue, match="line 6"):
            catalogue.compile_text(f"{HEADER}{line}\n", name="django.po")

    @given(
        st.dictionaries(
            st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1),
            st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1),
        )
    )
    def test_gives_back_whatever_was_written(self, pairs: dict[str, str]) -> None:
        messages = read_back("".join(f"msgid {quoted(k)}\nmsgstr {quoted(v)}\n\n" for k, v in pairs.items()))
        assert {key: messages.gettext(key) for key in pairs} == pairs


class TestCompileAll:
    def test_writes_only_what_is_absent_or_older(self, tmp_path: Path) -> None:
        source = tmp_path / "zh_Hans" / "django.po"
        source.parent.mkdir()
        source.write_text(HEADER, encoding="utf-8")
        assert catalogue.compile_all(tmp_path) == [source.with_suffix(".mo")]
        assert catalogue.compile_all(tmp_path) == []
        later = source.stat().st_mtime_ns + 2_000_000_000
        os.utime(source, ns=(later, later))
        assert catalogue.compile_all(tmp_path) == [source.with_suffix(".mo")]
