"""Reads and dispatches one queued list in a process of its own, in small steps, saying so after each: to be killed."""

from __future__ import annotations

import os
import sys
from uuid import UUID

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()


def main(list_id: str, step: str) -> None:
    """Go on with the list where it stands, `step` rows at a time."""
    from lianfang.capabilities.screening import ahead, matching
    from lianfang.core.lists.models import SourceList

    ahead.CHUNK = int(step)
    print("ready", flush=True)
    source_list = SourceList.objects.select_related("brought_by").get(id=UUID(list_id))
    matching.run(source_list, on_progress=lambda done, of: print(done, of, flush=True))
    print("finished", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
