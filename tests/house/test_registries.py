"""Declared once, tested for free: every action, refusal, permission and menu entry keeps the rules of the house."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.utils import timezone

from lianfang.core.access.automatons import MAY
from lianfang.core.access.models import User
from lianfang.core.access.roles import ALL_PERMISSIONS, PERMISSIONS, TOTP_ROLES, Role
from lianfang.core.actions.door import ACTIONS, Answer, Command, action
from lianfang.core.actions.refusals import SENTENCES, NeverAsked, NotAllowed, NotFound, Refusal
from lianfang.core.audit.models import AuditEntry, Receipt
from lianfang.core.people.models import Dwelling, Household, Person
from lianfang.core.territory.models import Territory
from lianfang.core.work.rules import LIFECYCLE
from lianfang.jobs.town import Town
from lianfang.kernel.uuid7 import uuid7
from lianfang.web.navigation import GROUPS
from lianfang.web.urls import navigation_entries
from tests.house.reading_code import first_texts, import_everything, keyword_texts

import_everything()

STRANGER_MAY: frozenset[str] = frozenset()
"""Actions open to an account without any role. There is none."""


@pytest.fixture
def stranger(town: Town) -> User:
    """An account that was made and given nothing."""
    return User.objects.create_user("stranger", "drill-town-2022", display_name="路人")


def real_ids() -> dict[str, UUID]:
    """An existing row for every argument that names one, so that nothing is refused merely for being unknown."""
    person = Person.objects.exclude(dwelling=None).order_by("id")[0]
    other = Person.objects.exclude(dwelling=None).order_by("id")[1]
    dwelling = Dwelling.objects.filter(people=person)[0]
    return {
        "person_id": person.id,
        "kept_id": person.id,
        "merged_id": other.id,
        "dwelling_id": dwelling.id,
        "household_id": Household.objects.get(id=person.household_id).id,
        "territory_id": Territory.objects.get(code="999999001001").id,
        "user_id": User.objects.get(username="worker").id,
    }


def arguments_for(body: Any, known: Mapping[str, UUID]) -> dict[str, Any]:
    """A plausible value for every argument of an action, by its name and type."""
    hints = typing.get_type_hints(body, localns={"Command": Command, "Answer": Answer})
    return {
        name: _plausible(name, hints[name], known)
        for name, parameter in inspect.signature(body).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }


def _plausible(name: str, kind: Any, known: Mapping[str, UUID]) -> Any:
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return _plausible(name, next(part for part in parts if part is not type(None)), known)
    if origin is not None and issubclass(origin, Mapping):
        return {}
    if origin is not None and issubclass(origin, Sequence | set | frozenset):
        singular = name.removesuffix("s").removesuffix("_id") + "_id"
        return [known.get(singular) or uuid7()] if parts[0] is UUID else []
    now = timezone.now()
    plain: dict[Any, Any] = {
        UUID: known.get(name) or uuid7(),
        str: _text(name),
        int: 1,
        bool: True,
        date: timezone.localdate(now),
        datetime: now + timedelta(hours=1 if name.startswith("starts") else 9),
    }
    if kind in plain:
        return plain[kind]
    if origin is dict or kind is dict or kind is Any:
        return {}
    raise AssertionError(f"say in tests/house/test_registries.py what a plausible {name}: {kind} is")


def _text(name: str) -> str:
    return {"role": "secretary", "outcome": "left", "result": "busy", "kind": "new", "purpose": "inbound"}.get(
        name, "演练"
    )


class TestEveryAction:
    @pytest.mark.parametrize("code", sorted(ACTIONS))
    def test_asks_before_it_does_anything(self, code: str, stranger: User) -> None:
        arguments = arguments_for(inspect.unwrap(ACTIONS[code]), real_ids())
        with pytest.raises(Refusal) as refused:
            ACTIONS[code](Command(actor=stranger), **arguments)
        assert refused.value.code in SENTENCES
        assert not Receipt.objects.filter(actor_id=stranger.id).exists()
        assert not AuditEntry.objects.filter(actor_id=stranger.id).exclude(kind="refusal").exists()

    @pytest.mark.parametrize("code", sorted(ACTIONS))
    def test_that_touches_people_work_or_lists_is_closed_to_the_administrator(
        self, code: str, administrator: User, auditor: User
    ) -> None:
        if code.split(".")[0] == "access" and code != "access.set_off_duty":
            assert "access.grant" in PERMISSIONS[Role.ADMINISTRATOR]
            return
        for actor in (administrator, auditor):
            with pytest.raises((NotAllowed, NotFound, Refusal)):
                ACTIONS[code](Command(actor=actor), **arguments_for(inspect.unwrap(ACTIONS[code]), real_ids()))
            assert not Receipt.objects.filter(actor_id=actor.id).exists()

    @pytest.mark.parametrize("code", sorted(ACTIONS))
    def test_says_what_it_does_and_takes_its_arguments_by_name(self, code: str) -> None:
        body = inspect.unwrap(ACTIONS[code])
        parameters = list(inspect.signature(body).parameters.values())
        assert (body.__doc__ or "").strip()
        assert parameters[0].name == "command"
        assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters[1:])
        assert code == code.lower() and code.count(".") == 1


class TestTheDoor:
    def test_writes_an_entry_and_a_receipt_for_what_was_done(self, desk: User, town: Town) -> None:
        command = Command(actor=desk)
        assert ACTIONS["access.set_off_duty"](command, starts_at=command.now, ends_at=command.now + timedelta(hours=1))
        entry = AuditEntry.objects.get(command_id=command.id)
        receipt = Receipt.objects.get(id=command.id)
        assert (entry.code, entry.kind, entry.actor_id) == ("access.set_off_duty", "write", desk.id)
        assert (receipt.action, receipt.actor_id) == ("access.set_off_duty", desk.id)

    def test_undoes_what_an_action_did_that_never_asked(self, desk: User) -> None:
        def careless(command: Command, *, name: str) -> Answer:
            User.objects.create_user(name, "drill-town-2022", display_name=name)
            return {}

        careless_action = action("house.careless")(careless)
        del ACTIONS["house.careless"]
        command = Command(actor=desk)
        with pytest.raises(NeverAsked):
            careless_action(command, name="ghost")
        assert not User.objects.filter(username="ghost").exists()
        assert not AuditEntry.objects.filter(command_id=command.id).exists()
        assert not Receipt.objects.filter(id=command.id).exists()

    def test_keeps_no_password_that_could_be_guessed_from_the_receipt(self, administrator: User) -> None:
        from hashlib import sha256

        command = Command(actor=administrator)
        given = {"username": "newcomer", "display_name": "新人", "password": "winter-2022-town"}
        ACTIONS["access.make_account"](command, **given)
        plain = sha256(
            b'["access.make_account", {"display_name": "%s", "password": "winter-2022-town", "username": "newcomer"}]'
            % "新人".encode()
        )
        assert bytes(Receipt.objects.get(id=command.id).body_hash) != plain.digest()

    @pytest.mark.parametrize("text", ["长" * 500, "带\x00空字符"])
    def test_refuses_what_a_column_cannot_hold(self, desk: User, town: Town, text: str) -> None:
        dwelling = Dwelling.objects.visible_to(desk).first()
        assert dwelling is not None
        with pytest.raises(Refusal) as refused:
            ACTIONS["people.register"](Command(actor=desk), name="何文斌", dwelling_id=dwelling.id, residence_kind=text)
        assert refused.value.code == "command.bad_value"


class TestEveryRefusal:
    def test_has_a_sentence(self) -> None:
        used = list(first_texts("Refusal", "refuse_known"))
        assert len(used) > 30
        assert [(code, where) for code, where in used if code not in SENTENCES] == []

    def test_of_a_file_has_a_sentence(self) -> None:
        used = list(first_texts("IntakeRefusal", "MappingRefused"))
        assert len(used) > 10
        assert [(code, where) for code, where in used if code not in SENTENCES] == []

    def test_is_declared_under_one_code_of_two_words(self) -> None:
        declared = [code for code, _ in first_texts("refusal")]
        assert len(declared) == len(set(declared))
        assert [code for code in declared if code.count(".") != 1 or code != code.lower()] == []

    def test_fills_the_gaps_of_its_sentence(self) -> None:
        assert Refusal("work.not_tried", least=3).sentence.count("3") == 1
        assert Refusal("access.not_found", kind="person").sentence


class TestEveryPermission:
    def test_that_is_asked_for_exists(self) -> None:
        asked = [
            *first_texts("require", "require_somewhere", "may", "scopes", "NotAllowed"),
            *keyword_texts("permission"),
        ]
        asked += [(text, "actor_of") for text, _ in _second_texts("actor_of")]
        asked += [(transition.permission, transition.verb) for transition in LIFECYCLE.transitions]
        assert len(asked) > 60
        assert [(name, where) for name, where in asked if name and name not in ALL_PERMISSIONS] == []

    def test_is_held_by_some_role_and_every_role_holds_only_those(self) -> None:
        held = set().union(*PERMISSIONS.values(), *MAY.values())
        assert held == set(ALL_PERMISSIONS)
        assert set(PERMISSIONS) == set(Role.values)
        assert set(Role.values) >= TOTP_ROLES

    def test_on_people_is_not_held_by_administrator_or_auditor(self) -> None:
        for role in (Role.ADMINISTRATOR, Role.AUDITOR):
            assert not {name for name in PERMISSIONS[role] if name.startswith(("people.", "lists.", "work."))}


def _second_texts(name: str) -> list[tuple[str, int]]:
    from tests.house.reading_code import calls, text_of, trees

    found = []
    for tree in trees().values():
        for called, call in calls(tree):
            if called == name and len(call.args) > 1 and (text := text_of(call.args[1])) is not None:
                found.append((text, call.lineno))
    return found


class TestEveryMenuEntry:
    def test_leads_somewhere_under_a_known_heading(self) -> None:
        from django.urls import reverse

        for entry in navigation_entries():
            assert entry.group in {*GROUPS, "phone"}
            assert reverse(entry.url_name)
            assert not entry.permission or entry.permission in ALL_PERMISSIONS


OURS = [model for model in apps.get_models() if model.__module__.startswith("lianfang.")]


class TestEveryModel:
    @pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
    def test_states_its_invariants(self, model: type[Any]) -> None:
        text = model.__doc__ or ""
        assert "Invariants:" in text or "Append-only" in text

    @pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
    def test_names_instants_days_and_periods_as_the_house_does(self, model: type[Any]) -> None:
        wrong = []
        for field in model._meta.concrete_fields:
            kind = field.get_internal_type()
            if field.name == "last_login":  # Django's own
                continue
            named = field.name.endswith(("_at", "_since")) or field.name == "at"
            if kind == "DateTimeField" and not named:
                wrong.append(field.name)
            dated = field.name.endswith("_date") or field.name in {"day", "valid_from", "valid_to"}
            if kind == "DateField" and not dated:
                wrong.append(field.name)
        assert wrong == []
