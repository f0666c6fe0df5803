"""Addresses of the phone pages and the tabs at its foot."""

from __future__ import annotations

from typing import Any

from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.field import (
    care_call_views,
    care_views,
    errand_views,
    errands,
    gate_views,
    home_views,
    task_views,
    tip_views,
    zone_views,
)
from lianfang.field.care import alarm_count
from lianfang.field.tasks import counts_of
from lianfang.web.navigation import NavEntry
from lianfang.web.queries.zone_doors import any_in_force


def _to_do(user: Any) -> int:
    return counts_of(user, now=timezone.now()).all


def _to_carry_out(user: Any) -> int:
    return errands.counts_of(user, now=timezone.now()).to_do


def _has_errands(user: Any) -> bool:
    may = user.authority.may if user.is_authenticated else None
    return may is not None and bool(may("errands.run") or may("errands.take"))


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="phone",
        label=_("Tasks"),
        url_name="field_tasks",
        icon="list-checks",
        order=10,
        permission="work.read",
        count=_to_do,
        tone="bad",
        section="/m/tasks/",
    ),
    NavEntry(
        group="phone",
        label=_("Care"),
        url_name="field_care",
        icon="thermometer",
        order=15,
        permission="work.do",
        count=alarm_count,
        tone="bad",
        section="/m/care/",
    ),
    NavEntry(
        group="phone",
        label=_("Household book"),
        url_name="field_doors",
        icon="book-user",
        order=20,
        permission="people.read",
        section="/m/dwellings/",
    ),
    NavEntry(
        group="phone",
        label=_("Errands"),
        url_name="field_errands",
        icon="shopping-bag",
        order=25,
        allowed=_has_errands,
        count=_to_carry_out,
        section="/m/errands/",
    ),
    NavEntry(
        group="phone",
        label=_("Tips"),
        url_name="field_tip",
        icon="megaphone",
        order=30,
        permission="work.report_tip",
        section="/m/report/",
    ),
    NavEntry(
        group="phone",
        label=_("Restricted place"),
        url_name="field_zone",
        icon="map-pinned",
        order=35,
        permission="measures.operate",
        allowed=any_in_force,
        section="/m/zone/",
    ),
    NavEntry(group="phone", label=_("Me"), url_name="field_me", icon="user-round", order=40, section="/m/me/"),
)

urlpatterns = [
    path("m/", task_views.task_list, name="field_tasks"),
    path("m/tasks/<uuid:item_id>/", task_views.task, name="field_task"),
    path("m/tasks/<uuid:item_id>/call/", task_views.call, name="field_call"),
    path("m/tasks/<uuid:item_id>/record/", task_views.record, name="field_record"),
    path("m/tasks/<uuid:item_id>/accept/", task_views.take_on, name="field_accept"),
    path("m/tasks/<uuid:item_id>/submit/", task_views.hand_in, name="field_submit"),
    path("m/care/", care_views.care_list, name="field_care"),
    path("m/care/<uuid:household_id>/", care_views.care_home, name="field_care_home"),
    path("m/care/<uuid:household_id>/answer/", care_views.care_answer, name="field_care_answer"),
    path("m/care/<uuid:household_id>/called/", care_views.care_called, name="field_care_called"),
    path("m/care/<uuid:household_id>/finish/", care_views.care_finish, name="field_care_finish"),
    path("m/care/<uuid:household_id>/expect/", care_views.care_expect, name="field_care_expect"),
    path("m/care/<uuid:household_id>/outside/", care_views.care_outside, name="field_care_outside"),
    path("m/dwellings/", home_views.door_list, name="field_doors"),
    path("m/dwellings/<uuid:dwelling_id>/", home_views.door, name="field_door"),
    path("m/dwellings/<uuid:dwelling_id>/people/", home_views.door_in_full, name="field_door_in_full"),
    path("m/dwellings/<uuid:dwelling_id>/unchanged/", home_views.unchanged, name="field_unchanged"),
    path("m/dwellings/<uuid:dwelling_id>/visit/", home_views.visit, name="field_visit"),
    path("m/report/", tip_views.tip, name="field_tip"),
    path("m/zone/", zone_views.my_doors, name="field_zone"),
    path("m/zone/<uuid:ordered_id>/<uuid:dwelling_id>/tick/", zone_views.tick, name="field_tick"),
    path("m/gate/", gate_views.gate, name="field_gate"),
    path("m/gate/out/", gate_views.out, name="field_gate_out"),
    path("m/gate/in/", gate_views.back, name="field_gate_in"),
    path("m/gate/<slug:pass_code>/", gate_views.by_code, name="field_gate_code"),
    path("m/me/", tip_views.me, name="field_me"),
    path("m/me/off-duty/", tip_views.off_duty, name="field_off_duty"),
    *errand_views.urlpatterns,
    *care_call_views.urlpatterns,
]
