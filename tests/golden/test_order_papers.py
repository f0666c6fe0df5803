"""Orders and notices word for word, as the person under a measure holds them."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from docx import Document
from docx.oxml.ns import qn

from lianfang.capabilities.orders import press as setting
from lianfang.capabilities.orders import wording
from lianfang.capabilities.orders.fitting import fits, size_of
from lianfang.capabilities.orders.laying import Sheet, sheet_of
from lianfang.capabilities.orders.shapes import Holder, Order
from lianfang.capabilities.orders.word import document
from lianfang.core.measures.models import FactKind, Regime
from lianfang.core.metrics.paper.press import Press
from tests.golden import order_papers
from tests.golden.pdf_reader import page_lines
from tests.golden.test_paper_forms import docx_text

Golden = Callable[[str, str], None]

HOSTILE = "#panic(1) *粗* $x^2$ <b>&amp; \\ ` _斜_ @ref // [ ] { } = 标题\u202e\x00"
EARLY = "原判定有误，经复核不属于密切接触者"
STAMP = 1671379200


def _sheets() -> dict[str, Sheet]:
    papers = {f"order_{regime}": sheet_of(order_papers.order(regime)) for regime in order_papers.SPANS}
    papers |= {f"notice_{regime}": sheet_of(order_papers.notice(regime)) for regime in order_papers.SPANS}
    papers["order_home_drill"] = sheet_of(order_papers.order("home", drill=True))
    papers["notice_home_early"] = sheet_of(order_papers.notice("home", reason=EARLY, drill=True))
    return papers


GOLDEN = _sheets()


def _long(characters: int, regime: str = "home") -> Order:
    """An order whose typed texts are as long as asked."""
    paper = order_papers.order(regime)
    return replace(
        paper, legal_basis="《传染病防治法》" + "条" * characters, appeal_to="县卫生健康局" + "科" * (characters // 2)
    )


LENGTHS = [
    sheet_of(_long(length, regime)) for regime in ("central", "self_monitoring") for length in (0, 30, 60, 90, 120)
]


def _hostile() -> Sheet:
    paper = order_papers.order("home_monitoring", name=HOSTILE[:60])
    holder = Holder(name=paper.head.holder.name, number_tail="<&>", door="望湖" * 40 + "A" * 60)
    return sheet_of(replace(paper, head=replace(paper.head, holder=holder), appeal_to=HOSTILE))


@pytest.fixture(scope="module")
def printed(press: Press) -> dict[str, list[str]]:
    """The lines of every golden paper, by its name: all of them, and papers of many lengths, in one run."""
    sheets = [*GOLDEN.values(), *LENGTHS]
    made = setting.pdf(press, sheets, title="告知书", stamp=STAMP)
    assert made.warnings == () and made.missing_characters == frozenset()
    pages = page_lines(made.pdf)
    assert len(pages) == len(sheets), "each was reckoned to stay on its page"
    return dict(zip(GOLDEN, pages, strict=False))


every_paper = pytest.mark.parametrize("name", GOLDEN)


class TestAnOrderOrNotice:
    @every_paper
    def test_reads_so_in_pdf(self, name: str, printed: dict[str, list[str]], golden: Golden) -> None:
        golden(f"{name}.pdf.txt", "\n".join(printed[name]) + "\n")

    @every_paper
    def test_reads_so_in_word(self, name: str, golden: Golden) -> None:
        golden(
            f"{name}.docx.txt",
            docx_text(document([GOLDEN[name]], title="告知书", at=order_papers.at(order_papers.FIRST, 8))),
        )

    def test_of_a_drill_says_so_across_the_page_and_in_words(self, printed: dict[str, list[str]]) -> None:
        for name in ("order_home_drill", "notice_home_early"):
            assert "演练" in printed[name], "in the head"
            assert "".join(printed[name]).count("练") == 3, "in the head, in words, aslant across the page"
            assert any("不产生任何实际约束" in line for line in printed[name])
        assert not any("演练" in line for line in printed["order_home"])

    def test_tells_the_person_and_the_number_but_never_the_whole_document(self) -> None:
        assert all("尾号0016" in sheet.rows[0].text for sheet in GOLDEN.values())

    def test_lies_in_one_file_with_others_each_with_pages_of_its_own(self, press: Press) -> None:
        long, short = sheet_of(_long(900)), GOLDEN["notice_home"]
        assert not fits(long) and fits(short)
        feet = [lines[-1] for lines in page_lines(setting.pdf(press, [long, short, long], title="", stamp=STAMP).pdf)]
        pages = [foot.split("  ")[-1].replace(" ", "") for foot in feet]
        assert pages == ["第1页，共2页", "第2页，共2页", "第1页，共1页", "第1页，共2页", "第2页，共2页"]

    def test_is_the_same_bytes_when_printed_again(self, press: Press) -> None:
        sheets, at = [GOLDEN["notice_self_monitoring"]], order_papers.at(order_papers.FIRST, 8)
        assert setting.pdf(press, sheets, title="", stamp=1).pdf == setting.pdf(press, sheets, title="", stamp=1).pdf
        assert document(sheets, title="", at=at) == document(sheets, title="", at=at)

    def test_prints_typed_text_and_never_obeys_it(self, press: Press) -> None:
        sheet = _hostile()
        made = setting.pdf(press, [sheet], title=HOSTILE, stamp=STAMP)
        said = "".join("".join(lines) for lines in page_lines(made.pdf)).replace(" ", "").replace("\u200b", "")
        assert said.count("#panic(1)*粗*$x^2$<b>&amp;\\`_斜_@ref//[]{}=标题") >= 2
        assert said.count("A") >= 60 and "〓" not in said
        assert "#panic(1) *粗* $x^2$ <b>&amp; \\" in docx_text(
            document([sheet], title=HOSTILE.replace("\x00", ""), at=order_papers.at(order_papers.FIRST, 8))
        )

    def test_is_set_as_large_as_its_page_allows(self) -> None:
        sizes = [size_of(sheet) for sheet in LENGTHS[:5]]
        assert sizes == sorted(sizes, reverse=True)
        assert size_of(GOLDEN["notice_home"]) > size_of(GOLDEN["order_home"])


class TestEveryOrder:
    @pytest.mark.parametrize("regime", Regime.values)
    def test_prints_reason_day_of_the_evidence_end_and_appeal(self, regime: str) -> None:
        for fact in FactKind.values:
            paper = order_papers.order(regime)
            sheet = sheet_of(replace(paper, basis=replace(paper.basis, kind=fact)))
            rows = {row.label: row.text for row in sheet.rows}
            assert (
                wording.fact_words(fact, zone=paper.basis.zone, level=paper.basis.zone_level)[0] in rows["原因和依据"]
            )
            assert "2022年12月18日" in rows["原因和依据"] and paper.basis.issuer in rows["原因和依据"]
            assert f"止，共{order_papers.SPANS[regime]}天" in rows["期限"] and "日24时止" in rows["期限"]
            appeal = sheet.parts[-1]
            assert appeal.title == "不服怎么办" and order_papers.APPEAL in appeal.lines[0]
            assert "行政复议" in appeal.lines[1]
            assert order_papers.LAW in sheet.opening and order_papers.NINTH in sheet.opening

    def test_has_words_for_every_kind_of_fact_and_every_regime(self) -> None:
        assert set(wording.FACTS) == set(FactKind.values)
        assert set(wording.REGIMES) == set(wording.CONDUCT) == set(Regime.values)

    def test_forbids_under_a_mild_regime_nothing_that_only_a_strict_one_forbids(self) -> None:
        assert wording.CONDUCT["self_monitoring"].must_not == ()
        for milder, stricter in itertools.pairwise(reversed(Regime.values)):
            assert not set(wording.CONDUCT[milder].must_not) & set(wording.CONDUCT[stricter].must_not)

    @pytest.mark.parametrize(
        ("days", "hours", "said"),
        [(7, 0, "2022年12月25日24时"), (7, 15, "2022年12月26日15时"), (1, 0, "2022年12月19日24时")],
    )
    def test_ends_on_the_last_day_people_count(self, days: int, hours: int, said: str) -> None:
        ends_at = order_papers.at(order_papers.FIRST, 0) + timedelta(days=days, hours=hours)
        assert wording.until_instant(ends_at) == said

    def test_without_terms_asks_for_no_test_and_no_temperature(self) -> None:
        paper = order_papers.order("daily_monitoring")
        sheet = sheet_of(replace(paper, terms=type(paper.terms)()))
        asked = next(part for part in sheet.parts if part.title == "体温和检测")
        assert len(asked.lines) == 1 and "37.3℃" in asked.lines[0]


class TestTheWordFile:
    def test_has_a_section_for_each_paper_and_names_an_office_font_on_every_run(self) -> None:
        sheets = [GOLDEN["order_home"], GOLDEN["order_home_drill"], GOLDEN["notice_home"]]
        made = Document(io.BytesIO(document(sheets, title="", at=order_papers.at(order_papers.FIRST, 8))))
        assert len(made.sections) == 3 and len(made.inline_shapes) == 3
        heads = ["演练" in "".join(p.text for p in section.header.paragraphs) for section in made.sections]
        assert heads == [False, True, False]
        numbers = [section.footer.paragraphs[0].text.split("\t")[0] for section in made.sections]
        assert numbers == [sheet.number for sheet in sheets]
        fonts = {
            run.rPr.rFonts.get(qn("w:eastAsia"))
            for part in (made.element, *(section.footer._element for section in made.sections))
            for run in part.iter(qn("w:r"))
            if run.rPr is not None
        }
        assert fonts == {"方正小标宋简体", "仿宋", "黑体"}
