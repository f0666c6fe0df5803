"""A compound's name as lists write it, learned when staff place its rows by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.naming import confirm_alias, take_back_alias
from lianfang.core.actions.refusals import NotAllowed, Refusal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.lists.models import Placement, SourceList
from lianfang.core.territory.gazetteer import current_gazetteer, forget
from lianfang.core.territory.models import LearnedAlias, Territory
from lianfang.core.work import actions
from lianfang.core.work.models import WorkItem
from lianfang.jobs.town import Town
from lianfang.kernel.doors import door_key, read_door
from tests.flows.bringing import bring
from tests.web.desk import browser, send, text_of

pytestmark = pytest.mark.django_db
COMPOUND, OTHER = "999999001001X01", "999999001002X02"
STRANGE = "望胡花园里"
DOOR = f"{COMPOUND}|b1|u1|r101"


@pytest.fixture(autouse=True)
def names_of_this_test() -> Iterator[None]:
    """The names kept in memory are this test's own."""
    forget()
    yield
    forget()


@pytest.fixture
def brought(desk: User, town: Town, tmp_path: Path) -> SourceList:
    """Three strangers at doors of a compound that is written as nobody knows it."""
    rows = [f"生人{name},1990000{number},{STRANGE}{door}" for name, number, door in PEOPLE]
    path = tmp_path / "到达.csv"
    path.write_text("\n".join(["姓名,手机号,现住址", *rows]), encoding="utf-8")
    return bring(path, desk, town)


PEOPLE = (("甲", 7001, "1幢1单元101室"), ("乙", 7002, "1幢1单元102室"), ("丙", 7003, "2-1-201"))


def items(brought: SourceList) -> list[WorkItem]:
    found = WorkItem.objects.filter(origins__source_list=brought).order_by("origins__row__ordinal")
    return list(found)


def placed(desk: User, item: WorkItem, town: Town, *, at: str = COMPOUND, door: str = "") -> None:
    dwelling = next((d for d in town.dwellings.values() if d.door_key == door), None)
    actions.place(
        Command(actor=desk),
        ids=[item.id],
        territory_id=town.areas[at].id,
        dwelling_id=dwelling.id if dwelling else None,
    )


def learned(name: str = STRANGE) -> LearnedAlias:
    return LearnedAlias.objects.get(name=name)


def meaning(text: str) -> str:
    return read_door(text, gazetteer=current_gazetteer(day=_today())).compound_code


def _today() -> date:
    return timezone.localdate(timezone.now())


class TestAnUnknownName:
    def test_leaves_its_rows_unplaced(self, brought: SourceList) -> None:
        assert {item.placement for item in items(brought)} == {Placement.UNPLACED}

    def test_is_proposed_by_one_correction_and_used_after_two(
        self, brought: SourceList, desk: User, town: Town
    ) -> None:
        first, second, _ = items(brought)
        placed(desk, first, town)
        assert (learned().standing, meaning(f"{STRANGE}1-1-101")) == ("proposed", "")
        placed(desk, second, town)
        assert (learned().standing, learned().corrections) == ("used", 2)
        assert meaning(f"{STRANGE}1-1-101") == COMPOUND
        assert AuditEntry.objects.filter(code="territory.learn_alias").count() == 2

    def test_places_the_next_list_by_itself(self, brought: SourceList, desk: User, town: Town, tmp_path: Path) -> None:
        for item in items(brought)[:2]:
            placed(desk, item, town)
        path = tmp_path / "又到.csv"
        path.write_text(f"姓名,手机号,现住址\n生人丁,19900007004,{STRANGE}1幢1单元102室", encoding="utf-8")
        assert [item.placement for item in items(bring(path, desk, town))] == [Placement.DOOR]

    def test_counts_once_when_many_rows_are_placed_at_once(self, brought: SourceList, desk: User, town: Town) -> None:
        ids = [item.id for item in items(brought)]
        actions.place(Command(actor=desk), ids=ids, territory_id=town.areas[COMPOUND].id)
        assert (learned().standing, learned().corrections) == ("proposed", 1)

    def test_is_learned_at_the_door_it_was_written_with_only(self, brought: SourceList, desk: User, town: Town) -> None:
        first, second, _ = items(brought)
        placed(desk, first, town, door=f"{COMPOUND}|b1|u1|r102")
        assert not LearnedAlias.objects.exists()
        placed(desk, second, town, door=f"{COMPOUND}|b1|u1|r102")
        assert learned().territory.code == COMPOUND

    def test_of_two_compounds_waits_for_a_person(self, brought: SourceList, desk: User, town: Town) -> None:
        first, second, third = items(brought)
        placed(desk, first, town, at=OTHER)
        placed(desk, second, town)
        placed(desk, third, town)
        assert {alias.standing for alias in LearnedAlias.objects.filter(name=STRANGE)} == {"proposed"}


