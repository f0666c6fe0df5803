"""The clock sends the finder to work, once, and only when somebody waits to be compared."""

from __future__ import annotations

from datetime import datetime

from procrastinate.contrib.django.models import ProcrastinateJob

from lianfang.capabilities.cleanup import finder
from lianfang.capabilities.cleanup.models import DuplicatePair
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.people.actions import correct
from lianfang.jobs.tasks import find_duplicates
from lianfang.jobs.ticker import tick
from lianfang.jobs.town import Town


class TestTheClock:
    def test_sends_the_finder_once_while_somebody_waits(self, town: Town, now: datetime, worker: User) -> None:
        assert (tick(now)["comparing"], tick(now)["comparing"]) == (1, 0)
        jobs = ProcrastinateJob.objects.filter(task_name="lianfang.find_duplicates")
        assert jobs.count() == 1
        find_duplicates()
        assert DuplicatePair.objects.open().count() == 14 and not finder.is_waiting()
        ProcrastinateJob.objects.filter(id=jobs.get().id).update(status="succeeded")
        assert tick(now)["comparing"] == 0
        correct(Command(actor=worker), person_id=town.people["P000001"].id, sex="1")
        assert tick(now)["comparing"] == 1
