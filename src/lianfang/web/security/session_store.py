"""Where sessions are kept: in the database, as Django keeps them; the row is read by a kept query."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from lianfang.core.kept import Kept

_ROW = Kept(
    lambda session, now: Session.objects.filter(session_key=session, expire_date__gt=now).values_list(
        "session_key", "session_data", "expire_date"
    ),
    session=CharField(),
    now=DateTimeField(),
)


class SessionStore(db.SessionStore):
    """Django's store; every request reads one row of it."""

    def _get_session_from_db(self) -> Session | None:
        found = _ROW.first(session=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
            return None
        return Session(session_key=found[0], session_data=found[1], expire_date=found[2])
