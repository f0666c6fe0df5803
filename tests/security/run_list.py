"""Reads and dispatches one queued list in a process of its own, in small steps, saying so after each: to be killed."""

from __future__ import annotations

import os
import sys
from uuid import UUID

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()


def main(list_id: str, step: str, child: str = "") -> None:
    """Go on with the list where it stands, `step` rows at a time; with `child`, read by a process of its own."""
    from lianfang.capabilities.screening import ahead, matching
    from lianfang.core.lists.models import SourceList

    ahead.CHUNK = int(step)
    ahead.OWN_PROCESS = 1 if child else ahead.OWN_PROCESS
    print("ready", flush=True)
    source_list = SourceList.objects.select_related("brought_by").get(id=UUID(list_id))
    matching.run(source_list, on_progress=lambda done, of: print(done, of, flush=True))
    print("finished", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
