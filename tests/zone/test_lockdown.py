"""A building is locked down, doors are shared, the compound becomes a controlled area with passes, all is lifted."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from lianfang.capabilities.zone import actions, door_actions, pass_actions
from lianfang.capabilities.zone.contracts import DoorContract
from lianfang.capabilities.zone.finding import areas_of, dwellings_in, gaps_of
from lianfang.capabilities.zone.models import Zone, ZoneChange
from lianfang.capabilities.zone.passes import HouseholdPass, PassUse
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal
from lianfang.core.observations.models import Observation
from lianfang.core.people.models import Dwelling
from lianfang.jobs.town import Town
from lianfang.web.queries.zone_rules import known_editions
from tests.zone.zoning import COMPOUND, building, order, propose

pytestmark = pytest.mark.django_db


def code_of(refused: Any) -> str:
    return str(refused.value.code)


class TestAnOrderOnAPlace:
    def test_is_proposed_by_one_person_and_ordered_by_another(
        self, town: Town, secretary: User, command_post: User, desk: User, worker: User, now: datetime
    ) -> None:
        zone = propose(secretary, [building(town)], now=now)
        with pytest.raises(NotAllowed):
            actions.approve(Command(actor=secretary), zone_id=zone.id, order_no="1")
        assert not Zone.objects.in_force(now).exists()
        order(zone, command_post, now=now)
        assert list(Zone.objects.visible_to(worker).in_force(now)) == [zone]
        assert zone.rules.conduct == "stay_in_dwelling" and not zone.drill
        with pytest.raises(Refusal) as refused:
            propose(desk, [building(town)], now=now)
        assert code_of(refused) == "zone.overlap"

    def test_is_seen_by_those_it_touches_only(
        self, town: Town, secretary: User, worker: User, other_secretary: User, other_worker: User, now: datetime
    ) -> None:
        zone = propose(secretary, [town.areas[COMPOUND]], now=now)
        assert [who.username for who in (secretary, worker) if zone in Zone.objects.visible_to(who)] == [
            "secretary",
            "worker",
        ]
        assert not Zone.objects.visible_to(other_secretary).exists()
        assert not Zone.objects.visible_to(other_worker).exists()
        with pytest.raises(NotFound):
            actions.note_case(
                Command(actor=other_secretary), zone_id=zone.id, case_date=timezone.localdate(now), source="x"
            )
        with pytest.raises(NotAllowed):
            propose(other_secretary, [building(town)], now=now)

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"appeal_to": " "}, "zone.no_basis"),
            ({"kind": "", "level": "severe"}, "zone.unknown_grade"),
            ({"terms": {}}, "zone.bad_terms"),
            ({"ends_at": "later"}, "zone.bad_period"),
            ({"last_case_date": "tomorrow"}, "zone.future_case"),
        ],
    )
    def test_is_refused_without(
        self, town: Town, secretary: User, now: datetime, changes: dict[str, Any], code: str
    ) -> None:
        words = {"later": now + timedelta(days=29), "tomorrow": timezone.localdate(now) + timedelta(days=1)}
        changes = {name: words.get(one, one) if isinstance(one, str) else one for name, one in changes.items()}
        with pytest.raises(Refusal) as refused:
            propose(secretary, [building(town)], now=now, **changes)
        assert code_of(refused) == code

    def test_comes_down_by_its_edition_and_keeps_what_was_missing(
        self, town: Town, secretary: User, command_post: User, now: datetime
    ) -> None:
        rules = known_editions()["9th"].as_terms()
        began = now - timedelta(days=8)
        zone = propose(secretary, [building(town)], now=began, terms=rules, kind="", level="high")
        order(zone, command_post, now=began)
        assert [gap.code for gap in gaps_of(zone, at=now)] == ["screening_missing"]
        seventh = timezone.localdate(began) + timedelta(days=7)
        figures = {"due": 60, "sampled": 60, "positives": 0, "source": "采样点"}
        for pending in (60, 0):  # first sampled, then the results
            actions.note_screening(
                Command(actor=secretary), zone_id=zone.id, done_date=seventh, pending=pending, **figures
            )
        assert gaps_of(zone, at=now) == ()
        with pytest.raises(Refusal) as refused:
            actions.change_level(
                Command(actor=command_post), zone_id=zone.id, level="high", order_no="13号", reason="x"
            )
        assert code_of(refused) == "zone.not_milder"
        answer = actions.change_level(
            Command(actor=command_post, now=now), zone_id=zone.id, level="medium", order_no="13号", reason="7天无新增"
        )
        zone.refresh_from_db()
        assert (answer["missing"], zone.level, ZoneChange.objects.get().level_before) == ([], "medium", "high")
        assert [gap.code for gap in gaps_of(zone, at=now)] == ["days_without_case"]
        answer = actions.lift(Command(actor=command_post), zone_id=zone.id, reason="转为常态化")
        assert answer["missing"] == ["days_without_case"]
        assert not Zone.objects.in_force(timezone.now()).exists()


class TestWhoHasWhichDoor:
    def test_is_shared_evenly_changed_by_hand_and_ticked(
        self, town: Town, secretary: User, command_post: User, worker: User, other_worker: User, now: datetime
    ) -> None:
        zone = order(propose(secretary, [town.areas[COMPOUND]], now=now), command_post, now=now)
        with pytest.raises(Refusal) as refused:
            door_actions.share_doors(Command(actor=secretary), zone_id=zone.id)
        assert code_of(refused) == "zone.no_helpers"
        door_actions.name_helper(Command(actor=secretary), zone_id=zone.id, user_id=worker.id)
        for name in ("李干部", "王干部"):
            named = door_actions.name_helper(
                Command(actor=secretary), zone_id=zone.id, name=name, post="下沉干部", phone="19900001111"
            )
        door_actions.share_doors(Command(actor=secretary), zone_id=zone.id)
        doors = set(dwellings_in(areas_of(zone)).values_list("id", flat=True))
        contracts = list(DoorContract.objects.filter(zone=zone).order_by("position"))
        assert {one.dwelling_id for one in contracts} == doors and len(contracts) == len(doors)
        homes = Counter(one.helper_id for one in contracts)
        assert len(homes) == 3
        door_actions.hand_doors(
            Command(actor=secretary),
            zone_id=zone.id,
            helper_id=UUID(named["helper"]),
            dwelling_ids=[contracts[0].dwelling_id],
        )
        assert DoorContract.objects.get(dwelling_id=contracts[0].dwelling_id).helper.phone == "19900001111"
        ticked = door_actions.tick(
            Command(actor=worker), zone_id=zone.id, dwelling_id=contracts[1].dwelling_id, what="knock"
        )
        seen = Observation.objects.get(id=ticked["observation"])
        assert (seen.kind, seen.facts["what"], ticked["stand_in"]) == ("zone.door_check", "knock", False)
        with pytest.raises(NotFound):
            door_actions.tick(
                Command(actor=other_worker), zone_id=zone.id, dwelling_id=contracts[1].dwelling_id, what="knock"
            )
        with pytest.raises(Refusal) as refused:
            door_actions.drop_helper(Command(actor=secretary), zone_id=zone.id, helper_id=UUID(named["helper"]))
        assert code_of(refused) == "zone.has_doors"


class TestPasses:
    def test_let_one_out_every_two_days_for_two_hours(
        self, town: Town, secretary: User, command_post: User, worker: User, other_worker: User, now: datetime
    ) -> None:
        zone = order(propose(secretary, [building(town)], now=now), command_post, now=now)
        with pytest.raises(Refusal) as refused:
            pass_actions.issue_passes(Command(actor=secretary), zone_id=zone.id)
        assert code_of(refused) == "zone.no_exits"
        actions.change_level(
            Command(actor=command_post), zone_id=zone.id, kind="restricted", order_no="13号", reason="分级管理"
        )
        given = pass_actions.issue_passes(Command(actor=secretary), zone_id=zone.id)["passes"]
        assert (
            given
            == Dwelling.objects.filter(path__startswith=zone.path, people__merged_into=None, people__isnull=False)
            .values("people__household")
            .distinct()
            .count()
        )
        assert pass_actions.issue_passes(Command(actor=secretary), zone_id=zone.id)["passes"] == 0
        card = HouseholdPass.objects.order_by("code").first()
        assert card is not None
        with pytest.raises(NotFound):
            pass_actions.pass_out(Command(actor=other_worker), code=card.code)
        at = now.astimezone(timezone.get_current_timezone()).replace(hour=9)
        pass_actions.pass_out(Command(actor=worker, occurred_at=at), code=f"https://town/m/gate/{card.code.lower()}/")
        with pytest.raises(Refusal) as refused:
            pass_actions.pass_out(Command(actor=worker, occurred_at=at), code=card.code)
        assert code_of(refused) == "zone.pass_outside"
        back = Command(actor=worker, occurred_at=at + timedelta(hours=2, minutes=5))
        assert pass_actions.pass_in(back, code=card.code)["late"] is True
        with pytest.raises(Refusal) as refused:
            pass_actions.pass_out(Command(actor=worker, occurred_at=at + timedelta(days=1)), code=card.code)
        assert code_of(refused) == "zone.pass_too_soon"
        pass_actions.pass_out(Command(actor=worker, occurred_at=at + timedelta(days=2)), code=card.code)
        assert PassUse.objects.overdue(at + timedelta(days=2, hours=3)).count() == 1
        pass_actions.revoke_pass(Command(actor=secretary), pass_id=card.id, reason="转借他人")
        pass_actions.pass_in(Command(actor=worker, occurred_at=at + timedelta(days=2, hours=1)), code=card.code)
        with pytest.raises(Refusal) as refused:
            pass_actions.pass_out(Command(actor=worker, occurred_at=at + timedelta(days=9)), code=card.code)
        assert code_of(refused) == "zone.pass_revoked"
