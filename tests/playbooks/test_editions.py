"""The edition files: each loads, cites its source, and says what it does not know for sure; a bad one is refused."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from lianfang.core.measures.models import Regime
from lianfang.playbooks import schema, shelf
from lianfang.playbooks.loading import digest_of, load_edition, read_edition
from lianfang.playbooks.schema import CATEGORIES, REGIMES
from lianfang.playbooks.shelf import (
    NoSuchEdition,
    Shelf,
    edition,
    edition_for,
    edition_in_force,
    editions,
    read_shelf,
)
from lianfang.playbooks.tables import EditionRefused
from tests.playbooks.reading_cases import at

FILES = sorted(shelf.FOLDER.glob("*.toml"))
NINTH = (shelf.FOLDER / "9th.toml").read_text(encoding="utf-8")


def changed(before: str, after: str) -> bytes:
    assert before in NINTH
    return NINTH.replace(before, after, 1).encode()


class TestEveryEdition:
    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_loads_and_cites_a_source_for_everything(self, path: Path) -> None:
        found = load_edition(path)
        assert set(found.categories) == set(CATEGORIES)
        sources = [found.source, found.conventions.source]
        sources += [plan.source for plan in found.categories.values()]
        sources += [zone.source for zone in found.zones.values()]
        sources += [one.source for one in (*found.staffing, *found.local)]
        assert [text for text in sources if len(text) < 8] == []
        assert [text for text in sources if re.search(r"\bS\d+\b|http", text)] == []

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_marks_a_category_that_is_not_sure_as_a_local_setting(self, path: Path) -> None:
        found = load_edition(path)
        unmarked = [
            plan.code
            for plan in found.categories.values()
            if plan.confidence == "low"
            and "本地" not in plan.source
            and "由当地定" not in plan.source
            and not any(key.startswith(f"{plan.code}.") for setting in found.local for key in setting.keys)
        ]
        assert unmarked == []

    def test_is_read_once_and_the_oldest_comes_first(self) -> None:
        assert list(editions()) == ["drill", "8th", "9th", "twenty", "ten", "routine"]
        assert edition("9th") is edition("9th")
        with pytest.raises(NoSuchEdition):
            edition("10th")

    def test_uses_the_five_regimes_of_the_measures(self) -> None:
        assert set(REGIMES) == set(Regime.values)

    def test_of_the_drill_is_mistaken_for_no_other(self) -> None:
        drill = edition("drill")
        real = [one for one in editions().values() if one.kind == "national"]
        assert all("虚构" in text for text in (drill.title, drill.disease))
        spans = {tuple(stage.days for stage in drill.categories[code].stages) for code in ("close_contact", "inbound")}
        assert spans.isdisjoint(
            tuple(stage.days for stage in one.categories[code].stages) for one in real for code in CATEGORIES
        )

    def test_isolates_nobody_in_routine_times(self) -> None:
        regimes = {stage.regime for plan in edition("routine").categories.values() for stage in plan.stages}
        assert regimes == {"daily_monitoring", "self_monitoring"}


class TestTheShelf:
    @pytest.mark.parametrize(
        ("when", "code"),
        [
            ("2021-05-10T23:59", None),
            ("2021-05-11T00:00", "8th"),
            ("2022-06-27T23:59", "8th"),
            ("2022-06-28T00:00", "9th"),
            ("2022-11-10T23:59", "9th"),
            ("2022-11-11T00:00", "twenty"),
            ("2022-12-07T00:00", "ten"),
            ("2023-01-07T23:59", "ten"),
            ("2023-01-08T00:00", None),
            ("2026-11-28T12:00", "routine"),
        ],
    )
    def test_knows_which_is_in_force(self, when: str, code: str | None) -> None:
        found = edition_in_force(at(when))
        assert (found.code if found else None) == code

    def test_leaves_a_running_case_its_own(self) -> None:
        midnight = at("2022-11-11T00:00")
        assert edition_for("9th", at=midnight) is edition("9th")
        assert edition_for("9th", at=midnight, rerule_reason="  ") is edition("9th")
        assert edition_for("9th", at=midnight, rerule_reason="二十条施行") is edition("twenty")
        assert edition_for("", at=midnight) is edition("twenty")


class TestASite:
    """A site's own files stand beside those of the product."""

    def put(self, folder: Path, text: str, name: str = "9th") -> Shelf:
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        read_shelf.cache_clear()
        return read_shelf(folder)

    def test_keeps_its_own_settings_of_an_edition(self, tmp_path: Path) -> None:
        own = self.put(tmp_path, NINTH.replace("look_back_days = 4", "look_back_days = 2"))
        assert own.refused == ()
        assert own.editions["9th"].conventions.look_back_days == 2
        assert own.editions["9th"].digest != edition("9th").digest
        assert set(own.editions) == set(editions())

    def test_adds_one_that_takes_the_place_of_the_routine_one_for_its_time(self, tmp_path: Path) -> None:
        text = NINTH.replace('code = "9th"', 'code = "new"').replace("2022-06-28", "2027-01-01")
        own = self.put(tmp_path, text.replace("2022-11-11", "2027-03-01"), "new")
        assert own.refused == ()
        assert own.editions["new"].in_force(at("2027-02-01T00:00"))

    def test_ends_one_of_ours_earlier_by_its_own_copy(self, tmp_path: Path) -> None:
        ten = (shelf.FOLDER / "ten.toml").read_text(encoding="utf-8")
        (tmp_path / "ten.toml").write_text(ten.replace("2023-01-08T", "2022-12-20T", 1), encoding="utf-8")
        text = NINTH.replace('code = "9th"', 'code = "eleven"').replace("2022-06-28", "2022-12-20")
        own = self.put(tmp_path, text.replace("2022-11-11", "2023-01-08"), "eleven")
        assert own.refused == ()
        assert own.editions["eleven"].in_force(at("2022-12-20T00:00"))
        assert not own.editions["ten"].in_force(at("2022-12-20T00:00"))

    def test_is_told_of_a_bad_file_and_goes_on_without_it(self, tmp_path: Path) -> None:
        own = self.put(tmp_path, NINTH.replace("days = 7", "days = 700", 1))
        assert [(why.code, why.file) for why in own.refused] == [("edition.out_of_bounds", "9th.toml")]
        assert own.editions["9th"].digest == edition("9th").digest

    def test_is_told_of_two_in_force_at_once(self, tmp_path: Path) -> None:
        own = self.put(tmp_path, NINTH.replace("2022-11-11T", "2022-11-12T", 1))
        assert [(why.code, why.file, why.key) for why in own.refused] == [("edition.overlaps", "9th.toml", "starts_at")]
        assert "twenty" in own.refused[0].what_to_do


