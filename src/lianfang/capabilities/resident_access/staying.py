"""Who is on their own page: the stay behind a browser's token, within the limits of the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from lianfang.capabilities.resident_access import codes, rules
from lianfang.capabilities.resident_access.models import ResidentSession

SEEN_EVERY = timedelta(minutes=1)
"""One write a minute is exact enough for a limit of minutes."""


def stay_of(token: str, *, now: datetime) -> ResidentSession | None:
    """The stay, with its person; None when there is none, it was ended, or it has ended by itself.

    A code that was withdrawn ends the stays it began.
    """
    if not token:
        return None
    open_stays = ResidentSession.objects.open().select_related("person", "person__dwelling", "code")
    stay = open_stays.filter(digest=codes.token_digest(token), code__withdrawn_at=None).first()
    if stay is None or rules.over(began=stay.began_at, seen=stay.seen_at, now=now):
        return None
    if now - stay.seen_at >= SEEN_EVERY:
        stay.seen_at = now
        stay.save(update_fields=["seen_at"])
    return stay
