"""A workplace is founded once: what is there already is never written over, and a bad table leaves nothing behind."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest
from django.utils import timezone

from lianfang.core.access.models import Grant, Responsibility, User
from lianfang.core.access.roles import Role
from lianfang.core.audit.models import AuditEntry
from lianfang.core.people.models import Person
from lianfang.core.territory.models import Territory
from lianfang.jobs import demo, founding
from lianfang.jobs.town import Town
from lianfang.jobs.trouble import Trouble
from tests.town import TOWN

PASSWORD = "Founding-2022"


class TestTheTown:
    def test_is_not_brought_in_twice(self, town: Town) -> None:
        people = Person.objects.count()
        with pytest.raises(Trouble) as refused:
            founding._town(TOWN)
        assert refused.value.code == "town.not_empty"
        assert Person.objects.count() == people

    def test_needs_all_its_tables(self, tmp_path: Path) -> None:
        (tmp_path / "areas.csv").write_text("code,name\n", encoding="utf-8")
        with pytest.raises(Trouble) as refused:
            founding._load(tmp_path)
        assert refused.value.code == "town.no_table"
        assert "people.csv" in refused.value.message

    @pytest.mark.parametrize(
        ("table", "good", "bad"),
        [("areas", "999999001,云澜街道,subdistrict,999999", "new,新街道,subdistrict,gone"), ("people", "name,", "n,")],
    )
    def test_with_a_bad_table_leaves_nothing_behind(
        self, town: Town, tmp_path: Path, table: str, good: str, bad: str
    ) -> None:
        folder = copytree(TOWN, tmp_path / "town")
        file = folder / f"{table}.csv"
        file.write_text(file.read_text(encoding="utf-8-sig").replace(good, bad), encoding="utf-8")
        before = (Territory.objects.count(), Responsibility.objects.count(), Person.objects.count())
        with pytest.raises(Trouble) as refused:
            founding._load(folder)
        assert refused.value.code == "town.bad_table"
        assert (Territory.objects.count(), Responsibility.objects.count(), Person.objects.count()) == before


class TestTheDemo:
    def test_takes_no_workplace_for_its_own(self, town: Town) -> None:
        assert demo.is_here() is False


class TestTheFirstCommander:
    def test_is_not_made_beside_another(self, town: Town) -> None:
        with pytest.raises(Trouble) as refused:
            founding._commander("second", "高指挥", PASSWORD)
        assert refused.value.code == "commander.exists"

    def test_keeps_the_role_that_the_town_gave(self, nobody_of_command: User) -> None:
        founding._commander(nobody_of_command.username, "", PASSWORD)
        nobody_of_command.refresh_from_db()
        assert nobody_of_command.must_change_password
        assert nobody_of_command.check_password(PASSWORD)
        assert [role.role for role in nobody_of_command.grants.all()] == [Role.COMMAND]

    def test_can_come_back_after_an_administrator_gave_them_a_password(self, nobody_of_command: User) -> None:
        nobody_of_command.grants.update(waits=True)
        founding._commander(nobody_of_command.username, "", PASSWORD)
        assert Grant.objects.in_force(timezone.now()).filter(user=nobody_of_command).exists()

    def test_is_made_new_when_the_town_named_none(self, nobody_of_command: User) -> None:
        with pytest.raises(Trouble) as refused:
            founding._commander("gao", "", PASSWORD)
        assert refused.value.code == "commander.no_name"
        founding._commander("gao", "高指挥", PASSWORD)
        made = User.objects.get(username="gao")
        assert [(role.role, role.territory.code) for role in made.grants.all()] == [(Role.COUNTY, "999999")]
        assert AuditEntry.objects.filter(code="access.found", subject_id=made.id).exists()

    def test_takes_over_no_other_account(self, nobody_of_command: User) -> None:
        with pytest.raises(Trouble) as refused:
            founding._commander("desk", "高指挥", PASSWORD)
        assert refused.value.code == "commander.name_taken"

    @pytest.fixture
    def nobody_of_command(self, town: Town) -> User:
        """The only account of command, which has no password yet."""
        Grant.objects.filter(role__in=(Role.COUNTY, Role.COMMAND)).exclude(user__username="command").delete()
        user = User.objects.get(username="command")
        user.set_unusable_password()
        user.save()
        return user


class TestTheFirstAdministrator:
    def test_is_not_made_beside_another(self, town: Town) -> None:
        with pytest.raises(Trouble) as refused:
            founding._administrator("second", "周管理", PASSWORD)
        assert refused.value.code == "administrator.exists"
        assert not User.objects.filter(username="second").exists()

    def test_must_change_the_password_and_gets_a_role_that_ends(self, town: Town) -> None:
        Grant.objects.filter(role=Role.ADMINISTRATOR).delete()
        founding._administrator("first", "周管理", PASSWORD)
        made = User.objects.get(username="first")
        role = made.grants.get()
        assert made.must_change_password
        assert (role.role, role.territory.code) == (Role.ADMINISTRATOR, "999999")
        assert role.ends_at < timezone.now() + timedelta(days=founding.FOUNDER_DAYS + 1)
        assert AuditEntry.objects.filter(code="access.found", subject_id=made.id).exists()

    def test_does_not_take_over_an_account(self, town: Town) -> None:
        Grant.objects.filter(role=Role.ADMINISTRATOR).delete()
        with pytest.raises(Trouble) as refused:
            founding._administrator("desk", "周管理", PASSWORD)
        assert refused.value.code == "administrator.name_taken"