class TestALearnedName:
    @pytest.fixture
    def alias(self, town: Town) -> LearnedAlias:
        return LearnedAlias.objects.create(territory=town.areas[COMPOUND], name=STRANGE, corrections=1)

    def test_is_confirmed_and_taken_back_by_whoever_keeps_the_areas(
        self, alias: LearnedAlias, desk: User, town: Town
    ) -> None:
        confirm_alias(Command(actor=desk), alias_id=alias.id)
        assert door_key(read_door(f"{STRANGE}1-1-101", gazetteer=current_gazetteer(day=_today()))) == DOOR
        take_back_alias(Command(actor=desk), alias_id=alias.id)
        assert meaning(f"{STRANGE}1-1-101") == ""
        codes = AuditEntry.objects.filter(code__endswith="_alias").values_list("code", flat=True)
        assert {"territory.confirm_alias", "territory.take_back_alias"} <= set(codes)

    def test_taken_back_is_not_learned_again(
        self, alias: LearnedAlias, brought: SourceList, desk: User, town: Town
    ) -> None:
        take_back_alias(Command(actor=desk), alias_id=alias.id)
        for item in items(brought):
            placed(desk, item, town)
        assert learned().standing == "taken_back"

    def test_is_not_anybodys_to_change(self, alias: LearnedAlias, worker: User, other_secretary: User) -> None:
        for user in (worker, other_secretary):
            with pytest.raises(NotAllowed):
                confirm_alias(Command(actor=user), alias_id=alias.id)

    def test_never_shadows_a_name_there_is(self, desk: User, town: Town) -> None:
        taken = LearnedAlias.objects.create(territory=town.areas[OTHER], name="望湖花苑")
        with pytest.raises(Refusal, match=r"territory\.name_in_use"):
            confirm_alias(Command(actor=desk), alias_id=taken.id)

    def test_gives_way_to_an_area_that_came_later(self, town: Town) -> None:
        LearnedAlias.objects.create(territory=town.areas[OTHER], name="望湖花苑", standing="used")
        assert meaning("望湖花苑1-1-101") == COMPOUND

    def test_means_one_compound_only(self, alias: LearnedAlias, desk: User, town: Town) -> None:
        other = LearnedAlias.objects.create(territory=town.areas[OTHER], name=STRANGE)
        confirm_alias(Command(actor=desk), alias_id=alias.id)
        with pytest.raises(Refusal, match=r"territory\.name_in_use"):
            confirm_alias(Command(actor=desk), alias_id=other.id)

    def test_is_shown_where_the_areas_are_kept(self, alias: LearnedAlias, desk: User, worker: User, town: Town) -> None:
        page = f"/territory/{Territory.objects.get(code=COMPOUND).id}/"
        assert STRANGE in text_of(browser(desk).get(page))
        assert STRANGE not in text_of(browser(worker).get(page))
        send(browser(desk), f"/territory/alias/{alias.id}/confirm/")
        assert learned().standing == "used"
        send(browser(desk), f"/territory/alias/{alias.id}/take-back/")
        assert learned().standing == "taken_back"
