"""What a form of the work pages asks for, as an action on one item or on many."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import User
from lianfang.core.actions.door import Answer, Command
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.people.models import Dwelling
from lianfang.core.work import actions
from lianfang.web.answering import uuid_of

NOTHING_CHOSEN = refusal("work.nothing_chosen", _("Choose at least one line first."))
NO_PLACE = refusal("work.no_place", _("Choose the area or the door it belongs to."))
NO_ACCOUNT = refusal("work.no_account", _("Choose who it is given to."))

Fields = Mapping[str, str]
Carry = Callable[[Command, Sequence[UUID], Fields], Answer]


def carry_out(verb: str, command: Command, ids: Sequence[UUID], fields: Fields) -> Answer:
    """Do `verb` on the items. Raises `Refusal`; an unknown verb is not found."""
    carry = VERBS.get(verb)
    if carry is None:
        raise NotFound("action")
    if not ids:
        raise Refusal("work.nothing_chosen")
    return carry(command, ids, fields)


def _assign(command: Command, ids: Sequence[UUID], fields: Fields) -> Answer:
    user_id = uuid_of(fields.get("user"))
    if user_id is None:
        raise Refusal("work.no_account")
    return actions.assign(command, ids=ids, user_id=user_id)


def _place(command: Command, ids: Sequence[UUID], fields: Fields) -> Answer:
    territory_id, dwelling_id = place_of(command.actor, fields.get("place", ""))
    return actions.place(command, ids=ids, territory_id=territory_id, dwelling_id=dwelling_id)


def place_of(actor: User, text: str) -> tuple[UUID, UUID | None]:
    """A chosen place, ``area:<id>`` or ``door:<id>``, as the ids of its area and dwelling. Raises `Refusal`."""
    kind, _sign, identifier = text.partition(":")
    chosen = uuid_of(identifier)
    if chosen is None or kind not in ("area", "door"):
        raise Refusal("work.no_place")
    if kind == "area":
        return chosen, None
    dwelling = Dwelling.objects.visible_to(actor).filter(id=chosen).only("territory").first()
    if dwelling is None:
        raise NotFound("dwelling")
    return dwelling.territory_id, dwelling.id


VERBS: dict[str, Carry] = {
    "accept": lambda command, ids, fields: actions.accept(command, ids=ids),
    "assign": _assign,
    "verify": lambda command, ids, fields: actions.verify(command, ids=ids),
    "return": lambda command, ids, fields: actions.return_(command, ids=ids, reason=fields.get("reason", "")),
    "hand_back": lambda command, ids, fields: actions.hand_back(command, ids=ids, reason=fields.get("reason", "")),
    "forward": lambda command, ids, fields: actions.forward(
        command, ids=ids, target=fields.get("target", ""), reason=fields.get("reason", "")
    ),
    "place": _place,
    "submit": lambda command, ids, fields: actions.submit(command, item_id=ids[0]),
}
