"""Names as they are typed, families in one cell, and how names sound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.kernel.name_cells import people_named
from lianfang.kernel.names import (
    Name,
    fuzzy_key,
    pinyin_full,
    pinyin_initials,
    read_name,
    read_people,
    read_pinyin_name,
    simplified,
)

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=4)


class TestOneName:
    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            ("张三", "张三"),
            ("张 三", "张三"),
            ("王  小明", "王小明"),
            (" 张　三 ", "张三"),
            ("张\u202e三\u200b", "张三"),
            ("韩军祥同志", "韩军祥"),
            ("李娜女士", "李娜"),
            ("姓名：张三", "张三"),
            ("1、张三", "张三"),
            ("张三1", "张三"),
            ("张三 ZHANG SAN", "张三"),
            ("魏强军一家3口", "魏强军"),
            ("陈达伟等3人", "陈达伟"),
            ("趙莎麗", "趙莎麗"),
            ("李㛃", "李㛃"),
            ("吐尔逊．热合曼", "吐尔逊·热合曼"),
            ("吐尔逊•热合曼", "吐尔逊·热合曼"),
            ("吐尔逊 · 热合曼", "吐尔逊·热合曼"),
            ("卡德尔?卡德尔", "卡德尔·卡德尔"),
            ("欧阳修", "欧阳修"),
            ("张先", "张先"),
            ("孙家人", "孙家人"),
        ],
    )
    def test_loses_its_decoration(self, cell: str, text: str) -> None:
        found = read_name(cell)
        assert (found.text, found.masked, found.problem) == (text, "", "")

    @pytest.mark.parametrize(
        ("cell", "text", "relation"),
        [
            ("何鑫(本人)", "何鑫", "本人"),
            ("钟洁琴（户主）", "钟洁琴", "户主"),
            ("李四【女儿】", "李四", "女儿"),
            ("李四（女儿，5岁）", "李四", "女儿"),
            ("李四(夜班)", "李四", ""),
        ],
    )
    def test_keeps_the_relation_in_brackets(self, cell: str, text: str, relation: str) -> None:
        found = read_name(cell)
        assert (found.text, found.relation) == (text, relation)

    @pytest.mark.parametrize(
        ("cell", "masked"),
        [
            ("张*明", "张*明"),
            ("张*", "张*"),
            ("季**", "季**"),
            ("康＊雪", "康*雪"),
            ("张×明", "张*明"),
            ("张XX", "张**"),
            ("李某某", "李**"),
            ("张某", "张*"),
            ("欧阳*", "欧阳*"),
        ],
    )
    def test_may_be_masked(self, cell: str, masked: str) -> None:
        assert read_name(cell) == Name(masked=masked)

    def test_says_when_the_character_set_swallowed_a_character(self) -> None:
        assert read_name("李?") == Name(masked="李*", problem="name.character_lost")

    @pytest.mark.parametrize("cell", ["王", "欧阳", "王女士", "马师傅", "歐陽先生"])
    def test_may_be_only_a_surname(self, cell: str) -> None:
        assert read_name(cell).surname_only

    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            ("LI/NA MS", "LI/NA"),
            ("WU/MEIZHENMS", "WU/MEIZHEN"),
            ("LUO PINGMR", "LUO PING"),
            ("Mr. Smith", "Smith"),
            ("JOHN ADAMS", "JOHN ADAMS"),
            ("LEE  MINSU", "LEE MINSU"),
            ("José García", "José García"),
            ("ＮＧＵＹＥＮ ＱＵＯＣ ＢＡＯ", "NGUYEN QUOC BAO"),
        ],
    )
    def test_may_be_latin(self, cell: str, text: str) -> None:
        found = read_name(cell)
        assert (found.text, found.latin) == (text, True)

    @pytest.mark.parametrize("cell", [None, "", "无", "不详", "/", "-"])
    def test_may_be_absent(self, cell: object) -> None:
        assert read_name(cell) == Name()

    @pytest.mark.parametrize("cell", ["123", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "2022年4月6日", "**"])
    def test_is_not_made_of_anything(self, cell: str) -> None:
        found = read_name(cell)
        assert (found.text, found.masked, found.problem) == ("", "", "name.not_a_name")

    @given(st.text(max_size=30) | st.floats() | st.none())
    def test_never_raises_and_never_says_two_things(self, cell: object) -> None:
        found = read_name(cell)
        assert not (found.text and found.masked)
        assert read_name(found.text).text == found.text or not found.text.isascii()


class TestSeveralPeople:
    @pytest.mark.parametrize(
        ("cell", "people"),
        [
            ("张三 李四(女儿)", [("张三", ""), ("李四", "女儿")]),
            ("张三 (父亲) 李四 (母亲)", [("张三", "父亲"), ("李四", "母亲")]),
            ("张三、李四", [("张三", ""), ("李四", "")]),
            ("张三/李四", [("张三", ""), ("李四", "")]),
            ("张三 和 李四", [("张三", ""), ("李四", "")]),
            ("高民 潜丹芸", [("高民", ""), ("潜丹芸", "")]),
            ("张三\n李四", [("张三", ""), ("李四", "")]),
            ("张三（女儿、5岁） 李四", [("张三", "女儿"), ("李四", "")]),
            ("何朋强、项英莉、何鑫(儿子)", [("何朋强", ""), ("项英莉", ""), ("何鑫", "儿子")]),
            ("陈楠森，周玉丹，共2人", [("陈楠森", ""), ("周玉丹", "")]),
            ("张 三 李四", [("张三", ""), ("李四", "")]),
            ("欧阳振华 李四", [("欧阳振华", ""), ("李四", "")]),
            ("魏强军一家3口", [("魏强军", "")]),
            ("刘强 刘* 王*明", [("刘强", ""), ("刘*", ""), ("王*明", "")]),
        ],
    )
    def test_in_one_cell_are_taken_apart(self, cell: str, people: list[tuple[str, str]]) -> None:
        assert [(one.text or one.masked, one.relation) for one in read_people(cell)] == people

    @pytest.mark.parametrize(
        "cell",
        [
            "张 三",
            "王  小明",
            "徐 小 明",
            "余 和 进",
            "欧阳 修",
            "欧阳 振华",
            "吐尔逊 热合曼",
            "ZHANG/SAN",
            "NGUYEN QUOC BAO",
        ],
    )
    def test_are_not_made_of_one(self, cell: str) -> None:
        assert len(read_people(cell)) == 1

    @pytest.mark.parametrize("cell", [None, "", "无", "共3人", "3"])
    def test_are_not_made_of_nobody(self, cell: object) -> None:
        assert read_people(cell) == ()


class TestPinyin:
    @pytest.mark.parametrize(
        ("name", "full", "initials"),
        [
            ("黄国明", "huang guo ming", "hgm"),
            ("单雄信", "shan xiong xin", "sxx"),
            ("仇和", "qiu he", "qh"),
            ("曾国藩", "zeng guo fan", "zgf"),
            ("解放", "xie fang", "xf"),
            ("区明", "ou ming", "om"),
            ("尉迟恭", "yu chi gong", "ycg"),
            ("長孫無忌", "zhang sun wu ji", "zswj"),
            ("吕布", "lv bu", "lb"),
            ("吐尔逊·热合曼", "tu er xun re he man", "texrhm"),
            ("LI NA", "li na", "ln"),
            ("", "", ""),
        ],
    )
    def test_reads_surnames_as_surnames(self, name: str, full: str, initials: str) -> None:
        assert (pinyin_full(name), pinyin_initials(name)) == (full, initials)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("张明", "章敏"),
            ("陈胜", "程森"),
            ("李娜", "李拉"),
            ("林静", "宁劲"),
            ("石春", "司纯"),
            ("趙莎麗", "赵沙丽"),
        ],
    )
    def test_folds_sounds_that_people_confuse(self, one: str, other: str) -> None:
        assert fuzzy_key(one) == fuzzy_key(other)

    @pytest.mark.parametrize(("one", "other"), [("张三", "李四"), ("王伟", "黄伟"), ("陈红", "陈宏伟")])
    def test_keeps_other_sounds_apart(self, one: str, other: str) -> None:
        assert fuzzy_key(one) != fuzzy_key(other)

    @given(HAN)
    def test_is_plain_ascii_with_a_syllable_for_each_letter(self, name: str) -> None:
        full = pinyin_full(name)
        assert len(pinyin_initials(name)) == len(full.split())
        assert len(fuzzy_key(name).split()) == len(full.split())

    @given(HAN)
    def test_is_the_same_for_traditional_and_simplified(self, name: str) -> None:
        assert simplified(simplified(name)) == simplified(name)
        assert pinyin_full(name) == pinyin_full(simplified(name))

    @pytest.mark.parametrize(
        ("written", "first"),
        [
            ("LI/NA MS", ("li", "na")),
            ("WU/MEIZHENMS", ("wu", "meizhen")),
            ("CHEN YUN", ("chen", "yun")),
            ("LUO PINGMR", ("luo", "ping")),
            ("LYU/BU", ("lv", "bu")),
            ("Nguyen Quoc Bao", ("nguyen", "quocbao")),
            ("ZHANGSANFENG", ("zhang", "sanfeng")),
        ],
    )
    def test_of_passengers_gives_the_likelier_order_first(self, written: str, first: tuple[str, str]) -> None:
        assert read_pinyin_name(written)[0] == first

    def test_of_passengers_gives_the_reversed_order_too(self) -> None:
        assert ("hu", "qiang") in read_pinyin_name("QIANG/HU")
        assert ("li", "hanghao") in read_pinyin_name("HANGHAO LICHD")
        assert read_pinyin_name("张三") == ()


class TestANameCell:
    @pytest.mark.parametrize("said", ["一家", "全家", "夫妻", "夫妇"])
    def test_of_a_family_without_a_name_names_nobody(self, said: str) -> None:
        assert people_named(said) == ()

    @pytest.mark.parametrize("said", ["张三", "欧阳娜", "王家", "李全家", "陈夫妇"])
    def test_that_is_short_is_read_as_a_longer_one(self, said: str) -> None:
        assert people_named(said) == tuple(read_people(said))
