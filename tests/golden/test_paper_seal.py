"""The check code belongs to the content, and a frozen paper comes back as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.core.metrics.paper.seal import canonical, check_code, intact, restore, sealed
from lianfang.core.metrics.paper.shapes import (
    ColumnGroup,
    CommunityBlock,
    CompoundRow,
    DayLog,
    DayTable,
    LogEntry,
    Masthead,
    UnprintablePaper,
)
from tests.golden import paper_day

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
instants = st.datetimes(timezones=st.just(UTC))
mastheads = st.builds(
    Masthead,
    unit=texts,
    title=texts,
    issue_no=st.integers(0, 400),
    year=st.integers(1, 9999),
    office=texts,
    day=st.dates(date(1, 1, 1)),
    cutoff_at=instants,
    to=st.lists(texts, max_size=2).map(tuple),
    version=st.integers(1, 9),
    drill=st.booleans(),
)
numbers = st.none() | st.integers(0, 10**6)
rows = st.builds(CompoundRow, texts, st.tuples(numbers, numbers), texts)
tables = st.builds(
    DayTable,
    masthead=mastheads,
    groups=st.just((ColumnGroup("底数", ("户数", "人口")),)),
    blocks=st.lists(st.builds(CommunityBlock, texts, st.lists(rows, max_size=3).map(tuple)), max_size=3).map(tuple),
)
logs = st.builds(
    DayLog,
    masthead=mastheads,
    entries=st.lists(st.builds(LogEntry, instants, texts, texts), max_size=3).map(tuple),
)


class TestCheckCode:
    def test_is_the_start_of_sha_256_in_crockford_letters(self) -> None:
        # SHA-256 of nothing begins e3 b0 c4 42 98 (FIPS 180-4): 11100 01110 11000 01100 01000 10000 10100 11000.
        assert check_code(b"") == "WERC-8GMR"

    @given(st.binary())
    def test_has_no_letter_to_misread(self, payload: bytes) -> None:
        code = check_code(payload)
        assert len(code) == 9 and code[4] == "-" and not set(code) & set("ILOUilou")

    def test_changes_with_any_number(self) -> None:
        table = paper_day.day_table()
        block = table.blocks[0]
        changed = replace(block.rows[0], values=(412, *block.rows[0].values[1:]))
        other = replace(table, blocks=(replace(block, rows=(changed, *block.rows[1:])), *table.blocks[1:]))
        assert intact(table) and not intact(other)
        assert sealed(other).masthead.check_code != table.masthead.check_code

    def test_tells_a_missing_report_from_a_zero(self) -> None:
        table = paper_day.day_table()
        row = CompoundRow("x", (0,) * 8)
        silent = CompoundRow("x", (None,) * 8)
        codes = {check_code(canonical(replace(table, blocks=(CommunityBlock("y", (one,)),)))) for one in (row, silent)}
        assert len(codes) == 2

    def test_does_not_depend_on_itself_or_on_the_zone_an_instant_is_written_in(self) -> None:
        log = paper_day.day_log()
        elsewhere = replace(log.masthead, check_code="", cutoff_at=log.masthead.cutoff_at.astimezone(UTC))
        assert canonical(replace(log, masthead=elsewhere)) == canonical(log)


class TestCanonical:
    @pytest.mark.parametrize("paper", [paper_day.bulletin(drill=True), paper_day.day_table(), paper_day.day_log()])
    def test_gives_the_same_paper_back(self, paper: DayTable) -> None:
        assert restore(canonical(paper)) == paper

    @given(st.one_of(tables, logs))
    def test_gives_any_paper_back(self, paper: DayTable | DayLog) -> None:
        back = restore(canonical(paper))
        assert canonical(back) == canonical(paper)
        assert replace(back, masthead=replace(back.masthead, check_code="")) == paper
        assert intact(back)

    def test_leaves_out_defaults_so_that_old_codes_outlive_new_fields(self) -> None:
        written = json.loads(canonical(paper_day.day_log()))
        assert "corrections" not in written["paper"] and "version" not in written["paper"]["masthead"]

    @pytest.mark.parametrize(
        "payload",
        [b"", b"[]", b"{}", b"\xff", b'{"form":2,"kind":"day_log"}', b'{"form":1,"kind":"day_log","paper":{"x":1}}'],
    )
    def test_refuses_what_it_did_not_write(self, payload: bytes) -> None:
        with pytest.raises(UnprintablePaper):
            restore(payload)
