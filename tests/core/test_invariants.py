"""What a model's docstring promises, the database keeps: every constraint has a story here that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from lianfang.capabilities.cleanup.models import DuplicatePair
from lianfang.core.access.models import Grant, OffDuty, Responsibility, User
from lianfang.core.audit.models import AuditSeal, Receipt
from lianfang.core.lists.models import ColumnMapping, DecisionPin, ListRow, Sender, SourceList
from lianfang.core.measures.models import ControlMeasure, EpidemiologicalFact
from lianfang.core.metrics.models import Activation, Report, Snapshot, UnitReport
from lianfang.core.observations.models import Observation
from lianfang.core.people.models import CareNeed, Dwelling, Person, PersonMerge, Residence
from lianfang.core.territory.models import LearnedAlias, Territory
from lianfang.core.work.models import SlaProfile, WorkItem, WorkOrigin, WorkSubject
from lianfang.jobs.town import Town
from lianfang.kernel.uuid7 import uuid7
from tests.core.stories_of_doors import DOOR_STORIES
from tests.core.stories_of_editions import SIGNATURE_STORIES
from tests.core.stories_of_errands import ERRAND_COLUMNS, ERRAND_STORIES
from tests.core.stories_of_measures import MEASURE_COLUMNS, MEASURE_STORIES
from tests.core.stories_of_residents import RESIDENT_COLUMNS, RESIDENT_STORIES
from tests.core.stories_of_self_report import SELF_REPORT_COLUMNS, SELF_REPORT_STORIES
from tests.core.stories_of_zones import ZONE_COLUMNS, ZONE_STORIES

DAY = date(2022, 12, 19)


@dataclass
class World:
    """Rows the stories use."""

    now: datetime
    person: Person
    other: Person
    area: Territory
    other_area: Territory
    desk: User
    worker: User
    source_list: SourceList

    def row(self, **changes: Any) -> ListRow:
        fields: dict[str, Any] = {
            "source_list": self.source_list,
            "ordinal": 0,
            "sheet": "s",
            "data_row": 1,
            "sheet_row": 2,
            "raw_sealed": b"",
            "facts_sealed": b"",
            "path": self.source_list.path,
        }
        return ListRow.objects.create(**fields | changes)

    def item(self, **changes: Any) -> WorkItem:
        fields: dict[str, Any] = {
            "household": self.person.household,
            "path": self.person.path,
            "placement": "door",
            "state": "dispatched",
            "created_at": self.now,
            "due_at": self.now,
        }
        return WorkItem.objects.create(**fields | changes)

    def fact(self, **changes: Any) -> EpidemiologicalFact:
        fields: dict[str, Any] = {
            "person": self.person,
            "kind": "inbound",
            "happened_date": DAY,
            "issuer": "县疾控中心",
            "evidence": "入境登记",
            "recorded_at": self.now,
            "recorded_by": self.desk,
        }
        return EpidemiologicalFact.objects.create(**fields | changes)

    def measure(self, **changes: Any) -> ControlMeasure:
        fields: dict[str, Any] = {
            "person": self.person,
            "regime": "home",
            "basis": self.fact(),
            "legal_basis": "传染病防治法第三十九条",
            "edition": "8",
            "starts_at": self.now,
            "ends_at": self.now + timedelta(days=7),
            "path": self.person.path,
            "appeal_to": "县疫情防控办",
            "proposed_by": self.desk,
            "proposed_at": self.now,
        }
        return ControlMeasure.objects.create(**fields | changes)

    def report(self, **changes: Any) -> Report:
        fields: dict[str, Any] = {
            "kind": "log",
            "path": self.area.path,
            "territory": self.area,
            "day": DAY,
            "issue_no": 1,
            "cutoff_at": self.now,
            "content": {},
            "check_code": "0",
            "frozen_by": self.desk,
            "frozen_at": self.now,
        }
        return Report.objects.create(**fields | changes)

    def seal(self, **changes: Any) -> AuditSeal:
        fields: dict[str, Any] = {"number": 1, "count": 0, "root": b"", "previous": b"", "head": b""}
        return AuditSeal.objects.create(**fields | {"sealed_at": self.now} | changes)

    def list(self, **changes: Any) -> SourceList:
        fields = {f.attname: getattr(self.source_list, f.attname) for f in SourceList._meta.concrete_fields}
        return SourceList.objects.create(**fields | {"id": uuid7()} | changes)

    def area_with(self, **changes: Any) -> Territory:
        fields: dict[str, Any] = {"level": "grid", "code": "new", "name": "新", "path": "9999", "valid_from": DAY}
        return Territory.objects.create(**fields | changes)

    def dwelling_with(self, door_key: str) -> Dwelling:
        return Dwelling.objects.create(
            territory=self.area, path=self.area.path, door_key=door_key, door_short="1", label="1"
        )

    def residence(self, **changes: Any) -> Residence:
        fields: dict[str, Any] = {"person": self.person, "dwelling": self.person.dwelling, "starts_date": DAY}
        return Residence.objects.create(**fields | changes)

    def observation(self, **changes: Any) -> Observation:
        fields: dict[str, Any] = {
            "recorded_at": self.now,
            "occurred_at": self.now,
            "kind": "registry.visit",
            "path": self.area.path,
            "recorded_by_id": self.desk.id,
        }
        return Observation.objects.create(**fields | changes)

    def unit_report(self) -> UnitReport:
        return UnitReport.objects.create(
            territory=self.area,
            path=self.area.path,
            day=DAY,
            figures={},
            zero=True,
            submitted_by=self.desk,
            submitted_at=self.now,
        )

    def pair(self, **changes: Any) -> DuplicatePair:
        fields: dict[str, Any] = {"person_a": self.person, "person_b": self.other, "path": self.area.path}
        scored = {"score": 0.9, "weight": 3.0, "model_version": "x", "same_number": False, "found_at": self.now}
        return DuplicatePair.objects.create(**fields | scored | changes)

    def pin(self, **changes: Any) -> DecisionPin:
        fields: dict[str, Any] = {"fingerprint": 1, "second": 2, "kind": "same", "person": self.person}
        return DecisionPin.objects.create(**fields | {"decided_by": self.desk, "decided_at": self.now} | changes)

    def alias(self, **changes: Any) -> LearnedAlias:
        return LearnedAlias.objects.create(**{"territory": self.area, "name": "新村"} | changes)

    def origin(self, **changes: Any) -> WorkOrigin:
        fields: dict[str, Any] = {"kind": "list", "created_at": self.now}
        return WorkOrigin.objects.create(**fields | changes)


@pytest.fixture
def world(town: Town, desk: User, worker: User, now: datetime) -> World:
    """Two people at a door, an area, two accounts, one list."""
    one, other = Person.objects.exclude(dwelling=None).order_by("id")[:2]
    source_list = SourceList.objects.create(
        sender=Sender.objects.create(name="涉外专班"),
        title="名单",
        purpose="inbound",
        issuer="县疫情防控办",
        legal_basis="传染病防治法",
        sla_code="24h",
        received_at=now,
        deadline_at=now,
        path=town.subdistrict.path,
        filename="a.xlsx",
        size=1,
        file_hash="f",
        content_hash="c",
        brought_by=desk,
    )
    return World(
        now=now,
        person=one,
        other=other,
        area=town.areas["999999001001"],
        other_area=town.areas["999999001002"],
        desk=desk,
        worker=worker,
        source_list=source_list,
    )


def twice(make: Callable[[], Any]) -> Any:
    make()
    return make()


def soon(world: World) -> datetime:
    return world.now + timedelta(hours=1)


STORIES: dict[str, Callable[[World], Any]] = {
    "territory_ends_after_it_begins": lambda w: w.area_with(valid_to=DAY),
    "territory_compound_of_building": lambda w: w.area_with(compound=w.area),
    "alias_once_per_territory": lambda w: twice(w.alias),
    "alias_used_means_one": lambda w: [w.alias(standing="used", territory=area) for area in (w.area, w.other_area)],
    "grant_ends_after_it_begins": lambda w: Grant.objects.create(
        user=w.worker, role="auditor", territory=w.area, starts_at=w.now, ends_at=w.now, reason="x"
    ),
    "grant_not_to_oneself": lambda w: Grant.objects.create(
        user=w.desk, role="auditor", territory=w.area, starts_at=w.now, ends_at=soon(w), granted_by=w.desk
    ),
    "grant_confirmed_by_another": lambda w: Grant.objects.create(
        user=w.worker, role="auditor", territory=w.area, starts_at=w.now, ends_at=soon(w), confirmed_by=w.worker
    ),
    "grant_waiting_unconfirmed": lambda w: Grant.objects.create(
        user=w.worker,
        role="auditor",
        territory=w.area,
        starts_at=w.now,
        ends_at=soon(w),
        waits=True,
        confirmed_by=w.desk,
    ),
    "responsibility_ends_after_it_begins": lambda w: Responsibility.objects.create(
        territory=w.area, path=w.area.path, role="cadre", name="钱小满", starts_at=w.now, ends_at=w.now
    ),
    "off_duty_ends_after_it_begins": lambda w: OffDuty.objects.create(user=w.desk, starts_at=w.now, ends_at=w.now),
    "person_not_merged_into_itself": lambda w: Person.objects.filter(id=w.person.id).update(merged_into=w.person),
    "residence_ends_after_it_begins": lambda w: w.residence(ends_date=DAY - timedelta(days=1)),
    "residence_one_open_for_a_person": lambda w: twice(w.residence),
    "care_need_ends_after_it_begins": lambda w: CareNeed.objects.create(
        person=w.person, kind="dialysis", starts_date=DAY, ends_date=DAY
    ),
    "merge_of_two_records": lambda w: PersonMerge.objects.create(
        kept=w.person, merged=w.person, moved={}, merged_by=w.desk, merged_at=w.now
    ),
    "pair_smaller_id_first": lambda w: w.pair(person_a=w.other, person_b=w.person),
    "pair_once": lambda w: twice(w.pair),
    "pair_decided_by_someone": lambda w: w.pair(state="apart", decided_at=w.now),
    "mapping_one_for_a_layout": lambda w: twice(
        lambda: ColumnMapping.objects.create(
            sender=w.source_list.sender, signature="s", mapping={}, confirmed_by=w.desk, confirmed_at=w.now
        )
    ),
    "list_has_purpose_issuer_basis": lambda w: SourceList.objects.filter(id=w.source_list.id).update(legal_basis=""),
    "list_same_content_once": lambda w: w.list(),
    "row_one_per_ordinal": lambda w: twice(w.row),
    "pin_one_in_force_for_the_same_facts": lambda w: twice(w.pin),
    "row_decided_has_someone": lambda w: w.row(decision="same"),
    "observation_about_one": lambda w: w.observation(person_id=w.person.id, dwelling_id=w.person.dwelling_id),
    "sla_accept_before_finish": lambda w: SlaProfile.objects.create(code="x", accept_minutes=2, finish_minutes=1),
    "work_one_open_per_household_and_matter": lambda w: twice(w.item),
    "work_not_verified_by_its_doer": lambda w: w.item(submitted_by=w.desk, verified_by=w.desk),
    "work_closed_has_outcome": lambda w: w.item(state="closed", closed_at=w.now),
    "work_forwarded_has_target": lambda w: w.item(state="forwarded"),
    "subject_once_on_an_item": lambda w: twice(
        lambda: WorkSubject.objects.create(item=WorkItem.objects.first() or w.item(), person=w.person)
    ),
    "origin_once_for_a_row": lambda w: twice(
        lambda: w.origin(item=WorkItem.objects.first() or w.item(), row=ListRow.objects.first() or w.row())
    ),
    "origin_of_list_has_row": lambda w: w.origin(item=w.item()),
    "fact_has_issuer_and_evidence": lambda w: w.fact(evidence=""),
    "fact_contact_ruling_has_document": lambda w: w.fact(kind="contact_ruling"),
    "measure_ends_after_it_begins": lambda w: w.measure(ends_at=w.now),
    "measure_has_legal_basis": lambda w: w.measure(legal_basis=""),
    "measure_has_a_way_to_appeal": lambda w: w.measure(appeal_to=""),
    "measure_not_approved_by_proposer": lambda w: w.measure(approved_by=w.desk, approved_at=w.now),
    "measure_approval_has_approver": lambda w: w.measure(approved_at=w.now),
    "measure_release_has_reason": lambda w: w.measure(released_at=w.now),
    "measure_not_longer_than_28_days": lambda w: w.measure(ends_at=w.now + timedelta(days=28, seconds=1)),
    "snapshot_one_value": lambda w: twice(
        lambda: Snapshot.objects.create(metric="work.open", path="0001", at=w.now, value=1)
    ),
    "report_one_version": lambda w: twice(w.report),
    "report_correction_has_reason": lambda w: w.report(version=2),
    "unit_report_one_version": lambda w: twice(w.unit_report),
    "activation_ends_after_it_begins": lambda w: Activation.objects.create(
        territory=w.area, mode="routine", starts_at=w.now, ends_at=w.now
    ),
    "activation_emergency_has_order": lambda w: Activation.objects.create(
        territory=w.area, mode="emergency", starts_at=w.now
    ),
    **MEASURE_STORIES,
    **SELF_REPORT_STORIES,
    **DOOR_STORIES,
    **ERRAND_STORIES,
    **RESIDENT_STORIES,
    **SIGNATURE_STORIES,
    **ZONE_STORIES,
}
"""Constraint → what breaks it."""

UNIQUE_COLUMNS: dict[str, Callable[[World], Any]] = {
    "User.username": lambda w: User.objects.create_user(w.desk.username, None, display_name="x"),
    "Territory.code": lambda w: w.area_with(code=w.area.code),
    "Territory.path": lambda w: w.area_with(path=w.area.path),
    "Dwelling.door_key": lambda w: twice(lambda: w.dwelling_with("same|door")),
    "Sender.name": lambda w: Sender.objects.create(name=w.source_list.sender.name),
    "AuditSeal.number": lambda w: twice(w.seal),
    "Receipt.id": lambda w: twice(
        lambda: Receipt.objects.create(
            id=w.desk.id, action="a.b", body_hash=b"", answer={}, actor_id=w.desk.id, recorded_at=w.now
        )
    ),
    **MEASURE_COLUMNS,
    **SELF_REPORT_COLUMNS,
    **ERRAND_COLUMNS,
    **RESIDENT_COLUMNS,
    **ZONE_COLUMNS,
}
"""Model.column → what breaks its uniqueness."""

MODELS = [model for model in apps.get_models() if model.__module__.startswith("lianfang.")]


class TestEveryConstraint:
    def test_has_a_story(self) -> None:
        assert {constraint.name for model in MODELS for constraint in model._meta.constraints} == set(STORIES)

    def test_on_one_column_has_a_story(self) -> None:
        unique = {
            f"{model.__name__}.{field.name}"
            for model in MODELS
            for field in model._meta.concrete_fields
            if field.unique and not field.primary_key
        }
        assert unique | {"Receipt.id"} == set(UNIQUE_COLUMNS)

    @pytest.mark.parametrize("name", STORIES)
    def test_is_kept_by_the_database(self, name: str, world: World) -> None:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            STORIES[name](world)

    @pytest.mark.parametrize("column", UNIQUE_COLUMNS)
    def test_of_one_value_is_kept_by_the_database(self, column: str, world: World) -> None:
        with pytest.raises(IntegrityError, match="duplicate key"), transaction.atomic():
            UNIQUE_COLUMNS[column](world)

    def test_lets_sound_rows_pass(self, world: World) -> None:
        measure = world.measure(ends_at=world.now + timedelta(days=28), approved_by=world.worker, approved_at=world.now)
        item = world.item(state="closed", closed_at=world.now, outcome="left", submitted_by=world.worker)
        world.item()  # a closed one does not stand in the way of a new one
        world.list(state="refused")
        world.pin(withdrawn_at=world.now)
        world.pin()  # one taken back does not either
        world.alias(standing="taken_back")
        world.alias(standing="used", territory=world.other_area)
        found = world.observation(dwelling_id=world.person.dwelling_id)
        assert measure.pk and item.pk and found.pk

    def test_of_a_partitioned_table_holds_in_the_partitions_too(self, world: World) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_constraint WHERE conname = 'observation_about_one'")
            (count,) = cursor.fetchone()
        assert count >= 2
