"""Names of areas learned from corrections: confirmed or taken back by whoever keeps the areas."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.territory import learning
from lianfang.core.territory.models import LearnedAlias

NAME_IN_USE = refusal("territory.name_in_use", _("“%(name)s” already means another place."))


@action("territory.confirm_alias")
def confirm_alias(command: Command, *, alias_id: UUID) -> Answer:
    """Addresses with this learned name lie in the compound from now on."""
    alias = _alias(command, alias_id)
    if alias.standing != LearnedAlias.Standing.USED:
        if not learning.is_free(alias, day=timezone.localdate(command.now)):
            raise Refusal("territory.name_in_use", name=alias.name)
        learning.settle(alias, LearnedAlias.Standing.USED, now=command.now)
    return _noted(command, "territory.confirm_alias", alias)


@action("territory.take_back_alias")
def take_back_alias(command: Command, *, alias_id: UUID) -> Answer:
    """A learned name no longer means the compound, and is not learned again by corrections."""
    alias = _alias(command, alias_id)
    learning.settle(alias, LearnedAlias.Standing.TAKEN_BACK, now=command.now)
    return _noted(command, "territory.take_back_alias", alias)


def _alias(command: Command, alias_id: UUID) -> LearnedAlias:
    found = LearnedAlias.objects.select_for_update(of=("self",)).select_related("territory").filter(id=alias_id).first()
    if found is None:
        command.require_somewhere("territory.edit")
        raise NotFound("alias")
    command.require("territory.edit", path=found.territory.path)
    return found


def _noted(command: Command, code: str, alias: LearnedAlias) -> Answer:
    area = alias.territory
    command.note(code, path=area.path, subject_kind="territory", subject_id=area.id, facts={"name": alias.name})
    return {"alias": str(alias.id), "standing": alias.standing}
