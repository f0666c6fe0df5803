"""Every sentence the product says has its Chinese, with the same things to fill in."""

from __future__ import annotations

import pytest
from django.utils import translation

from lianfang.jobs.catalogue import compile_text
from lianfang.jobs.messages import PO, Message, in_template, messages, placeholders

CHINESE_FREE = {"English", "简体中文", "QR", "PDF", "Excel", "TOTP"}


def chinese() -> dict[tuple[str, str], list[str]]:
    """Translations of the catalogue by (context, id)."""
    import gettext
    import io

    loaded = gettext.GNUTranslations(io.BytesIO(compile_text(PO.read_text(encoding="utf-8"))))
    found: dict[tuple[str, str], list[str]] = {}
    for key, text in loaded._catalog.items():  # type: ignore[attr-defined]
        name = key[0] if isinstance(key, tuple) else key
        context, _, sentence = name.rpartition("\x04")
        found.setdefault((context, sentence), []).append(text)
    return found


@pytest.fixture(scope="module")
def said() -> list[Message]:
    """All sentences of the sources."""
    return list(messages())


class TestTheCatalogue:
    def test_has_every_sentence_in_chinese(self, said: list[Message]) -> None:
        known = chinese()
        missing = sorted({f"{one.where}: {one.id}" for one in said if not any(known.get((one.context, one.id), [""]))})
        assert not missing, "\n".join(missing)

    def test_fills_in_the_same_things(self, said: list[Message]) -> None:
        known = chinese()
        wrong = [
            f"{one.id} → {text}"
            for one in said
            for text in known.get((one.context, one.id), [])
            if set(placeholders(text)) - set(placeholders(one.id + one.plural))
        ]
        assert not wrong, "\n".join(wrong)

    def test_holds_nothing_that_is_no_longer_said(self, said: list[Message]) -> None:
        ids = {(one.context, one.id) for one in said}
        stale = sorted(name for context, name in chinese() if name and (context, name) not in ids)
        assert not stale, "\n".join(stale)


class TestReadingTemplates:
    def test_finds_what_is_translated(self) -> None:
        source = """{% trans "One" %} {% blocktrans trimmed count n=n %}
            {{ n }} list {% plural %} {{ n }} lists {% endblocktrans %} {% trans "Two" context "verb" %}"""
        found = {(one.context, one.id, one.plural) for one in in_template(source, "x.html")}
        assert found == {("", "One", ""), ("", "%(n)s list", "%(n)s lists"), ("verb", "Two", "")}


def test_the_product_speaks_chinese_by_default() -> None:
    with translation.override("zh-hans"):
        assert translation.gettext("Dispatched") == "已派单"
