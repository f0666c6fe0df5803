"""Sending a code as a text message: by whatever `LIANFANG_SMS` names, always from the background worker.

``file:FOLDER`` writes messages into a folder (drills); an ``http(s)`` address is a gateway that takes JSON. To add
another way write a class with `send` and name its scheme in `CHANNELS`.
"""

from __future__ import annotations

import json
import os
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lianfang.capabilities.resident_access import codes, rules
from lianfang.capabilities.resident_access.models import AccessCode
from lianfang.core.people.models import Telephone

GATEWAY_SECONDS: Final = 10


class TextChannel(Protocol):
    """A way text messages leave."""

    def send(self, *, message_id: UUID, phone: str, text: str) -> None:
        """Hand the message over. May be called twice for one id; raises when it was not taken."""
        ...


@dataclass(frozen=True, slots=True)
class FolderChannel:
    """Messages as files of a folder that only we may read: for drills and demos."""

    folder: Path

    def send(self, *, message_id: UUID, phone: str, text: str) -> None:
        """One file for each message, named by its id."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        said = json.dumps({"phone": phone, "text": text}, ensure_ascii=False)
        path = self.folder / f"{message_id}.json"
        with open(path, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
            out.write(said)


class _NoFurther(urllib.request.HTTPRedirectHandler):
    """A gateway that sends us elsewhere would be given numbers and key elsewhere."""

    def redirect_request(self, *asked: Any, **more: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class GatewayChannel:
    """A gateway that takes ``{"id", "phone", "text"}`` as JSON, with the key as bearer token; any 2xx is a yes."""

    address: str
    key: str

    def send(self, *, message_id: UUID, phone: str, text: str) -> None:
        """Post it; anything but a 2xx raises, and the worker tries again."""
        body = json.dumps({"id": str(message_id), "phone": phone, "text": text}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(message_id)}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        asked = urllib.request.Request(self.address, data=body, headers=headers, method="POST")
        with urllib.request.build_opener(_NoFurther).open(asked, timeout=GATEWAY_SECONDS) as answer:
            answer.read(1024)


def channel() -> TextChannel | None:
    """The way this site has chosen; None where codes by text message are not offered."""
    wanted: str = settings.SMS
    if not wanted:
        return None
    if wanted.startswith("file:"):
        return FolderChannel(Path(settings.DATA_DIR) / wanted.removeprefix("file:"))
    return GatewayChannel(wanted, settings.SMS_KEY)


def send_code(code_id: UUID, *, now: datetime | None = None) -> bool:
    """Send the code of this asking, if it fits somebody and still counts; whether it went out now.

    A worker that is killed between sending and noting it sends once more; the gateway is told the same id.
    """
    moment = now or timezone.now()
    chosen = channel()
    with transaction.atomic():
        row = AccessCode.objects.select_for_update(of=("self",)).filter(id=code_id, sent_at=None).first()
        if row is None or row.person_id is None or row.expires_at <= moment or chosen is None:
            return False
        telephones = Telephone.objects.filter(person_id=row.person_id)
        number = next((one.number for one in telephones if codes.phone_key(one.number) == row.phone_key), "")
        if not number:
            return False
        chosen.send(message_id=row.id, phone=number, text=text_of(codes.code_of(row.id, row.channel)))
        row.sent_at = moment
        row.save(update_fields=["sent_at"])
    return True


def text_of(code: str) -> str:
    """The words of the message, in the language of the site. They name neither the person nor why they are asked."""
    facts = {"sign": settings.SMS_SIGNATURE, "code": code, "minutes": rules.SMS_MINUTES}
    with translation.override(settings.LANGUAGE_CODE):
        return _("[%(sign)s] Code %(code)s, valid for %(minutes)s minutes. Nobody on duty will ask you for it.") % facts
