"""Who answers for this door now: the grid worker, the deputy when off duty, the community desk when vacant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lianfang.core.access.models import Answerer, Responsibility, off_duty_users
from lianfang.core.territory.models import prefixes

LADDER = (
    Answerer.GRID_WORKER.value,
    Answerer.DEPUTY.value,
    Answerer.CADRE.value,
    Answerer.SECRETARY.value,
    Answerer.DESK.value,
)
"""Order in which an account is looked for; within a role the nearest area wins."""
ASKED_BY_NAME = (Answerer.DOCTOR.value,)
"""Roles that get work only where it asks for them (`first`)."""


@dataclass(frozen=True, slots=True)
class Answering:
    """The account that gets work at a door, and in which role. No account: the work waits at the desk of the area."""

    user_id: UUID | None
    role: str


class AnswerBook:
    """The responsibility net in force at an instant: two queries, then answers from memory for any number of doors."""

    def __init__(self, *, at: datetime) -> None:
        away = off_duty_users(at=at)
        rows = (
            Responsibility.objects.in_force(at)
            .filter(user__isnull=False, user__is_active=True, role__in=(*LADDER, *ASKED_BY_NAME))
            .order_by("starts_at")
            .values_list("path", "role", "user_id")
        )
        self._net: dict[tuple[str, str], UUID] = {}
        for path, role, user_id in rows:
            if user_id is not None and user_id not in away:
                self._net[path, role] = user_id
        self._memory: dict[str, Answering] = {}

    def who(self, path: str) -> Answering:
        """Who gets work at the door (or area) at `path`."""
        known = self._memory.get(path)
        if known is None:
            known = self._memory[path] = self._look(path)
        return known

    def _look(self, path: str) -> Answering:
        chain = prefixes(path)[::-1]
        for role in LADDER:
            for area in chain:
                user_id = self._net.get((area, role))
                if user_id is not None:
                    return Answering(user_id, role)
        return Answering(None, "")

    def first(self, path: str, *, roles: tuple[str, ...]) -> UUID | None:
        """The first account in one of `roles`, nearest area first; None if vacant."""
        for role in roles:
            for area in prefixes(path)[::-1]:
                user_id = self._net.get((area, role))
                if user_id is not None:
                    return user_id
        return None
