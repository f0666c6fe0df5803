"""A row that names several people becomes a row for each."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from lianfang.core.lists.intake.api import open_source, read_rows
from lianfang.kernel.names import simplified
from lianfang.matching.features import features
from lianfang.matching.people import one_person_per_row
from lianfang.matching.places import Places

from .conftest import LISTS, raw_of_list, raw_table

DAY = date(2022, 4, 6)
NOWHERE = Places(())


class TestARowThatNamesSeveralPeople:
    def test_becomes_one_row_for_each_in_order(self):
        raw = raw_table(
            [
                {"name": "王芳", "phone": "19900010001", "sex": "女"},
                {"name": "张三 李四(女儿)", "phone": "19900010002", "sex": "男", "address": "5幢301"},
                {"name": None, "phone": "19900010003"},
            ]
        )
        found = one_person_per_row(raw)
        assert found.select(["key", "row", "part"]).to_pydict() == {
            "key": [1, 2, 3, 4],
            "row": [1, 2, 2, 3],
            "part": [1, 1, 2, 1],
        }
        read = features(found, today=DAY, places=NOWHERE).to_pydict()
        assert read["name"] == ["王芳", "张三", "李四", None]
        assert read["phones"] == [["19900010001"], ["19900010002"], ["19900010002"], ["19900010003"]]
        assert read["sex"] == ["2", "1", None, None]
        assert read["room"] == [None, "301", "301", None]

    def test_deals_out_numbers_only_when_there_are_as_many(self):
        two = "999999198001010013 999999201001010017"
        raw = raw_table([{"name": "张三、李四", "id": two}, {"name": "张三、李四", "id": two.split(" ")[0]}])
        read = features(one_person_per_row(raw), today=DAY, places=NOWHERE)
        assert read["id"].to_pylist() == [*two.split(" "), two.split(" ")[0], None]

    def test_hands_on_what_stood_beside_the_names(self):
        raw = raw_table([{"name": "张三 李四 19900012345"}])
        read = features(one_person_per_row(raw), today=DAY, places=NOWHERE)
        assert read["name"].to_pylist() == ["张三", "李四"]
        assert read["phones"].to_pylist() == [["19900012345"], ["19900012345"]]

    def test_leaves_other_tables_as_they_are(self):
        raw = pa.table({"key": ["8"], "name": ["王芳"], "other": [3]})
        assert one_person_per_row(raw).to_pydict() == {
            "key": [1],
            "name": ["王芳"],
            "other": [3],
            "row": [1],
            "part": [1],
        }


class TestTheListOfFamilies:
    def test_gives_the_people_the_import_finds(self):
        path = next(LISTS.glob("06_*"))
        imported = [facts for facts, _ in read_rows(open_source(path, filename=path.name), mappings=None, today=DAY)]
        found = one_person_per_row(raw_table(raw_of_list(path)))
        read = features(found, today=DAY, places=NOWHERE).to_pylist()
        assert found["part"].to_pylist() == [facts.part for facts in imported]
        assert [(one["name"], one["id"], one["phones"], one["sex"]) for one in read] == [
            (
                simplified(facts.name).replace("·", "") or None,
                facts.identity or None,
                list(facts.phones),
                facts.sex or None,
            )
            for facts in imported
        ]
