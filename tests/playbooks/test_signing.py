"""An edition is used for new measures only after two people signed exactly what its file says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotAllowed, Refusal
from lianfang.core.audit.models import AuditEntry
from lianfang.jobs.town import Town
from lianfang.playbooks import shelf
from lianfang.playbooks.actions import countersign, sign
from lianfang.playbooks.loading import read_edition
from lianfang.playbooks.shelf import edition
from lianfang.playbooks.signing import is_signed, signed_edition


def digest_of(code: str) -> str:
    return edition(code).digest


def refused(call: Callable[..., Any], actor: User, **arguments: str) -> str:
    with pytest.raises(Refusal) as why:
        call(Command(actor=actor), **{"edition": "9th", "digest": digest_of("9th")} | arguments)
    return why.value.code


class TestAnEdition:
    def test_takes_two_people_to_be_used(self, town: Town, health: User, county: User) -> None:
        assert refused(countersign, county) == "playbooks.not_yet_signed"
        sign(Command(actor=health), edition="9th", digest=digest_of("9th"))
        assert not is_signed(edition("9th"))
        with pytest.raises(Refusal) as why:
            signed_edition("9th")
        assert why.value.code == "playbooks.not_signed"
        assert edition("9th").title in why.value.sentence
        assert refused(sign, county) == "playbooks.signed_already"
        assert refused(countersign, health) == "playbooks.by_another"
        countersign(Command(actor=county), edition="9th", digest=digest_of("9th"))
        assert signed_edition("9th") is edition("9th")
        assert not is_signed(edition("twenty"))
        assert refused(countersign, county) == "playbooks.signed_already"
        entries = AuditEntry.objects.filter(subject_kind="edition").order_by("id")
        assert [(one.code, one.actor_id) for one in entries] == [
            ("playbooks.sign", health.id),
            ("playbooks.countersign", county.id),
        ]

    def test_is_signed_as_it_was_read(self, town: Town, health: User) -> None:
        assert refused(sign, health, digest=digest_of("8th")) == "playbooks.changed"
        assert refused(sign, health, edition="10th") == "playbooks.unknown_edition"

    def test_is_void_as_soon_as_a_value_of_its_file_changes(self, town: Town, health: User, county: User) -> None:
        sign(Command(actor=health), edition="9th", digest=digest_of("9th"))
        countersign(Command(actor=county), edition="9th", digest=digest_of("9th"))
        text = (shelf.FOLDER / "9th.toml").read_text(encoding="utf-8")
        same = read_edition(("# a comment\n" + text).encode(), file="9th.toml")
        other = read_edition(
            text.replace("days = 7", "days = 6", 1).replace("5, 7]", "5, 6]", 1).encode(), file="9th.toml"
        )
        assert (is_signed(same), is_signed(other)) == (True, False)

    def test_is_signed_by_nobody_without_the_permission(self, town: Town, desk: User, secretary: User) -> None:
        for actor in (desk, secretary):
            with pytest.raises(NotAllowed):
                sign(Command(actor=actor), edition="9th", digest=digest_of("9th"))