class TestTheDigest:
    def test_does_not_change_with_comments_and_layout(self) -> None:
        again = read_edition(("# another comment\n" + NINTH.replace(" = ", "  =  ")).encode(), file="9th.toml")
        assert again.digest == edition("9th").digest

    @pytest.mark.parametrize(
        ("before", "after"), [("days = 7", "days = 8"), ("2022-11-11", "2022-11-12"), ("口咽拭子", "鼻咽拭子")]
    )
    def test_changes_with_every_value(self, before: str, after: str) -> None:
        assert read_edition(changed(before, after), file="9th.toml").digest != edition("9th").digest

    def test_tells_texts_from_numbers_and_keeps_instants(self) -> None:
        assert digest_of({"a": 1}) != digest_of({"a": "1"})
        assert digest_of({"a": datetime(2022, 1, 1)}) != digest_of({"a": datetime(2022, 1, 2)})


class TestABadFile:
    @pytest.mark.parametrize(
        ("before", "after", "code", "key"),
        [
            ('code = "9th"', 'code = "9th"\ncolour = "red"', "edition.unknown_key", "colour"),
            ('regime = "central", days = 7,', 'regime = "central", day = 7,', "edition.missing_key", "days"),
            ('regime = "central"', 'regime = "hotel"', "edition.unknown_word", "regime"),
            ("days = 7,", 'days = "7",', "edition.wrong_kind", "days"),
            ("days = 7,", "days = true,", "edition.wrong_kind", "days"),
            ("days = 7,", "days = 70,", "edition.out_of_bounds", "days"),
            ("test_days = [1, 2, 3, 5, 7]", "test_days = [1, 2, 3, 5, 8]", "edition.bad_days", "test_days"),
            ("test_days = [1, 2, 3, 5, 7]", "test_days = [1, 3, 2]", "edition.bad_days", "test_days"),
            ("+08:00", "", "edition.no_time_zone", "starts_at"),
            ("ends_at = 2022-11-11", "ends_at = 2022-06-11", "edition.ends_before_it_begins", "ends_at"),
            ('release = [{ code = "span_elapsed" }, ', "release = [", "edition.no_release", "release"),
            ('temperature = ["morning", "evening"]', 'temperature = ["morning", "morning"]', "edition.twice", "temper"),
            ('["06:00", "12:00"]', '["12:00", "06:00"]', "edition.bad_hours", "temperature_morning"),
            ('["06:00", "12:00"]', '["6", "12:00"]', "edition.bad_hours", "temperature_morning"),
            ("[categories.symptom]", "[categories.symptoms]", "edition.missing_key", "categories.symptom"),
            ('none_because = "hospital"', 'none_because = "hospital"\ntold = []', "edition.unknown_key", "told"),
            ("m_tests = 2", "m_tests = 3", "edition.arrival_differs", "arrival"),
            (
                "n_days = 3, m_tests = 2, min_gap_h = 24",
                "n_days = 3, m_tests = 9, min_gap_h = 24",
                "edition.imp",
                "m_t",
            ),
            ('{ code = "tests_spaced" }', '{ code = "tests_negative" }', "edition.no_arrival_plan", "arrival"),
            ('becomes = "medium"', 'becomes = "high"', "edition.zone_stays", "becomes"),
            ('keys = ["day_one"', 'keys = ["first_day"', "edition.unknown_word", "keys"),
            ('code = "9th"', 'code = "9th-local"', "edition.wrong_name", "code"),
            ("[conventions]", "[conventions", "edition.unreadable", ""),
            (
                "第九版：密切接触者7天集中隔离医学观察加3天居家健康监测，集中隔离第1、2、3、5、7天和居家健康监测第3天检测，采口咽拭子，解除前不再双采双检",
                " ",
                "edition.empty",
                "source",
            ),
        ],
    )
    def test_is_refused_with_its_key_and_what_to_do(self, before: str, after: str, code: str, key: str) -> None:
        with pytest.raises(EditionRefused) as refused:
            read_edition(changed(before, after), file="9th.toml")
        assert refused.value.code.startswith(code)
        assert key in refused.value.key
        assert refused.value.file == "9th.toml"
        assert len(refused.value.what_to_do) > 10

    def test_may_not_grow_stricter_from_stage_to_stage(self) -> None:
        with pytest.raises(EditionRefused) as refused:
            read_edition(
                changed('regime = "central", days = 7', 'regime = "self_monitoring", days = 7'), file="9th.toml"
            )
        assert refused.value.code == "edition.stricter_later"

    def test_is_refused_when_it_is_no_text_or_far_too_long(self, tmp_path: Path) -> None:
        with pytest.raises(EditionRefused, match="UTF-8"):
            read_edition(NINTH.encode("gb18030"), file="9th.toml")
        (tmp_path / "9th.toml").write_bytes(b"#" * 300_000)
        with pytest.raises(EditionRefused, match="too_large"):
            load_edition(tmp_path / "9th.toml")

    def test_knows_every_key_a_local_setting_names(self) -> None:
        for one in editions().values():
            for key in (key for setting in one.local for key in setting.keys):
                category = key.partition(".")[0]
                assert "." not in key or category in schema.CATEGORIES

    def test_is_valid_toml_without_a_byte_order_mark(self) -> None:
        for path in FILES:
            assert tomllib.loads(path.read_text(encoding="utf-8"))["code"] == path.stem
