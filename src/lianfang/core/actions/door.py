"""The one door for writes.

An action is a function `body(command, *, arguments)`; `@action("work.accept")` makes it enter through the door: one
transaction, the stored answer if the command was seen before, an error if the body never asked for permission, an audit
entry and a receipt.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DataError, IntegrityError, transaction
from django.db.models import UUIDField
from django.utils import timezone

from lianfang.core import vault
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NeverAsked, NotAllowed, Refusal, SameCommandOtherBody
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry, Receipt
from lianfang.core.kept import Kept
from lianfang.kernel.uuid7 import uuid7

P = ParamSpec("P")
Answer = dict[str, Any]


@dataclass(slots=True)
class Command:
    """Who wants something, when it really happened, and the id their device chose for it.

    `occurred_at` is the device's truth, `now` ours; both aware. `asked` collects the permissions the body required.
    """

    actor: User
    id: UUID = field(default_factory=uuid7)
    now: datetime = field(default_factory=timezone.now)
    occurred_at: datetime | None = None
    asked: set[str] = field(default_factory=set)
    notes: list[journal.Note] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        """When it happened, as far as anyone knows."""
        return self.occurred_at or self.now

    def require(self, permission: str, *, path: str) -> None:
        """Refuse unless the actor holds `permission` at `path`."""
        self.asked.add(permission)
        if not self.actor.authority.may(permission, path=path):
            raise NotAllowed(permission)

    def require_somewhere(self, permission: str) -> tuple[str, ...]:
        """Refuse unless the actor holds `permission` in some area; returns those areas' paths."""
        self.asked.add(permission)
        scopes = self.actor.authority.scopes(permission)
        if not scopes:
            raise NotAllowed(permission)
        return scopes

    def note(
        self,
        code: str,
        *,
        path: str = "",
        subject_kind: str = "",
        subject_id: UUID | None = None,
        facts: dict[str, object] | None = None,
    ) -> None:
        """Add an entry to the log beside the action's own, without personal content."""
        self.notes.append(
            journal.Note(
                kind=AuditEntry.Kind.WRITE,
                code=code,
                path=path,
                subject_kind=subject_kind,
                subject_id=subject_id,
                facts=facts,
            )
        )


ACTIONS: dict[str, Callable[..., Answer]] = {}
"""Every action by code, for the docs and for the test that each one asks."""


def action(
    code: str,
) -> Callable[[Callable[Concatenate[Command, P], Answer]], Callable[Concatenate[Command, P], Answer]]:
    """Make a function enter through the door under `code`."""

    def wrap(body: Callable[Concatenate[Command, P], Answer]) -> Callable[Concatenate[Command, P], Answer]:
        @functools.wraps(body)
        def door(command: Command, *args: P.args, **arguments: P.kwargs) -> Answer:
            assert not args, "an action takes its arguments by name"
            digest = _body_hash(code, arguments)
            try:
                return _enter(code, body, command, digest, arguments)
            except (IntegrityError, Refusal) as why:
                stored = _stored(command, digest)  # the same command came in twice at once: the other one was first
                if stored is not None:
                    return stored
                if isinstance(why, NotAllowed):
                    _log_refusal(code, command, why)
                raise
            except DataError as fault:
                raise Refusal("command.bad_value") from fault

        ACTIONS[code] = door
        return cast(Callable[Concatenate[Command, P], Answer], door)

    return wrap


def _enter(
    code: str, body: Callable[..., Answer], command: Command, digest: bytes, arguments: dict[str, object]
) -> Answer:
    with transaction.atomic():
        stored = _stored(command, digest)
        if stored is not None:
            return stored
        answer = body(command, **arguments)
        if not command.asked:
            raise NeverAsked(code)
        answer = cast(Answer, json.loads(json.dumps(answer, cls=DjangoJSONEncoder)))
        notes = command.notes or [journal.Note(kind=AuditEntry.Kind.WRITE, code=code)]
        journal.write(notes, actor_id=command.actor.id, at=command.at, now=command.now, command_id=command.id)
        Receipt.objects.create(
            id=command.id,
            action=code,
            body_hash=digest,
            answer=answer,
            actor_id=command.actor.id,
            recorded_at=command.now,
        )
    return answer


_RECEIPT = Kept(
    lambda command: Receipt.objects.filter(id=command).values_list("body_hash", "actor_id", "answer"),
    command=UUIDField(),
)


def _stored(command: Command, digest: bytes) -> Answer | None:
    receipt = _RECEIPT.first(command=command.id)
    if receipt is None:
        return None
    body_hash, actor_id, answer = receipt
    if bytes(body_hash) != digest or actor_id != command.actor.id:
        raise SameCommandOtherBody(str(command.id))
    return cast(Answer, answer)


def _body_hash(code: str, arguments: dict[str, object]) -> bytes:
    """Keyed: a plain hash of a body with a password or an identity number in it could be guessed from the receipt."""
    text = json.dumps([code, arguments], sort_keys=True, ensure_ascii=False, default=_plain)
    return vault.sign(b"body\x00" + text.encode())


def _plain(value: object) -> object:
    if isinstance(value, UUID | date | datetime):
        return str(value)
    if isinstance(value, set | frozenset | tuple):
        return sorted(map(str, value)) if not isinstance(value, tuple) else list(value)
    raise TypeError(f"an action's argument must be plain, not {type(value).__name__}")


def _log_refusal(code: str, command: Command, refusal: Refusal) -> None:
    note = journal.Note(kind=AuditEntry.Kind.REFUSAL, code=code, facts={"refused": refusal.code, **refusal.facts})
    journal.write([note], actor_id=command.actor.id, at=command.at, now=command.now, command_id=command.id)
