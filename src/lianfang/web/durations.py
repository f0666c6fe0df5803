"""Lengths of time in words, as people say them: the two largest parts, nothing below a minute. Pure but for gettext."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _


def in_words(span: timedelta) -> str:
    """`span` rounded down to minutes: "45 min", "1 h 30 min", "3 d 4 h". The sign is ignored; below that, "0 min"."""
    minutes = abs(int(span.total_seconds())) // 60
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    if days:
        return (
            _("%(days)d d %(hours)d h") % {"days": days, "hours": hours} if hours else _("%(days)d d") % {"days": days}
        )
    if hours and minutes:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if hours:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(minutes)d min") % {"minutes": minutes}


def ago(instant: datetime, *, now: datetime) -> str:
    """How long before `now` `instant` was (both aware); "just now" for less than a minute, or for the future."""
    if now - instant < timedelta(minutes=1):
        return _("just now")
    return _("%(span)s ago") % {"span": in_words(now - instant)}


def against_deadline(due: datetime, *, now: datetime) -> str:
    """ "%(span)s late" from the deadline on, "%(span)s left" before it (both aware)."""
    if now >= due:
        return _("%(span)s late") % {"span": in_words(now - due)}
    return _("%(span)s left") % {"span": in_words(due - now)}
